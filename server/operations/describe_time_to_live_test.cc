// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kTable = R"({"TableName":"table"})";
constexpr std::string_view kEnable =
    R"({"TableName":"table","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"ttl"}})";
constexpr std::string_view kDisable =
    R"({"TableName":"table","TimeToLiveSpecification":{"Enabled":false,"AttributeName":"ttl"}})";

class DescribeTimeToLiveTest : public ::testing::Test, protected TestService {
 protected:
  void SetUp() override { MakeTable(); }
  std::string Describe() { return Call("DescribeTimeToLive", kTable); }
};

TEST_F(DescribeTimeToLiveTest, ShowsWhatWasSet) {
  EXPECT_EQ(Describe(), R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})");
  Call("UpdateTimeToLive", kEnable);
  EXPECT_EQ(Describe(),
            R"({"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"ttl"}})");
  Call("UpdateTimeToLive", kDisable);
  EXPECT_EQ(Describe(), R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})");
}

TEST_F(DescribeTimeToLiveTest, ShowsTransientStatusesForTwoSecondsIfWanted) {
  clock().Advance(10s);
  options().delay_transient_statuses = true;
  Call("UpdateTimeToLive", kEnable);
  EXPECT_EQ(Describe(),
            R"({"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLING","AttributeName":"ttl"}})");
  clock().Advance(2s);
  EXPECT_EQ(Describe(),
            R"({"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"ttl"}})");
  Call("UpdateTimeToLive", kDisable);
  EXPECT_EQ(Describe(),
            R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLING","AttributeName":"ttl"}})");
  clock().Advance(2s);
  EXPECT_EQ(Describe(), R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})");
}

TEST_F(DescribeTimeToLiveTest, RefusesATableThatIsBeingCreated) {
  options().delay_transient_statuses = true;
  EXPECT_EQ(Describe(),
            "ValidationException: Cannot describe time to live while table is in CREATING state: "
            "Current table state is CREATING");
}

TEST_F(DescribeTimeToLiveTest, RefusesWhatNamesNoTable) {
  EXPECT_EQ(Call("DescribeTimeToLive", "{}"),
            "ValidationException: The parameter 'TableName' is required but was not present in the "
            "request");
  EXPECT_EQ(Call("DescribeTimeToLive", R"({"TableName":"no-table"})"),
            "ResourceNotFoundException: Requested resource not found: Table: no-table not found");
}

}  // namespace
}  // namespace pumice
