// SPDX-License-Identifier: Apache-2.0
#include "server/operations/update_table.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kInvalid =
    "ValidationException: One or more parameter values were invalid: ";
const std::string kUnits =
    R"("ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5})";
const std::string kOn =
    R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"})";
const std::string kOff = R"("StreamSpecification":{"StreamEnabled":false})";

class UpdateTableTest : public testing::Test {
 protected:
  UpdateTableTest() {
    Make("demand", R"("BillingMode":"PAY_PER_REQUEST")");
    Make("units", kUnits);
    service_.clock().Advance(1s);
  }

  void Make(const std::string& name, const std::string& billing) {
    service_.Call("CreateTable",
                  R"({"TableName":")" + name +
                      R"(","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],)" +
                      R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],)" + billing + "}");
  }

  std::string Update(const std::string& name, const std::string& changes) {
    return service_.Call("UpdateTable", R"({"TableName":")" + name + "\"" +
                                            (changes.empty() ? "" : "," + changes) + "}");
  }
  std::string Describe(const std::string& name) {
    return service_.Call("DescribeTable", R"({"TableName":")" + name + "\"}");
  }

  TestService service_;
};

TEST_F(UpdateTableTest, OpensAStream) {
  EXPECT_THAT(
      Update("demand", kOn),
      AllOf(
          HasSubstr(R"("TableStatus":"UPDATING")"),
          HasSubstr(R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"},)"
                    R"("LatestStreamLabel":"2026-09-21T14:13:21.000",)")));
  EXPECT_THAT(Describe("demand"), HasSubstr(R"("TableStatus":"ACTIVE")"));
}

TEST_F(UpdateTableTest, KeepsTheLatestLabelOfAClosedStream) {
  Update("demand", kOn);
  EXPECT_THAT(Update("demand", kOff),
              AllOf(Not(HasSubstr("StreamSpecification")),
                    HasSubstr(R"("LatestStreamLabel":"2026-09-21T14:13:21.000")")));
}

TEST_F(UpdateTableTest, GivesANewLabelToAStreamThatIsOpenedAgain) {
  Update("demand", kOn);
  Update("demand", kOff);
  EXPECT_THAT(Update("demand", kOn), HasSubstr(R"("LatestStreamLabel":"2026-09-21T14:13:21.001")"));
}

TEST_F(UpdateTableTest, RefusesStreamChangesThatChangeNothing) {
  EXPECT_EQ(Update("demand", kOff),
            "ValidationException: Table has no stream to disable: TableName: demand");
  Update("demand", kOn);
  EXPECT_EQ(Update("demand", kOn),
            "ValidationException: Table already has an enabled stream: TableName: demand");
}

TEST_F(UpdateTableTest, RefusesAViewWithoutAStream) {
  EXPECT_EQ(Update("demand", R"("StreamSpecification":{"StreamEnabled":true})"),
            std::string(kInvalid) + "If stream is being enabled then UpdateViewType is required");
  EXPECT_EQ(Update("demand",
                   R"("StreamSpecification":{"StreamEnabled":false,"StreamViewType":"NEW_IMAGE"})"),
            std::string(kInvalid) +
                "If stream is being disabled, then UpdateViewType must not be specified");
}

TEST_F(UpdateTableTest, MovesTheThroughput) {
  EXPECT_THAT(
      Update("units", R"("ProvisionedThroughput":{"ReadCapacityUnits":7,"WriteCapacityUnits":4})"),
      HasSubstr(R"("ProvisionedThroughput":{"LastIncreaseDateTime":1790000001.000,)"
                R"("LastDecreaseDateTime":1790000001.000,"NumberOfDecreasesToday":1,)"
                R"("ReadCapacityUnits":7,"WriteCapacityUnits":4})"));
}

TEST_F(UpdateTableTest, RefusesUnchangedThroughput) {
  EXPECT_EQ(
      Update("units", kUnits),
      "ValidationException: The provisioned throughput for the table will not change. The "
      "requested value equals the current value. Current ReadCapacityUnits provisioned for the "
      "table: 5. Requested ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for the "
      "table: 5. Requested WriteCapacityUnits: 5. Refer to the Amazon DynamoDB Developer Guide "
      "for current limits and how to request higher limits.");
}

TEST_F(UpdateTableTest, SwitchesToOnDemand) {
  EXPECT_THAT(Update("units", R"("BillingMode":"PAY_PER_REQUEST")"),
              AllOf(HasSubstr(R"("BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST",)"
                              R"("LastUpdateToPayPerRequestDateTime":1790000001.000})"),
                    HasSubstr(R"("ReadCapacityUnits":0,"WriteCapacityUnits":0)")));
}

TEST_F(UpdateTableTest, SwitchesToProvisioned) {
  EXPECT_THAT(Update("demand", R"("BillingMode":"PROVISIONED",)" + kUnits),
              AllOf(HasSubstr(R"("BillingModeSummary":{"BillingMode":"PROVISIONED",)"
                              R"("LastUpdateToPayPerRequestDateTime":1790000000.000})"),
                    HasSubstr(R"("ReadCapacityUnits":5,"WriteCapacityUnits":5)")));
}

TEST_F(UpdateTableTest, AcceptsOnDemandToOnDemand) {
  EXPECT_THAT(Update("demand", R"("BillingMode":"PAY_PER_REQUEST")"),
              HasSubstr(R"("LastUpdateToPayPerRequestDateTime":1790000000.000})"));
}

TEST_F(UpdateTableTest, RefusesUnitsThatDoNotFitTheMode) {
  const std::string neither =
      std::string(kInvalid) +
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
      "BillingMode is PAY_PER_REQUEST";
  EXPECT_EQ(Update("units", R"("BillingMode":"PAY_PER_REQUEST",)" + kUnits), neither);
  EXPECT_EQ(Update("demand", kUnits), neither);
  EXPECT_EQ(
      Update("demand", R"("BillingMode":"PROVISIONED")"),
      std::string(kInvalid) +
          "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
          "PROVISIONED");
}

TEST_F(UpdateTableTest, ChangesOtherSettings) {
  EXPECT_THAT(Update("demand", R"("DeletionProtectionEnabled":true)"),
              AllOf(HasSubstr(R"("DeletionProtectionEnabled":true)"),
                    HasSubstr(R"("TableStatus":"ACTIVE")")));
  EXPECT_THAT(Update("demand", R"("TableClass":"STANDARD")"), Not(HasSubstr("TableClassSummary")));
  EXPECT_THAT(Update("demand", R"("TableClass":"STANDARD_INFREQUENT_ACCESS")"),
              HasSubstr(R"("TableClassSummary":{"TableClass":"STANDARD_INFREQUENT_ACCESS"})"));
  EXPECT_THAT(Update("demand", R"("SSESpecification":{"Enabled":true})"),
              HasSubstr(R"("SSEDescription":{"Status":"ENABLED","SSEType":"KMS")"));
  EXPECT_THAT(Update("demand", R"("SSESpecification":{"Enabled":false})"),
              Not(HasSubstr("SSEDescription")));
  EXPECT_THAT(Update("demand", R"("OnDemandThroughput":{"MaxReadRequestUnits":10})"),
              HasSubstr(R"("MaxReadRequestUnits":10,"MaxWriteRequestUnits":-1)"));
  EXPECT_THAT(Update("demand", R"("OnDemandThroughput":{"MaxReadRequestUnits":-1})"),
              Not(HasSubstr("OnDemandThroughput")));
  EXPECT_THAT(Update("demand", R"("WarmThroughput":{"ReadUnitsPerSecond":20000})"),
              HasSubstr(R"("ReadUnitsPerSecond":20000,"WriteUnitsPerSecond":4000)"));
}

TEST_F(UpdateTableTest, RefusesToLowerWarmThroughput) {
  EXPECT_EQ(Update("demand", R"("WarmThroughput":{"ReadUnitsPerSecond":11999})"),
            std::string(kInvalid) +
                "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current "
                "WarmThroughput, decreasing WarmThroughput is not supported");
}

TEST_F(UpdateTableTest, RefusesNothingToChange) {
  EXPECT_THAT(Update("demand", ""),
              AllOf(HasSubstr("ValidationException: At least one of ProvisionedThroughput, "
                              "BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "),
                    HasSubstr("WarmThroughput or TableClass is required")));
}

TEST_F(UpdateTableTest, RefusesChangesThatMustStandAlone) {
  EXPECT_THAT(Update("demand", R"("DeletionProtectionEnabled":true,)" + kOn),
              HasSubstr("DeletionProtectionEnabled cannot be updated together"));
  EXPECT_THAT(Update("units", kOn + "," + kUnits),
              HasSubstr("StreamSpecification cannot be updated together"));
}

TEST_F(UpdateTableTest, ChecksTheRequestBeforeTheTable) {
  EXPECT_THAT(Update("missing", ""), HasSubstr("At least one of"));
  EXPECT_EQ(Update("missing", kUnits),
            "ResourceNotFoundException: Requested resource not found: Table: missing not found");
  EXPECT_EQ(
      Update("missing", R"("BillingMode":"FREE")"),
      std::string(kEnvelopeError) +
          "Value 'FREE' at 'billingMode' failed to satisfy constraint: Member must satisfy enum "
          "value set: [PROVISIONED, PAY_PER_REQUEST]");
}

}  // namespace
}  // namespace pumice
