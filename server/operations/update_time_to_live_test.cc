// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;

class UpdateTimeToLiveTest : public ::testing::Test, protected TestService {
 protected:
  void SetUp() override { MakeTable(); }
  std::string Update(std::string_view specification) {
    return Call("UpdateTimeToLive", R"({"TableName":"table","TimeToLiveSpecification":)" +
                                        std::string(specification) + "}");
  }
};

constexpr std::string_view kOn = R"({"Enabled":true,"AttributeName":"ttl"})";
constexpr std::string_view kOff = R"({"Enabled":false,"AttributeName":"ttl"})";

TEST_F(UpdateTimeToLiveTest, EchoesWhatIsSet) {
  EXPECT_EQ(Update(kOn), R"({"TimeToLiveSpecification":{"Enabled":true,"AttributeName":"ttl"}})");
  EXPECT_EQ(Update(kOff), R"({"TimeToLiveSpecification":{"Enabled":false,"AttributeName":"ttl"}})");
  // AWS takes one change an hour; here any number.
  EXPECT_EQ(Update(R"({"Enabled":true,"AttributeName":"other"})"),
            R"({"TimeToLiveSpecification":{"Enabled":true,"AttributeName":"other"}})");
}

TEST_F(UpdateTimeToLiveTest, RefusesWhatIsSoAlready) {
  EXPECT_EQ(Update(kOff), "ValidationException: TimeToLive is already disabled");
  Update(kOn);
  EXPECT_EQ(Update(kOn), "ValidationException: TimeToLive is already enabled");
}

TEST_F(UpdateTimeToLiveTest, RefusesAnotherAttributeWhileOneIsActive) {
  Update(kOn);
  for (const std::string_view enabled : {"true", "false"}) {
    EXPECT_EQ(Update(R"({"AttributeName":"other","Enabled":)" + std::string(enabled) + "}"),
              "ValidationException: TimeToLive is active on a different AttributeName: current "
              "AttributeName is ttl");
  }
}

TEST_F(UpdateTimeToLiveTest, ExpiredItemsAreDeletedWithoutACharge) {
  Update(kOn);
  const std::string answer = Call("PutItem", R"({"TableName":"table",
    "Item":{"pk":{"S":"a"},"sk":{"S":"b"},"ttl":{"N":"1790000005"}}})");
  ASSERT_EQ(answer, "{}");
  clock().Advance(10s);
  EXPECT_EQ(database().expiry().Sweep(10).deleted_count, 1U);
  EXPECT_EQ(Call("GetItem", R"({"TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":"b"}}})"),
            "{}");
}

TEST_F(UpdateTimeToLiveTest, RefusesATableThatIsBeingCreated) {
  options().delay_transient_statuses = true;
  EXPECT_EQ(Update(kOn),
            "ResourceInUseException: Attempt to change a resource which is still in use: Table is "
            "being created: table");
}

class UpdateTimeToLiveRefusal : public ::testing::TestWithParam<Refusal> {};

TEST_P(UpdateTimeToLiveRefusal, SaysWhatIsWrong) {
  TestService service;
  EXPECT_EQ(service.Call("UpdateTimeToLive", GetParam().members), GetParam().answer);
}

const std::string kLongName = std::string(256, 'a');
const std::string kWithLongName =
    R"({"TableName":"abc","TimeToLiveSpecification":{"Enabled":true,"AttributeName":")" +
    kLongName + R"("}})";
const std::string kLongNameAnswer =
    "ValidationException: 1 validation error detected: Value '" + kLongName +
    "' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must have "
    "length less than or equal to 255";

INSTANTIATE_TEST_SUITE_P(
    All, UpdateTimeToLiveRefusal,
    ::testing::Values(
        Refusal{"{}",
                "ValidationException: The parameter 'TableName' is required but was not present in "
                "the request"},
        Refusal{R"({"TableName":"a;"})",
                "ValidationException: TableName must be at least 3 characters long and at most 255 "
                "characters long"},
        Refusal{R"({"TableName":"abc;"})",
                "ValidationException: 1 validation error detected: Value 'abc;' at 'tableName' "
                "failed to satisfy constraint: Member must satisfy regular expression pattern: "
                "[a-zA-Z0-9_.-]+"},
        Refusal{R"({"TableName":"abc"})",
                "ValidationException: 1 validation error detected: Value null at "
                "'timeToLiveSpecification' failed to satisfy constraint: Member must not be null"},
        Refusal{R"({"TableName":"abc","TimeToLiveSpecification":{}})",
                "ValidationException: 2 validation errors detected: Value null at "
                "'timeToLiveSpecification.enabled' failed to satisfy constraint: Member must not "
                "be null; Value null at 'timeToLiveSpecification.attributeName' failed to satisfy "
                "constraint: Member must not be null"},
        Refusal{R"({"TableName":"abc","TimeToLiveSpecification":{"Enabled":true,
                  "AttributeName":""}})",
                "ValidationException: TimeToLiveSpecification.AttributeName must be non empty"},
        Refusal{kWithLongName, kLongNameAnswer},
        Refusal{R"({"TableName":"abc","TimeToLiveSpecification":{"Enabled":true,
                  "AttributeName":"ttl"}})",
                "ResourceNotFoundException: Requested resource not found: Table: abc not found"}));

}  // namespace
}  // namespace pumice
