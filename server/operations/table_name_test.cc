// SPDX-License-Identifier: Apache-2.0
#include "server/operations/table_name.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace pumice {
namespace {

std::string Resolved(const std::optional<std::string>& sent) {
  const auto table = ResolveTable(sent);
  return table ? table.value().name.value() : table.error().client_text();
}

TEST(TableName, AcceptsNamesAndArns) {
  for (const auto& [sent, name] : std::vector<std::pair<std::string, std::string>>{
           {"abc", "abc"},
           {"A.b-c_9", "A.b-c_9"},
           {std::string(255, 'x'), std::string(255, 'x')},
           {"arn:aws:dynamodb:eu-west-1:123456789012:table/Some.Table", "Some.Table"},
           {"arn:aws-cn:dynamodb:cn-north-1:123456789012:table/abc", "abc"}}) {
    EXPECT_EQ(Resolved(sent), name);
  }
}

TEST(TableName, KeepsTheTextThatWasSent) {
  const std::string arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/abc";
  EXPECT_EQ(ResolveTable(arn).value().as_sent, arn);
}

TEST(TableName, RefusesInTheWordsOfTableOperations) {
  constexpr std::string_view kLength =
      "TableName must be at least 3 characters long and at most 255 characters long";
  for (const auto& [sent, text] : std::vector<std::pair<std::optional<std::string>, std::string>>{
           {std::nullopt,
            "The parameter 'TableName' is required but was not present in the request"},
           {"", std::string(kLength)},
           {"ab", std::string(kLength)},
           {std::string(256, 'x'), std::string(kLength)},
           {"a b c",
            "1 validation error detected: Value 'a b c' at 'tableName' failed to satisfy "
            "constraint: Member "
            "must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"},
           {"arn:aws:dynamodb::123456789012:table/abc",
            "1 validation error detected: Invalid AWS region in "
            "'arn:aws:dynamodb::123456789012:table/abc'"},
           {"arn:", "1 validation error detected: Invalid AWS partition in 'arn:'"},
           {"arn:aws:s3:eu-west-1:1:table/abc",
            "1 validation error detected: Invalid AWS service in "
            "'arn:aws:s3:eu-west-1:1:table/abc'"},
           {"arn:aws:dynamodb:eu-west-1:1:table/abc/index/i",
            "1 validation error detected: Invalid resource type in "
            "'arn:aws:dynamodb:eu-west-1:1:table/abc/index/i'"}}) {
    EXPECT_EQ(Resolved(sent), text);
  }
}

TEST(TableName, ChecksThePatternBeforeTheLength) {
  ConstraintErrors errors;
  CheckNameConstraints("a;", "indexName", errors);
  EXPECT_EQ(errors.Check().error().client_text(),
            "2 validation errors detected: Value 'a;' at 'indexName' failed to satisfy constraint: "
            "Member "
            "must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value 'a;' at 'indexName' "
            "failed to "
            "satisfy constraint: Member must have length greater than or equal to 3");
}

}  // namespace
}  // namespace pumice
