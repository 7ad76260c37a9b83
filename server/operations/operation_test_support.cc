// SPDX-License-Identifier: Apache-2.0
#include "server/operations/operation_test_support.h"

#include <gtest/gtest.h>

namespace pumice {

using namespace std::chrono_literals;

TestService::TestService(std::chrono::microseconds transient_delay)
    : clock_(TimePoint(1'790'000'000s)), log_(LogLevel::kOff) {
  options_.delay_transient_statuses = transient_delay > 0us;
  auto opened = Database::Open(
      {.path = {}, .durability = Durability::kMemory, .transient_delay = transient_delay}, clock_,
      random_, log_);
  EXPECT_TRUE(opened.has_value());
  database_ = std::move(opened).value();
}

std::string TestService::Call(std::string_view operation, std::string_view json) {
  for (const Api api : {Api::kDynamoDb, Api::kDynamoDbStreams}) {
    const OperationEntry* entry = FindOperation(api, operation);
    if (entry == nullptr) continue;
    const Identity identity{"key", "us-east-1", "000000000000"};
    notes_ = RequestNotes();
    OperationContext context{
        *database_, identity, options_,         clock_,
        random_,    notes_,   "localhost:8000", throttle_ ? &*throttle_ : nullptr};
    std::string body(json);
    std::string out;
    const auto result = entry->run(body, context, out);
    if (result) return out;
    const Error& error = result.error();
    std::string text = std::string(ErrorCodeName(error.code())) + ": " + error.client_text();
    if (!error.detail_members().empty()) text += " " + error.detail_members();
    return text;
  }
  return "no such operation";
}

void TestService::MakeTable(std::string_view name) {
  const std::string answer = Call("CreateTable", R"({"TableName":")" + std::string(name) + R"(",
    "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"},
      {"AttributeName":"gpk","AttributeType":"S"},{"AttributeName":"gsk","AttributeType":"N"},
      {"AttributeName":"lsk","AttributeType":"S"}],
    "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
    "GlobalSecondaryIndexes":[{"IndexName":"gsi","KeySchema":[{"AttributeName":"gpk","KeyType":"HASH"},
      {"AttributeName":"gsk","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}],
    "LocalSecondaryIndexes":[{"IndexName":"lsi","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},
      {"AttributeName":"lsk","KeyType":"RANGE"}],
      "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x"]}}],
    "BillingMode":"PAY_PER_REQUEST"})");
  ASSERT_NE(answer.find("\"TableStatus\":\"CREATING\""), std::string::npos) << answer;
}

}  // namespace pumice
