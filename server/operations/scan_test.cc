// SPDX-License-Identifier: Apache-2.0
#include "server/operations/scan.h"

#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

class ScanTest : public testing::Test {
 protected:
  ScanTest() { service_.MakeTable(); }
  void Fill(int count, std::size_t value_bytes = 1) {
    for (int i = 0; i < count; ++i) {
      ASSERT_EQ(service_.Call("PutItem", R"({"TableName":"table","Item":{"pk":{"S":"p)" +
                                             std::to_string(i) + R"("},"sk":{"S":"s"},"x":{"S":")" +
                                             std::string(value_bytes, 'x') + R"("}}})"),
                "{}");
    }
  }
  std::string Scan(std::string_view members = "") {
    return service_.Call("Scan", "{\"TableName\":\"table\"" + std::string(members) + "}");
  }
  TestService service_;
};

TEST_F(ScanTest, AnswersAnEmptyTable) {
  EXPECT_EQ(Scan(), R"({"Items":[],"Count":0,"ScannedCount":0})");
}

TEST_F(ScanTest, SegmentsPartTheItems) {
  Fill(200);
  std::set<std::string> seen;
  for (int segment = 0; segment < 7; ++segment) {
    const auto page =
        nlohmann::json::parse(Scan(R"(,"TotalSegments":7,"Segment":)" + std::to_string(segment)));
    for (const auto& item : page["Items"]) {
      EXPECT_TRUE(seen.insert(item["pk"]["S"].get<std::string>()).second);
    }
  }
  EXPECT_EQ(seen.size(), 200u);
}

TEST_F(ScanTest, PagesCoverEveryItemOnce) {
  Fill(53);
  std::set<std::string> seen;
  std::string start;
  int pages = 0;
  do {
    const auto page = nlohmann::json::parse(Scan(R"(,"Limit":10)" + start));
    for (const auto& item : page["Items"]) {
      EXPECT_TRUE(seen.insert(item["pk"]["S"].get<std::string>()).second);
    }
    start = page.contains("LastEvaluatedKey")
                ? R"(,"ExclusiveStartKey":)" + page["LastEvaluatedKey"].dump()
                : "";
    ++pages;
  } while (!start.empty() && pages < 20);
  EXPECT_EQ(seen.size(), 53u);
  EXPECT_EQ(pages, 6);
}

TEST_F(ScanTest, EndsAPageAfterTheItemThatCrossesOneMegabyte) {
  Fill(5, 300'000);
  const auto page = nlohmann::json::parse(Scan(R"(,"Select":"COUNT")"));
  EXPECT_EQ(page["Count"], 4);
  EXPECT_TRUE(page.contains("LastEvaluatedKey"));
}

TEST_F(ScanTest, CostsTheSumOfWhatItEvaluated) {
  Fill(3, 3000);
  EXPECT_EQ(
      Scan(R"(,"Select":"COUNT","FilterExpression":"attribute_not_exists(x) ",)"
           R"("ConsistentRead":true,"ReturnConsumedCapacity":"TOTAL")"),
      R"({"Count":0,"ScannedCount":3,"ConsumedCapacity":{"TableName":"table","CapacityUnits":3.0}})");
}

class ScanRefusals : public ScanTest, public testing::WithParamInterface<Refusal> {};

TEST_P(ScanRefusals, HaveTheTextOfAws) { EXPECT_EQ(Scan(GetParam().members), GetParam().answer); }

INSTANTIATE_TEST_SUITE_P(
    Texts, ScanRefusals,
    testing::Values(
        Refusal{R"(,"Limit":0)",
                "ValidationException: 1 validation error detected: Value '0' at 'limit' failed to "
                "satisfy "
                "constraint: Member must have value greater than or equal to 1"},
        Refusal{
            R"(,"Segment":-1)",
            "ValidationException: 1 validation error detected: Value '-1' at 'segment' failed to "
            "satisfy constraint: Member must have value greater than or equal to 0"},
        Refusal{R"(,"Segment":5,"TotalSegments":5)",
                "ValidationException: The Segment parameter is zero-based and must be less than "
                "parameter "
                "TotalSegments: Segment: 5 is not less than TotalSegments: 5"},
        Refusal{R"(,"Segment":0)",
                "ValidationException: The TotalSegments parameter is required but was not present "
                "in the "
                "request when Segment parameter is present"},
        Refusal{R"(,"TotalSegments":1)",
                "ValidationException: The Segment parameter is required but was not present in the "
                "request when parameter TotalSegments is present"},
        Refusal{
            R"(,"Select":"SPECIFIC_ATTRIBUTES")",
            "ValidationException: Must specify the AttributesToGet or ProjectionExpression when "
            "choosing to get SPECIFIC_ATTRIBUTES"},
        Refusal{R"(,"ExclusiveStartKey":{"pk":{"S":"a"}})",
                "ValidationException: The provided starting key is invalid: The provided key "
                "element does "
                "not match the schema"},
        Refusal{R"(,"ExclusiveStartKey":{"pk":{"S":"a"},"sk":{"S":""}})",
                "ValidationException: The provided starting key is invalid: One or more parameter "
                "values are not valid. The AttributeValue for a key attribute cannot contain an "
                "empty string value. Key: sk"},
        Refusal{
            R"(,"FilterExpression":"x = :v","ExpressionAttributeValues":{":v":{"N":"abc"}})",
            "ValidationException: ExpressionAttributeValues contains invalid value: The parameter "
            "cannot be converted to a numeric value: abc for key :v"}));

}  // namespace
}  // namespace pumice
