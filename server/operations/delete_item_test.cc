// SPDX-License-Identifier: Apache-2.0
#include "server/operations/delete_item.h"

#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

class DeleteItemTest : public testing::Test {
 protected:
  DeleteItemTest() {
    service_.MakeTable();
    service_.Call("PutItem", R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"1"}}})");
  }
  std::string Delete(std::string_view members) {
    return service_.Call("DeleteItem",
                         R"({"TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":"1"}})" +
                             std::string(members) + "}");
  }
  TestService service_;
};

TEST_F(DeleteItemTest, RemovesTheItemAndReturnsItWhenAsked) {
  EXPECT_EQ(Delete(R"(,"ReturnValues":"ALL_OLD")"),
            R"({"Attributes":{"pk":{"S":"a"},"sk":{"S":"1"}}})");
  EXPECT_EQ(Delete(R"(,"ReturnValues":"ALL_OLD","ReturnConsumedCapacity":"TOTAL")"),
            R"({"ConsumedCapacity":{"TableName":"table","CapacityUnits":1.0}})");
}

TEST_F(DeleteItemTest, KeepsTheItemWhenTheConditionFails) {
  EXPECT_EQ(Delete(R"(,"ConditionExpression":"attribute_exists(x) ")"),
            "ConditionalCheckFailedException: The conditional request failed");
  EXPECT_EQ(Delete(R"(,"ReturnValues":"ALL_OLD")"),
            R"({"Attributes":{"pk":{"S":"a"},"sk":{"S":"1"}}})");
}

TEST_F(DeleteItemTest, TellsTheCollectionOfWhatItRemoved) {
  EXPECT_EQ(Delete(R"(,"ReturnItemCollectionMetrics":"SIZE")"),
            R"({"ItemCollectionMetrics":{"ItemCollectionKey":{"pk":{"S":"a"}},)"
            R"("SizeEstimateRangeGB":[0.0,1.0]}})");
  EXPECT_EQ(Delete(R"(,"ReturnItemCollectionMetrics":"SIZE")"), "{}");
}

TEST_F(DeleteItemTest, RefusesReturnValuesOfAnUpdate) {
  EXPECT_EQ(Delete(R"(,"ReturnValues":"UPDATED_NEW")"),
            std::string(kEnvelopeError) + "ReturnValues can only be ALL_OLD or NONE");
}

}  // namespace
}  // namespace pumice
