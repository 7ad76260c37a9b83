// SPDX-License-Identifier: Apache-2.0
#include "server/operations/throttle.h"

#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kTableText =
    "ProvisionedThroughputExceededException: The level of configured provisioned throughput for "
    "the table was exceeded. Consider increasing your provisioning level with the UpdateTable "
    "API.";
constexpr std::string_view kIndexText =
    "ProvisionedThroughputExceededException: The level of configured provisioned throughput for "
    "one or more global secondary indexes of the table was exceeded. Consider increasing your "
    "provisioning level for the under-provisioned global secondary indexes with the UpdateTable "
    "API";

std::string Reason(std::string_view reason, std::string_view resource,
                   std::string_view member = "ThrottlingReasons") {
  return " \"" + std::string(member) + R"(":[{"reason":")" + std::string(reason) +
         R"(","resource":"arn:aws:dynamodb:us-east-1:000000000000:table/)" + std::string(resource) +
         R"("}])";
}

/// Keys pk; a global index "gsi" by g.
class ThrottleTest : public ::testing::Test, protected TestService {
 protected:
  ThrottleTest() { EnforceThroughput(); }

  /// Units of table and index, both ways.
  void MakeProvisioned(std::string_view table, int units, int index_units) {
    Make(table, R"("ProvisionedThroughput":)" + Units(units),
         R"(,"ProvisionedThroughput":)" + Units(index_units));
  }
  void Make(std::string_view table, std::string_view billing, std::string_view of_index) {
    const std::string answer =
        Call("CreateTable", R"({"TableName":")" + std::string(table) + R"(",
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
        {"AttributeName":"g","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
      "GlobalSecondaryIndexes":[{"IndexName":"gsi","KeySchema":[{"AttributeName":"g",
        "KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"})" +
                                std::string(of_index) + "}]," + std::string(billing) + "}");
    ASSERT_NE(answer.find("\"TableStatus\""), std::string::npos) << answer;
  }
  static std::string Units(int units) {
    const std::string text = std::to_string(units);
    return R"({"ReadCapacityUnits":)" + text + R"(,"WriteCapacityUnits":)" + text + "}";
  }
  std::string Put(std::string_view table, std::string_view more = "") {
    return Call("PutItem", R"({"TableName":")" + std::string(table) +
                               R"(","Item":{"pk":{"S":"a"})" + std::string(more) + "}}");
  }
  std::string Get(std::string_view table) {
    return Call("GetItem", R"({"TableName":")" + std::string(table) +
                               R"(","Key":{"pk":{"S":"a"}},"ConsistentRead":true})");
  }
};

TEST_F(ThrottleTest, RefusesWritesBeyondTheUnitsUntilTheyAreBack) {
  MakeProvisioned("table", 2, 100);
  EXPECT_EQ(Put("table"), "{}");
  EXPECT_EQ(Put("table"), "{}");
  EXPECT_EQ(Put("table"),
            std::string(kTableText) + Reason("TableWriteProvisionedThroughputExceeded", "table"));
  clock().Advance(500ms + 1us);
  EXPECT_EQ(Put("table"), "{}");
  // Reads have units of their own.
  EXPECT_NE(Get("table").find("Item"), std::string::npos);
}

TEST_F(ThrottleTest, RefusesReadsLikewise) {
  MakeProvisioned("table", 1, 1);
  EXPECT_EQ(Get("table"), "{}");
  const std::string refused =
      std::string(kTableText) + Reason("TableReadProvisionedThroughputExceeded", "table");
  EXPECT_EQ(Get("table"), refused);
  EXPECT_EQ(Call("Scan", R"({"TableName":"table"})"), refused);
  // The index has its own, and is asked alone.
  constexpr std::string_view kScanIndex = R"({"TableName":"table","IndexName":"gsi"})";
  EXPECT_EQ(Call("Scan", kScanIndex), R"({"Items":[],"Count":0,"ScannedCount":0})");
  EXPECT_EQ(Call("Scan", kScanIndex), R"({"Items":[],"Count":0,"ScannedCount":0})");
  EXPECT_EQ(Call("Scan", kScanIndex),
            std::string(kIndexText) +
                Reason("IndexReadProvisionedThroughputExceeded", "table/index/gsi"));
}

TEST_F(ThrottleTest, AnIndexThatIsBehindHoldsUpEveryWrite) {
  MakeProvisioned("table", 100, 1);
  EXPECT_EQ(Put("table", R"(,"g":{"S":"1"})"), "{}");
  const std::string refused = std::string(kIndexText) +
                              Reason("IndexWriteProvisionedThroughputExceeded", "table/index/gsi");
  EXPECT_EQ(Put("table"), refused);
}

TEST_F(ThrottleTest, KeepsUnusedUnitsForFiveMinutes) {
  MakeProvisioned("table", 1, 1000);
  clock().Advance(24h);
  int written = 0;
  while (written < 1000 && Put("table") == "{}") ++written;
  EXPECT_EQ(written, 300);
}

TEST_F(ThrottleTest, ALargeRequestOverdrawsAndIsWaitedFor) {
  MakeProvisioned("table", 10, 1000);
  EXPECT_EQ(Put("table", R"(,"x":{"S":")" + std::string(50'000, 'x') + R"("})"), "{}");
  clock().Advance(3900ms);
  EXPECT_NE(Put("table"), "{}");
  clock().Advance(200ms);
  EXPECT_EQ(Put("table"), "{}");
}

TEST_F(ThrottleTest, AFailedConditionCostsWhatIsThere) {
  MakeProvisioned("table", 1, 1000);
  EXPECT_EQ(Call("DeleteItem", R"({"TableName":"table","Key":{"pk":{"S":"a"}},
    "ConditionExpression":"attribute_exists(pk) "})"),
            "ConditionalCheckFailedException: The conditional request failed");
  EXPECT_NE(Put("table"), "{}");
}

TEST_F(ThrottleTest, OnDemandTablesHaveWhatTheyAreLimitedTo) {
  Make("free", R"("BillingMode":"PAY_PER_REQUEST")", "");
  Make("limited", R"("BillingMode":"PAY_PER_REQUEST",
    "OnDemandThroughput":{"MaxReadRequestUnits":1,"MaxWriteRequestUnits":1})",
       "");
  for (int i = 0; i < 10; ++i) ASSERT_EQ(Put("free"), "{}");
  EXPECT_EQ(Put("limited"), "{}");
  EXPECT_EQ(Put("limited"),
            "ThrottlingException: Throughput exceeds the maximum OnDemandThroughput configured on "
            "table or index" +
                Reason("TableWriteMaxOnDemandThroughputExceeded", "limited", "throttlingReasons"));
}

TEST_F(ThrottleTest, UpdateTableTakesEffectAtOnce) {
  MakeProvisioned("table", 1, 1000);
  EXPECT_EQ(Put("table"), "{}");
  EXPECT_NE(Put("table"), "{}");
  Call("UpdateTable", R"({"TableName":"table","ProvisionedThroughput":)" + Units(100) + "}");
  EXPECT_NE(Put("table"), "{}");
  clock().Advance(50ms);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Put("table"), "{}");
  EXPECT_NE(Put("table"), "{}");
}

TEST_F(ThrottleTest, ANewRateCountsFromTheUpdate) {
  MakeProvisioned("table", 100, 1000);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(Put("table"), "{}");
  Call("UpdateTable", R"({"TableName":"table","ProvisionedThroughput":)" + Units(1) + "}");
  // Not the hundred of a second under the old rate, though nothing asked for them meanwhile.
  clock().Advance(1001ms);
  EXPECT_EQ(Put("table"), "{}");
  EXPECT_EQ(Put("table"), "{}");
  EXPECT_NE(Put("table"), "{}");
}

TEST_F(ThrottleTest, AFirstLimitCountsFromTheUpdate) {
  Make("table", R"("BillingMode":"PAY_PER_REQUEST")", "");
  clock().Advance(300s);
  Call("UpdateTable", R"({"TableName":"table","OnDemandThroughput":{"MaxWriteRequestUnits":1}})");
  EXPECT_EQ(Put("table"), "{}");
  EXPECT_NE(Put("table"), "{}");
}

TEST_F(ThrottleTest, BatchesLeaveOutWhatThereIsNoRoomFor) {
  MakeProvisioned("table", 2, 1000);
  const std::string batch = R"({"RequestItems":{"table":[
    {"DeleteRequest":{"Key":{"pk":{"S":"1"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"2"}}}},
    {"DeleteRequest":{"Key":{"pk":{"S":"3"}}}}]}})";
  EXPECT_EQ(Call("BatchWriteItem", batch),
            R"({"UnprocessedItems":{"table":[{"DeleteRequest":{"Key":{"pk":{"S":"3"}}}}]}})");
  EXPECT_EQ(Call("BatchWriteItem", batch),
            std::string(kTableText) + Reason("TableWriteProvisionedThroughputExceeded", "table"));

  const std::string keys = R"({"RequestItems":{"table":{"ConsistentRead":true,"Keys":[
    {"pk":{"S":"1"}},{"pk":{"S":"2"}},{"pk":{"S":"3"}}]}}})";
  EXPECT_EQ(Call("BatchGetItem", keys),
            R"({"Responses":{"table":[]},"UnprocessedKeys":{"table":{"Keys":[{"pk":{"S":"3"}}],)"
            R"("ConsistentRead":true}}})");
  EXPECT_EQ(Call("BatchGetItem", keys),
            std::string(kTableText) + Reason("TableReadProvisionedThroughputExceeded", "table"));
}

TEST_F(ThrottleTest, ATableThatNothingWasUsedOfIsNotListed) {
  MakeProvisioned("full", 1, 1000);
  MakeProvisioned("open", 2, 1000);
  EXPECT_EQ(Put("full"), "{}");
  EXPECT_NE(Get("full").find("Item"), std::string::npos);
  EXPECT_EQ(Call("BatchWriteItem", R"({"ReturnConsumedCapacity":"TOTAL","RequestItems":{
             "full":[{"DeleteRequest":{"Key":{"pk":{"S":"1"}}}}],
             "open":[{"DeleteRequest":{"Key":{"pk":{"S":"1"}}}}]}})"),
            R"({"UnprocessedItems":{"full":[{"DeleteRequest":{"Key":{"pk":{"S":"1"}}}}]},)"
            R"("ConsumedCapacity":[{"TableName":"open","CapacityUnits":1.0}]})");
  EXPECT_EQ(Call("BatchGetItem", R"({"ReturnConsumedCapacity":"TOTAL","RequestItems":{
             "full":{"Keys":[{"pk":{"S":"1"}}]},"open":{"Keys":[{"pk":{"S":"1"}}]}}})"),
            R"({"Responses":{"full":[],"open":[]},)"
            R"("UnprocessedKeys":{"full":{"Keys":[{"pk":{"S":"1"}}]}},)"
            R"("ConsumedCapacity":[{"TableName":"open","CapacityUnits":0.5}]})");
}

TEST_F(ThrottleTest, TransactionsAreCancelled) {
  MakeProvisioned("table", 3, 1000);
  const auto actions = [](std::string_view members) {
    std::string items;
    for (const char* pk : {"1", "2", "3"}) {
      if (!items.empty()) items += ',';
      items += std::string(members) + R"("TableName":"table","Key":{"pk":{"S":")" + pk + R"("}}}})";
    }
    return R"({"TransactItems":[)" + items + "]}";
  };
  const std::string answer =
      "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for "
      "specific reasons [None, None, ProvisionedThroughputExceeded] "
      R"("CancellationReasons":[{"Code":"None"},{"Code":"None"},)"
      R"({"Code":"ProvisionedThroughputExceeded","Message":"The level of configured provisioned )"
      R"(throughput for the table was exceeded. Consider increasing your provisioning level with )"
      R"(the UpdateTable API."}])";
  EXPECT_EQ(Call("TransactWriteItems", actions(R"({"Delete":{)")), answer);
  EXPECT_EQ(Call("TransactGetItems", actions(R"({"Get":{)")), answer);
}

TEST_F(ThrottleTest, StatementsAreLetInLikeTheOperationsThatTheyAre) {
  MakeProvisioned("table", 1, 1000);
  constexpr std::string_view kInsert = R"({"Statement":"INSERT INTO \"table\" VALUE {'pk':'a'}"})";
  constexpr std::string_view kSelect = R"({"Statement":"SELECT * FROM \"table\""})";
  EXPECT_EQ(Call("ExecuteStatement", kInsert), R"({"Items":[]})");
  EXPECT_EQ(Call("ExecuteStatement", kInsert),
            std::string(kTableText) + Reason("TableWriteProvisionedThroughputExceeded", "table"));
  EXPECT_EQ(Call("ExecuteStatement", kSelect), R"({"Items":[{"pk":{"S":"a"}}]})");
  clock().Advance(600ms);
  EXPECT_EQ(Call("BatchExecuteStatement", R"({"Statements":[
    {"Statement":"DELETE FROM \"table\" WHERE pk='a'"},
    {"Statement":"DELETE FROM \"table\" WHERE pk='b'"}]})"),
            R"({"Responses":[{"TableName":"table"},{"Error":{)"
            R"("Code":"ProvisionedThroughputExceeded","Message":"The level of configured )"
            R"(provisioned throughput for the table was exceeded. Consider increasing your )"
            R"(provisioning level with the UpdateTable API."},"TableName":"table"}]})");
}

TEST_F(ThrottleTest, WhatIsWrongIsToldFirst) {
  MakeProvisioned("table", 1, 1);
  EXPECT_EQ(Put("table"), "{}");
  EXPECT_EQ(Call("PutItem", R"({"TableName":"table","Item":{"x":{"S":"a"}}})"),
            "ValidationException: One or more parameter values were invalid: Missing the key pk in "
            "the item");
}

TEST(Throttle, IsOffUnlessAskedFor) {
  TestService service;
  service.Call("CreateTable", R"({"TableName":"table",
    "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
    "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
    "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}})");
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(service.Call("PutItem", R"({"TableName":"table","Item":{"pk":{"S":"a"}}})"), "{}");
  }
}

}  // namespace
}  // namespace pumice
