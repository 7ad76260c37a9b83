// SPDX-License-Identifier: Apache-2.0
#include "server/operations/batch_get_item.h"

#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

class BatchGetItemTest : public testing::Test {
 protected:
  BatchGetItemTest() {
    service_.MakeTable();
    for (const char* sk : {"1", "2"}) {
      service_.Call("PutItem",
                    std::string(R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":")") + sk +
                        R"("},"x":{"S":"y"}}})");
    }
  }
  TestService service_;
};

TEST_F(BatchGetItemTest, ReadsWhatIsThere) {
  EXPECT_EQ(
      service_.Call("BatchGetItem", R"({"ReturnConsumedCapacity":"TOTAL","RequestItems":{"table":{
      "Keys":[{"pk":{"S":"a"},"sk":{"S":"2"}},{"pk":{"S":"a"},"sk":{"S":"9"}}],
      "ProjectionExpression":"sk","ConsistentRead":true}}})"),
      R"({"Responses":{"table":[{"sk":{"S":"2"}}]},"UnprocessedKeys":{},)"
      R"("ConsumedCapacity":[{"TableName":"table","CapacityUnits":2.0}]})");
}

TEST_F(BatchGetItemTest, RefusesDuplicateKeys) {
  EXPECT_EQ(service_.Call("BatchGetItem", R"({"RequestItems":{"table":{
      "Keys":[{"pk":{"S":"a"},"sk":{"S":"2"}},{"sk":{"S":"2"},"pk":{"S":"a"}}]}}})"),
            "ValidationException: Provided list of item keys contains duplicates");
}

constexpr std::string_view kNameAndArn =
    R"({"ReturnConsumedCapacity":"TOTAL","RequestItems":{"table":{"Keys":[{"pk":{"S":"a"},"sk":{"S":"2"}}]},
      "arn:aws:dynamodb:us-east-1:000000000000:table/table":{"Keys":[{"pk":{"S":"a"},"sk":{"S":")";

TEST_F(BatchGetItemTest, KnowsThatANameAndAnArnAreOneTable) {
  EXPECT_EQ(service_.Call("BatchGetItem", std::string(kNameAndArn) + R"(2"}}]}}})"),
            "ValidationException: Provided list of item keys contains duplicates");
  EXPECT_EQ(service_.Call("BatchGetItem", std::string(kNameAndArn) + R"(9"}}]}}})"),
            R"({"Responses":{"table":[{"pk":{"S":"a"},"sk":{"S":"2"},"x":{"S":"y"}}],)"
            R"("arn:aws:dynamodb:us-east-1:000000000000:table/table":[]},"UnprocessedKeys":{},)"
            R"("ConsumedCapacity":[{"TableName":"table","CapacityUnits":0.5},)"
            R"({"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/table",)"
            R"("CapacityUnits":0.5}]})");
}

TEST_F(BatchGetItemTest, ComparesNumbersAsTheyWereSent) {
  service_.Call("CreateTable", R"({"TableName":"numbers","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"n","AttributeType":"N"}],
      "KeySchema":[{"AttributeName":"n","KeyType":"HASH"}]})");
  service_.Call("PutItem", R"({"TableName":"numbers","Item":{"n":{"N":"1"}}})");
  EXPECT_EQ(service_.Call("BatchGetItem", R"({"RequestItems":{
      "table":{"Keys":[{"pk":{"S":"a"},"sk":{"S":"9"}}]},
      "numbers":{"Keys":[{"n":{"N":"1"}},{"n":{"N":"2"}},{"n":{"N":"1.0"}}]}}})"),
            R"({"Responses":{"table":[],"numbers":[{"n":{"N":"1"}}]},"UnprocessedKeys":{}})");
  EXPECT_EQ(
      service_.Call("BatchGetItem",
                    R"({"RequestItems":{"numbers":{"Keys":[{"n":{"N":"1.0"}},{"n":{"N":"1"}},)"
                    R"({"n":{"N":"1.0"}}]}}})"),
      "ValidationException: Provided list of item keys contains duplicates");
}

TEST_F(BatchGetItemTest, RefusesAnEmptyRequest) {
  EXPECT_EQ(
      service_.Call("BatchGetItem", R"({"RequestItems":{}})"),
      "ValidationException: 1 validation error detected: Value at 'RequestItems' failed to satisfy "
      "constraint: Member must have length greater than or equal to 1");
}

TEST_F(BatchGetItemTest, EchoesTheMapForABadTableName) {
  EXPECT_EQ(
      service_.Call("BatchGetItem", R"({ "RequestItems": {"b@d": {"Keys": [{"pk": {"S": "a"}}]}}, )"
                                    R"("ReturnConsumedCapacity": "X"})"),
      "ValidationException: 2 validation errors detected: Value "
      R"('{"b@d":{"Keys":[{"pk":{"S":"a"}}]}}' at 'requestItems' failed to satisfy constraint: )"
      "Map keys must satisfy constraint: [Member must have length less than or equal to 255, "
      "Member must have length greater than or equal to 3, Member must satisfy regular expression "
      "pattern: [a-zA-Z0-9_.-]+]; Value 'X' at 'returnConsumedCapacity' failed to satisfy "
      "constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]");
}

TEST_F(BatchGetItemTest, HandsBackWhatDoesNotFitIn16MiB) {
  const std::string big(400'000, 'x');
  std::string keys;
  for (int i = 0; i < 43; ++i) {
    const std::string key = R"({"pk":{"S":"big"},"sk":{"S":")" + std::to_string(i) + R"("}})";
    std::string item = key;
    item.insert(item.size() - 1, R"(,"x":{"S":")" + big + R"("})");
    ASSERT_EQ(service_.Call("PutItem", R"({"TableName":"table","Item":)" + item + "}"), "{}");
    keys += (i > 0 ? "," : "") + key;
  }
  const std::string answer =
      service_.Call("BatchGetItem", R"({"RequestItems":{"table":{"Keys":[)" + keys + "]}}}");
  const std::size_t unprocessed = answer.find(R"("UnprocessedKeys")");
  ASSERT_NE(unprocessed, std::string::npos);
  EXPECT_EQ(answer.substr(unprocessed),
            R"("UnprocessedKeys":{"table":{"Keys":[{"pk":{"S":"big"},"sk":{"S":"41"}},)"
            R"({"pk":{"S":"big"},"sk":{"S":"42"}}]}}})");
}

}  // namespace
}  // namespace pumice
