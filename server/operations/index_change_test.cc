// SPDX-License-Identifier: Apache-2.0
// UpdateTable's GlobalSecondaryIndexUpdates, from the request to the filled index.
#include "server/operations/index_change.h"

#include <chrono>
#include <string>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"
#include "server/operations/table_status.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kInvalid =
    "ValidationException: One or more parameter values were invalid: ";
constexpr std::string_view kOneAtATime =
    "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or "
    "deleted simultaneously per table";
const std::string kDefinitions =
    R"("AttributeDefinitions":[{"AttributeName":"g","AttributeType":"S"}])";
const std::string kUnits =
    R"("ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5})";

std::string Create(std::string_view name, std::string_view more = "", std::string_view key = "g") {
  return fmt::format(
      R"({{"Create":{{"IndexName":"{}","KeySchema":[{{"AttributeName":"{}","KeyType":"HASH"}}],)"
      R"("Projection":{{"ProjectionType":"ALL"}}{}}}}})",
      name, key, more);
}
std::string Delete(std::string_view name) {
  return fmt::format(R"({{"Delete":{{"IndexName":"{}"}}}})", name);
}
std::string UpdateOf(std::string_view name, std::string_view settings) {
  return fmt::format(R"({{"Update":{{"IndexName":"{}",{}}}}})", name, settings);
}

class IndexChangeTest : public testing::Test {
 protected:
  explicit IndexChangeTest(std::chrono::microseconds delay = {}) : service_(delay) {
    Make("demand", R"("BillingMode":"PAY_PER_REQUEST")");
    Make("units", kUnits);
    service_.clock().Advance(kTransientDelay);
  }

  void Make(std::string_view name, std::string_view billing) {
    service_.Call(
        "CreateTable",
        fmt::format(
            R"({{"TableName":"{}","AttributeDefinitions":[{{"AttributeName":"pk","AttributeType":"S"}}],)"
            R"("KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}],{}}})",
            name, billing));
  }
  std::string Change(std::string_view table, std::string_view updates, std::string_view more = "") {
    return service_.Call(
        "UpdateTable", fmt::format(R"({{"TableName":"{}"{}{},"GlobalSecondaryIndexUpdates":[{}]}})",
                                   table, more.empty() ? "" : ",", more, updates));
  }
  std::string Describe(std::string_view table) {
    return service_.Call("DescribeTable", fmt::format(R"({{"TableName":"{}"}})", table));
  }
  std::string Put(std::string_view table, std::string_view members) {
    return service_.Call("PutItem",
                         fmt::format(R"({{"TableName":"{}","Item":{{{}}}}})", table, members));
  }
  std::string Scan(std::string_view table, std::string_view index) {
    return service_.Call("Scan",
                         fmt::format(R"({{"TableName":"{}","IndexName":"{}"}})", table, index));
  }
  void Settle() { service_.database().SettleTables(); }
  void Pass(std::chrono::microseconds time) {
    Settle();
    service_.clock().Advance(time);
    Settle();
  }

  TestService service_;
};

TEST_F(IndexChangeTest, MakesAnIndexOfTheItemsThatAreThere) {
  Put("demand", R"("pk":{"S":"a"},"g":{"S":"x"})");
  Put("demand", R"("pk":{"S":"b"},"g":{"N":"1"})");
  Put("demand", R"("pk":{"S":"c"})");
  EXPECT_THAT(Change("demand", Create("new"), kDefinitions),
              AllOf(HasSubstr(R"("TableStatus":"UPDATING")"),
                    HasSubstr(R"("IndexStatus":"CREATING","Backfilling":false,)"),
                    HasSubstr(R"({"AttributeName":"g","AttributeType":"S"})")));
  Settle();
  EXPECT_THAT(Describe("demand"),
              AllOf(HasSubstr(R"("TableStatus":"ACTIVE")"), HasSubstr(R"("IndexStatus":"ACTIVE")"),
                    HasSubstr(R"("ItemCount":1,"IndexArn")"), Not(HasSubstr("Backfilling"))));
  EXPECT_THAT(Scan("demand", "new"),
              StartsWith(R"({"Items":[{"g":{"S":"x"},"pk":{"S":"a"}}],"Count":1)"));
}

TEST_F(IndexChangeTest, DeletesAnIndexAndTheDefinitionsOfItAlone) {
  Change("demand", Create("new"), kDefinitions);
  Settle();
  EXPECT_THAT(Change("demand", Delete("new")), AllOf(HasSubstr(R"("TableStatus":"UPDATING")"),
                                                     HasSubstr(R"("IndexStatus":"DELETING")")));
  Settle();
  EXPECT_THAT(
      Describe("demand"),
      AllOf(HasSubstr(R"("TableStatus":"ACTIVE")"), Not(HasSubstr("IndexName")),
            HasSubstr(R"("AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}])")));
  EXPECT_EQ(Scan("demand", "new"),
            "ValidationException: The table does not have the specified index: new");
}

TEST_F(IndexChangeTest, MergesDefinitions) {
  // Unused ones are dropped, and a key that is there keeps its type (measured July 2026).
  Change("demand", Create("new", "", "pk"),
         R"("AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"N"},)"
         R"({"AttributeName":"unused","AttributeType":"S"}])");
  EXPECT_THAT(Describe("demand"),
              HasSubstr(R"("AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}])"));
}

TEST_F(IndexChangeTest, MakesAnIndexOfEightKeys) {
  const std::string keys = "abcdefgh";
  std::string definitions;
  std::string schema;
  std::string item = R"("pk":{"S":"1"})";
  for (const char key : keys) {
    const char* comma = key == 'a' ? "" : ",";
    definitions += fmt::format(R"({}{{"AttributeName":"{}","AttributeType":"S"}})", comma, key);
    schema += fmt::format(R"({}{{"AttributeName":"{}","KeyType":"{}"}})", comma, key,
                          key < 'e' ? "HASH" : "RANGE");
    item += fmt::format(R"(,"{}":{{"S":"v{}"}})", key, key);
  }
  Put("demand", item);
  Put("demand", R"("pk":{"S":"2"},"a":{"S":"x"})");
  Change("demand",
         R"({"Create":{"IndexName":"wide","KeySchema":[)" + schema +
             R"(],"Projection":{"ProjectionType":"KEYS_ONLY"}}})",
         R"("AttributeDefinitions":[)" + definitions + "]");
  Settle();
  EXPECT_THAT(service_.Call(
                  "Query",
                  R"({"TableName":"demand","IndexName":"wide","Limit":1,"KeyConditionExpression":)"
                  R"("a = :a AND b = :b AND c = :c AND d = :d AND e = :e AND begins_with(f, :f) ",)"
                  R"("ExpressionAttributeValues":{":a":{"S":"va"},":b":{"S":"vb"},":c":{"S":"vc"},)"
                  R"(":d":{"S":"vd"},":e":{"S":"ve"},":f":{"S":"v"}}})"),
              AllOf(HasSubstr(R"("Count":1)"),
                    HasSubstr(R"("LastEvaluatedKey":{"pk":{"S":"1"},"a":{"S":"va"},)"),
                    HasSubstr(R"("h":{"S":"vh"}}})")));
}

TEST_F(IndexChangeTest, MovesThroughputOfAnIndex) {
  Change("units", Create("new", "," + kUnits), kDefinitions);
  Settle();
  EXPECT_THAT(Change("units", UpdateOf("new", R"("ProvisionedThroughput":{"ReadCapacityUnits":7,)"
                                              R"("WriteCapacityUnits":4})")),
              AllOf(HasSubstr(R"("TableStatus":"UPDATING")"),
                    HasSubstr(R"("NumberOfDecreasesToday":1,"ReadCapacityUnits":7,)")));
  EXPECT_EQ(
      Change("units", UpdateOf("new", R"("ProvisionedThroughput":{"ReadCapacityUnits":7,)"
                                      R"("WriteCapacityUnits":4})")),
      "ValidationException: The provisioned throughput for the index new will not change. The "
      "requested value equals the current value. Current ReadCapacityUnits provisioned for the "
      "index: 7. Requested ReadCapacityUnits: 7. Current WriteCapacityUnits provisioned for the "
      "index: 4. Requested WriteCapacityUnits: 4. Refer to the Amazon DynamoDB Developer Guide for "
      "current limits and how to request higher limits.");
}

TEST_F(IndexChangeTest, SetsOnDemandMaximaAndWarmThroughputOfAnIndex) {
  Change("demand", Create("new"), kDefinitions);
  Settle();
  EXPECT_THAT(
      Change("demand", UpdateOf("new", R"("OnDemandThroughput":{"MaxReadRequestUnits":9})")),
      HasSubstr(R"("OnDemandThroughput":{"MaxReadRequestUnits":9,"MaxWriteRequestUnits":-1})"));
  EXPECT_THAT(
      Change("demand", UpdateOf("new", R"("WarmThroughput":{"ReadUnitsPerSecond":20000})")),
      HasSubstr(R"("WarmThroughput":{"ReadUnitsPerSecond":20000,"WriteUnitsPerSecond":4000)"));
  EXPECT_EQ(Change("demand", UpdateOf("new", R"("WarmThroughput":{"ReadUnitsPerSecond":19999})")),
            std::string(kInvalid) +
                "Requested ReadUnitsPerSecond for WarmThroughput for index new is lower than "
                "current WarmThroughput, decreasing WarmThroughput is not supported");
}

TEST_F(IndexChangeTest, SwitchesToProvisionedWithTheUnitsOfEachIndex) {
  Change("demand", Create("new"), kDefinitions);
  Settle();
  const std::string provisioned = R"("BillingMode":"PROVISIONED",)" + kUnits;
  EXPECT_EQ(service_.Call("UpdateTable", R"({"TableName":"demand",)" + provisioned + "}"),
            std::string(kInvalid) + "ProvisionedThroughput is not specified for index: new");
  EXPECT_THAT(
      Change("demand", UpdateOf("new", kUnits), provisioned),
      AllOf(HasSubstr(R"("BillingMode":"PROVISIONED")"),
            HasSubstr(R"("ReadCapacityUnits":5,"WriteCapacityUnits":5},"WarmThroughput")")));
}

TEST_F(IndexChangeTest, RefusesWhatTheRequestAloneShowsToBeWrong) {
  const std::string none = Change("demand", "{}");
  EXPECT_EQ(none, std::string(kInvalid) +
                      "One of GlobalSecondaryIndexUpdate.Update, "
                      "GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must "
                      "not be null");
  EXPECT_EQ(Change("demand", Delete("new") + "," + Delete("new")),
            std::string(kInvalid) +
                "Only one global secondary index update per index is allowed simultaneously. "
                "Index: new");
  EXPECT_EQ(Change("demand", Create("new")),
            std::string(kInvalid) + "AttributeDefinitions is not specified for index: new");
  EXPECT_EQ(Change("demand", Delete("n!")),
            "ValidationException: 2 validation errors detected: Value 'n!' at "
            "'globalSecondaryIndexUpdates.1.member.delete.indexName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value 'n!' at "
            "'globalSecondaryIndexUpdates.1.member.delete.indexName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 3");
  EXPECT_THAT(Change("demand", ""), StartsWith("ValidationException: At least one of"));
}

TEST_F(IndexChangeTest, RefusesWhatDoesNotFitTheTable) {
  service_.MakeTable();
  EXPECT_EQ(Change("table", Create("gsi"), kDefinitions),
            "ValidationException: Attempting to create an index which already exists");
  EXPECT_EQ(Change("table", Delete("lsi")),
            "ValidationException: Cannot delete an index that is not a GlobalSecondaryIndex: lsi");
  EXPECT_EQ(Change("table", Delete("none")),
            "ResourceNotFoundException: Requested resource not found");
  EXPECT_EQ(Change("units", Create("new"), kDefinitions),
            std::string(kInvalid) + "ProvisionedThroughput is not specified for index: new");
  EXPECT_EQ(Change("demand", Create("new", "," + kUnits), kDefinitions),
            std::string(kInvalid) +
                "ProvisionedThroughput should not be specified for index: new when BillingMode is "
                "PAY_PER_REQUEST");
  // A definition is needed even of an attribute that the table knows.
  EXPECT_EQ(Change("demand", Create("new", "", "pk"), kDefinitions),
            std::string(kInvalid) +
                "Some index key attributes are not defined in AttributeDefinitions. Keys: [pk], "
                "AttributeDefinitions: [g]");
  EXPECT_EQ(Change("demand", Create("one") + "," + Create("two"), kDefinitions), kOneAtATime);
}

/// Each state lasts an hour.
class IndexPhasesTest : public IndexChangeTest {
 protected:
  IndexPhasesTest() : IndexChangeTest(1h) { Change("demand", Create("new"), kDefinitions); }
};

TEST_F(IndexPhasesTest, AllocationRefusesAllButReadsAndWritesOfTheTable) {
  EXPECT_THAT(Describe("demand"),
              AllOf(HasSubstr(R"("TableStatus":"UPDATING")"),
                    HasSubstr(R"("IndexStatus":"CREATING","Backfilling":false)")));
  EXPECT_EQ(Put("demand", R"("pk":{"S":"a"},"g":{"S":"x"})"), "{}");
  EXPECT_EQ(Scan("demand", "new"),
            "ValidationException: Cannot read from backfilling global secondary index: new");
  EXPECT_EQ(service_.Call("ExecuteStatement",
                          R"({"Statement":"SELECT * FROM \"demand\".\"new\" WHERE g = 'x'"})"),
            "ValidationException: Cannot read from backfilling global secondary index: new");
  EXPECT_EQ(Change("demand", Create("other"), kDefinitions), kOneAtATime);
  EXPECT_EQ(Change("demand", Delete("new")),
            "ResourceInUseException: Attempt to change a resource which is still in use: Index "
            "creation is in resource allocation phase. Retry deletion during backfilling phase or "
            "when the index is active. Table: demand Index: new");
  EXPECT_EQ(
      service_.Call("UpdateTable", R"({"TableName":"demand","DeletionProtectionEnabled":true})"),
      "ResourceInUseException: Attempt to change a resource which is still in use: Table is "
      "being updated: demand");
}

TEST_F(IndexPhasesTest, BackfillingIsAnActiveTablesOwn) {
  Put("demand", R"("pk":{"S":"a"},"g":{"S":"x"})");
  Pass(1h);
  EXPECT_THAT(Describe("demand"),
              AllOf(HasSubstr(R"("TableStatus":"ACTIVE")"),
                    HasSubstr(R"("IndexStatus":"CREATING","Backfilling":true)")));
  EXPECT_EQ(Scan("demand", "new"),
            "ValidationException: Cannot read from backfilling global secondary index: new");
  EXPECT_EQ(Change("demand", Create("other"), kDefinitions), kOneAtATime);
  EXPECT_EQ(service_.Call("DeleteTable", R"({"TableName":"demand"})"),
            "ResourceInUseException: Attempt to change a resource which is still in use: Cannot "
            "delete table while indexes are being created, updated, or deleted.");
  // A new item must fit the index already.
  EXPECT_THAT(Put("demand", R"("pk":{"S":"b"},"g":{"N":"1"})"),
              HasSubstr("Type mismatch for Index Key g Expected: S Actual: N IndexName: new"));
  Pass(1h);
  EXPECT_THAT(Scan("demand", "new"), HasSubstr(R"("Count":1)"));
}

TEST_F(IndexPhasesTest, DeletingWhileBackfillingCancels) {
  Pass(1h);
  EXPECT_THAT(Change("demand", Delete("new")),
              AllOf(HasSubstr(R"("IndexStatus":"DELETING")"), Not(HasSubstr("Backfilling"))));
  EXPECT_EQ(Scan("demand", "new"),
            "ValidationException: The table does not have the specified index: new");
  // Its keys are attributes as others are from now on.
  EXPECT_EQ(Put("demand", R"("pk":{"S":"c"},"g":{"M":{"a":{"S":"x"}}})"), "{}");
  EXPECT_EQ(service_.Call("UpdateItem", R"({"TableName":"demand","Key":{"pk":{"S":"c"}},
                "UpdateExpression":"SET g.a = :v","ExpressionAttributeValues":{":v":{"S":"y"}}})"),
            "{}");
  Pass(1h);
  EXPECT_THAT(Describe("demand"), Not(HasSubstr("IndexName")));
}

TEST_F(IndexPhasesTest, OtherChangesAreShownForAWhile) {
  service_.Call("UpdateTable", R"({"TableName":"units","BillingMode":"PAY_PER_REQUEST"})");
  EXPECT_THAT(Describe("units"), HasSubstr(R"("TableStatus":"UPDATING")"));
  Pass(1h);
  EXPECT_THAT(Describe("units"), HasSubstr(R"("TableStatus":"ACTIVE")"));
  service_.Call("DeleteTable", R"({"TableName":"units"})");
  EXPECT_THAT(Describe("units"), HasSubstr(R"("TableStatus":"DELETING")"));
  EXPECT_EQ(Put("units", R"("pk":{"S":"a"})"),
            "ResourceNotFoundException: Requested resource not found");
  EXPECT_EQ(service_.Call("DeleteTable", R"({"TableName":"units"})"),
            "ResourceInUseException: Attempt to change a resource which is still in use: Table is "
            "being deleted: units");
  EXPECT_EQ(service_.Call("UpdateTimeToLive", R"({"TableName":"units",
                "TimeToLiveSpecification":{"Enabled":true,"AttributeName":"ttl"}})"),
            "ResourceInUseException: Attempt to change a resource which is still in use: Table is "
            "being deleted: units");
  Pass(1h);
  EXPECT_EQ(Describe("units"),
            "ResourceNotFoundException: Requested resource not found: Table: units not found");
}

}  // namespace
}  // namespace pumice
