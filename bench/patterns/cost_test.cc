// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/cost.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/patterns/pattern_test_support.h"

namespace pumice::patterns {
namespace {

TEST(Cost, AddsTheUnitsOfAllTables) {
  const auto one = nlohmann::json::parse(R"({"ConsumedCapacity":{"CapacityUnits":1.5}})");
  EXPECT_EQ(UnitsIn(one, UnitKind::kRead)->read, 1.5);
  EXPECT_EQ(UnitsIn(one, UnitKind::kRead)->write, 0);
  const auto two = nlohmann::json::parse(
      R"({"ConsumedCapacity":[{"TableName":"t","CapacityUnits":4.0},{"CapacityUnits":2}]})");
  EXPECT_EQ(UnitsIn(two, UnitKind::kWrite)->write, 6);
  EXPECT_EQ(UnitsIn(two, UnitKind::kWrite)->read, 0);
  EXPECT_FALSE(UnitsIn(nlohmann::json::object(), UnitKind::kRead));
}

TEST(Cost, IsInDollarsAMillionCalls) {
  const Prices prices{"us-east-1", "2024-11-01", "", 0.125, 0.625};
  EXPECT_DOUBLE_EQ(DollarsPerMillion({0.5, 0}, prices), 0.0625);
  EXPECT_DOUBLE_EQ(DollarsPerMillion({0, 4}, prices), 2.5);
}

TEST(Cost, ReadsPrices) {
  const TestFolder folder;
  const std::string path = folder.Write("prices.yaml",
                                        "region: x\nvalid_from: 2026-01-01\nsource: here\n"
                                        "read_request_units_per_million: 0.125\n"
                                        "write_request_units_per_million: 0.625\n");
  const Result<Prices> prices = ReadPrices(path);
  ASSERT_TRUE(prices) << prices.error().client_text();
  EXPECT_EQ(prices.value().region, "x");
  EXPECT_EQ(prices.value().valid_from, "2026-01-01");
  EXPECT_EQ(prices.value().read_per_million, 0.125);
  EXPECT_EQ(prices.value().write_per_million, 0.625);
}

TEST(Cost, TellsWhatThePricesLack) {
  const TestFolder folder;
  const std::string path = folder.Write("prices.yaml", "region: x\nsource: here\n");
  const Result<Prices> prices = ReadPrices(path);
  ASSERT_FALSE(prices);
  EXPECT_THAT(prices.error().client_text(),
              testing::EndsWith("prices.yaml:1: 'valid_from' is missing here"));
}

}  // namespace
}  // namespace pumice::patterns
