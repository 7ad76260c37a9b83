// SPDX-License-Identifier: Apache-2.0
#include "server/init/document_reader.h"

#include <gtest/gtest.h>

#include "server/init/init_test_support.h"

namespace pumice {
namespace {

TEST(JsonFile, ARequestOfCreateTableIsPassedOnAsItIs) {
  EXPECT_EQ(StepsOf("t.json", "\n{\"TableName\": \"users\",\n\"KeySchema\": []}"),
            "2: CreateTable users {\"TableName\": \"users\",\n\"KeySchema\": []}\n");
}

TEST(JsonFile, AListHoldsSeveralDocuments) {
  EXPECT_EQ(StepsOf("t.json", R"([{"TableName":"a","KeySchema":[]},
{"TableName":"a","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"x"}},
{"TableName":"b","Item":{"pk":{"S":"1"}}},
{"pk":{"S":"2"}}])"),
            R"(1: CreateTable a {"TableName":"a","KeySchema":[]}
2: UpdateTimeToLive a {"TableName":"a","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"x"}}
3: b {"PutRequest":{"Item":{"pk":{"S":"1"}}}}
4: b {"PutRequest":{"Item":{"pk":{"S":"2"}}}}
)");
}

TEST(JsonFile, WhatDescribeTableAnswersMakesTheTableAgain) {
  EXPECT_EQ(StepsOf("t.json", R"({"Table":{"TableName":"a","TableStatus":"ACTIVE","ItemCount":7,
"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
"ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":5,"WriteCapacityUnits":5}}})"),
            R"(1: CreateTable a {"TableName":"a","AttributeDefinitions":[{"AttributeName":"pk",)"
            R"("AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],)"
            R"("ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5}})"
            "\n");
}

TEST(JsonFile, BatchWriteItemWithAndWithoutItsFrame) {
  const std::string requests =
      "{\"a\": [\n{\"PutRequest\": {\"Item\": {\"pk\": {\"S\": \"1\"}}}},\n"
      "{\"DeleteRequest\": {\"Key\": {\"pk\": {\"S\": \"2\"}}}}]}";
  EXPECT_EQ(StepsOf("t.json", requests),
            "2: a {\"PutRequest\": {\"Item\": {\"pk\": {\"S\": \"1\"}}}}\n"
            "3: a {\"DeleteRequest\": {\"Key\": {\"pk\": {\"S\": \"2\"}}}}\n");
  EXPECT_EQ(StepsOf("t.json", "{\"RequestItems\":" + requests + "}"), StepsOf("t.json", requests));
}

TEST(JsonFile, WhatScanAnswersGoesToTheTableOfTheFilesName) {
  EXPECT_EQ(StepsOf("20-users.json", "{\"Items\":[\n{\"pk\":{\"S\":\"1\"}}],\"Count\":1}"),
            "2: users {\"PutRequest\":{\"Item\":{\"pk\":{\"S\":\"1\"}}}}\n");
}

TEST(JsonLines, ItemsGoToTheTableThatWasNamedLast) {
  EXPECT_EQ(
      StepsOf("20_users.jsonl",
              "{\"pk\":{\"S\":\"1\"}}\n\n{\"TableName\":\"other\"}\r\n{\"pk\":{\"S\":\"2\"}}"),
      "1: users {\"PutRequest\":{\"Item\":{\"pk\":{\"S\":\"1\"}}}}\n"
      "4: other {\"PutRequest\":{\"Item\":{\"pk\":{\"S\":\"2\"}}}}\n");
}

TEST(JsonLines, AFlagNamesTheTableWhereTheFileDoesNot) {
  EXPECT_EQ(StepsOf("users.jsonl", "{\"pk\":{\"S\":\"1\"}}\n", {"copy", "", ""}),
            "1: copy {\"PutRequest\":{\"Item\":{\"pk\":{\"S\":\"1\"}}}}\n");
}

TEST(JsonLines, LinesOfExportsToS3AreItems) {
  EXPECT_EQ(StepsOf("t.ndjson", "{\"Item\":{\"pk\":{\"S\":\"1\"}}}\n{\"Item\":{\"S\":\"key\"}}\n"),
            "1: t {\"PutRequest\":{\"Item\":{\"pk\":{\"S\":\"1\"}}}}\n"
            "2: t {\"PutRequest\":{\"Item\":{\"Item\":{\"S\":\"key\"}}}}\n");
}

TEST(JsonLines, AttributesMayBeNamedLikeTheMembersOfRequests) {
  const std::string item =
      R"({"TableName":{"S":"1"},"Items":{"L":[]},"Table":{"M":{}},"RequestItems":{"M":{}},"Resources":{"M":{}}})";
  EXPECT_EQ(StepsOf("t.jsonl", item), "1: t {\"PutRequest\":{\"Item\":" + item + "}}\n");
  EXPECT_EQ(StepsOf("t.json", item), "1: t {\"PutRequest\":{\"Item\":" + item + "}}\n");
}

TEST(JsonFile, MistakesAreToldWithTheirLine) {
  const std::string no_value =
      "the attribute \"pk\" is no value in DynamoDB JSON, such as {\"S\": \"text\"} or {\"N\": "
      "\"1\"}";
  const std::pair<std::string, std::string> kCases[] = {
      {"{\n\"a\": }", "t.json:2: this is no JSON (column 6)"},
      {"{\n\"a\": 1\n", "t.json:2: the JSON ends too early"},
      {"", "t.json:1: the JSON ends too early"},
      {"7", "t.json:1: an object is needed here"},
      {"[{\"pk\":{\"S\":\"1\"}},\n7]", "t.json:2: an object is needed here"},
      {"{\n\"pk\": \"1\"}", "t.json:2: " + no_value},
      {"{\"Items\":[{},{}]}", "t.json:1: an item has at least its key's attributes"},
      {"{\"RequestItems\":{\"a\":[\n{\"PutRequest\":{\"Key\":{}}}]}}",
       "t.json:2: a write request is {\"PutRequest\": {\"Item\": …}} or {\"DeleteRequest\": "
       "{\"Key\": …}}"},
      {"{\"RequestItems\":{\"a\":\n7}}", "t.json:2: a list of write requests is needed here"},
      {"{\"TableName\":\"a\",\"Key\":{}}",
       "t.json:1: an object with \"TableName\" is a request of CreateTable (then it has "
       "\"KeySchema\"), of UpdateTimeToLive (\"TimeToLiveSpecification\") or of PutItem "
       "(\"Item\"), or names the table of the items that follow and has no other member"},
      {"{\"Table\":{\"KeySchema\":[]}}", "t.json:1: this is not what DescribeTable answers"},
  };
  for (const auto& [text, told] : kCases) EXPECT_EQ(StepsOf("t.json", text), told);
  EXPECT_EQ(StepsOf("t.jsonl", "{\"pk\":{\"S\":\"1\"}}\n{\"pk\":\"2\"}\n"),
            "t.jsonl:2: " + no_value);
  EXPECT_EQ(StepsOf("t.jsonl", "{\"pk\":{\"S\":\"1\"}}\n{\"pk\":{\"S\":\n"),
            "t.jsonl:2: the JSON ends too early");
}

TEST(JsonView, KnowsTheLineOfEveryValue) {
  const std::string text = "\n{ \"a\" :\n[ 1,\n\"x]\\\"{\" , {} , true ],\n\"b\\u0041\": null }\n";
  const auto view = JsonView::Read(text, "f", 10);
  ASSERT_TRUE(view);
  EXPECT_EQ(view.value().line(), 11u);
  const auto members = view.value().Members();
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[1].name, "bA");
  EXPECT_EQ(members[1].value.text(), "null");
  EXPECT_EQ(members[1].value.line(), 14u);
  std::string elements;
  for (const JsonView& element : members[0].value.Elements()) {
    elements += fmt::format("{}:{} ", element.line(), element.text());
  }
  EXPECT_EQ(elements, "12:1 13:\"x]\\\"{\" 13:{} 13:true ");
  EXPECT_EQ(members[0].value.Elements()[1].String(), "x]\"{");
}

}  // namespace
}  // namespace pumice
