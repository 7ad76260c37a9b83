// SPDX-License-Identifier: Apache-2.0
#include "server/operations/get_item.h"

#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

class GetItemTest : public testing::Test {
 protected:
  GetItemTest() {
    service_.MakeTable();
    service_.Call("PutItem", R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"1"},
      "m":{"M":{"x":{"N":"1"},"y":{"L":[{"S":"p"},{"S":"q"}]}}},"t":{"S":"text"}}})");
  }
  std::string Get(std::string_view members) {
    return service_.Call("GetItem", "{\"TableName\":\"table\"," + std::string(members) + "}");
  }
  TestService service_;
};

constexpr std::string_view kKey = R"("Key":{"pk":{"S":"a"},"sk":{"S":"1"}})";

TEST_F(GetItemTest, AnswersNothingForAMissingItem) {
  EXPECT_EQ(Get(R"("Key":{"pk":{"S":"a"},"sk":{"S":"2"}})"), "{}");
}

TEST_F(GetItemTest, TakesATableArn) {
  EXPECT_EQ(service_.Call("GetItem",
                          R"({"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/table",)"
                          R"("ProjectionExpression":"t","Key":{"pk":{"S":"a"},"sk":{"S":"1"}}})"),
            R"({"Item":{"t":{"S":"text"}}})");
}

TEST_F(GetItemTest, ProjectsPathsInTheirStructure) {
  EXPECT_EQ(Get(std::string(kKey) + R"(,"ProjectionExpression":"m.y[1], #t",
                 "ExpressionAttributeNames":{"#t":"t"})"),
            R"({"Item":{"m":{"M":{"y":{"L":[{"S":"q"}]}}},"t":{"S":"text"}}})");
}

TEST_F(GetItemTest, AnswersAnEmptyItemWhenTheProjectionSelectsNothing) {
  EXPECT_EQ(Get(std::string(kKey) + R"(,"ProjectionExpression":"nothing")"), R"({"Item":{}})");
}

TEST_F(GetItemTest, CostsHalfAUnitUnlessConsistent) {
  EXPECT_EQ(Get(R"("Key":{"pk":{"S":"a"},"sk":{"S":"2"}},"ReturnConsumedCapacity":"TOTAL")"),
            R"({"ConsumedCapacity":{"TableName":"table","CapacityUnits":0.5}})");
  EXPECT_EQ(Get(R"("Key":{"pk":{"S":"a"},"sk":{"S":"2"}},"ConsistentRead":true,)"
                R"("ReturnConsumedCapacity":"INDEXES")"),
            R"({"ConsumedCapacity":{"TableName":"table","CapacityUnits":1.0,)"
            R"("Table":{"CapacityUnits":1.0}}})");
}

TEST_F(GetItemTest, RefusesAKeyThatDoesNotFitTheSchema) {
  constexpr std::string_view kMismatch =
      "ValidationException: The provided key element does not match the schema";
  EXPECT_EQ(Get(R"("Key":{"pk":{"S":"a"}})"), kMismatch);
  EXPECT_EQ(Get(R"("Key":{"pk":{"S":"a"},"sk":{"N":"1"}})"), kMismatch);
  EXPECT_EQ(Get(R"("Key":{"pk":{"S":"a"},"sk":{"S":"1"},"x":{"S":"1"}})"), kMismatch);
}

TEST_F(GetItemTest, IgnoresMembersOfOtherOperations) {
  EXPECT_EQ(Get(std::string(kKey) + R"(,"ProjectionExpression":"t","IndexName":7,"Limit":0,)"
                                    R"("ExpressionAttributeValues":{":v":{"N":"abc"}},)"
                                    R"("ConditionExpression":"(","KeyConditions":{})"),
            R"({"Item":{"t":{"S":"text"}}})");
}

TEST_F(GetItemTest, SpeaksTheBareLayer) {
  EXPECT_EQ(Get(R"("Key":{"pk":{"S":"a"},"sk":{"N":"abc"}})"),
            "ValidationException: The parameter cannot be converted to a numeric value: abc");
}

}  // namespace
}  // namespace pumice
