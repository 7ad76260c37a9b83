// SPDX-License-Identifier: Apache-2.0
#include "server/operations/put_item.h"

#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

class PutItemTest : public testing::Test {
 protected:
  PutItemTest() { service_.MakeTable(); }
  std::string Put(std::string_view members) {
    return service_.Call("PutItem", "{\"TableName\":\"table\"," + std::string(members) + "}");
  }
  std::string Get(std::string_view sk) {
    return service_.Call("GetItem", R"({"TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":")" +
                                        std::string(sk) + R"("}}})");
  }
  TestService service_;
};

TEST_F(PutItemTest, StoresAnItem) {
  EXPECT_EQ(Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"},"n":{"N":"1.50"}})"), "{}");
  EXPECT_EQ(Get("1"), R"({"Item":{"n":{"N":"1.5"},"pk":{"S":"a"},"sk":{"S":"1"}}})");
}

TEST_F(PutItemTest, ReturnsTheOldItemWhenAsked) {
  EXPECT_EQ(Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"}},"ReturnValues":"ALL_OLD")"), "{}");
  EXPECT_EQ(Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"},"x":{"S":"y"}},"ReturnValues":"ALL_OLD")"),
            R"({"Attributes":{"pk":{"S":"a"},"sk":{"S":"1"}}})");
}

TEST_F(PutItemTest, LeavesTheItemWhenTheConditionFails) {
  Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"}})");
  EXPECT_EQ(Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"},"x":{"S":"y"}},
                   "ConditionExpression":"attribute_not_exists(pk) ")"),
            "ConditionalCheckFailedException: The conditional request failed");
  EXPECT_EQ(Get("1"), R"({"Item":{"pk":{"S":"a"},"sk":{"S":"1"}}})");
}

TEST_F(PutItemTest, ShowsTheItemOfAFailedConditionWhenAsked) {
  Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"}})");
  EXPECT_EQ(
      Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD",
                   "ConditionExpression":"attribute_not_exists(pk) ")"),
      "ConditionalCheckFailedException: The conditional request failed "
      R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"}})");
}

TEST_F(PutItemTest, ChargesTheLargerItemAndEachChangedIndex) {
  const std::string kilobyte(1500, 'x');
  EXPECT_EQ(
      Put(R"("ReturnConsumedCapacity":"INDEXES","Item":{"pk":{"S":"a"},"sk":{"S":"1"},
                   "gpk":{"S":"g"},"gsk":{"N":"1"},"x":{"S":")" +
          kilobyte + R"("}})"),
      R"({"ConsumedCapacity":{"TableName":"table","CapacityUnits":4.0,"Table":{"CapacityUnits":2.0},)"
      R"("GlobalSecondaryIndexes":{"gsi":{"CapacityUnits":2.0}}}})");
  EXPECT_EQ(Put(R"("ReturnConsumedCapacity":"TOTAL","Item":{"pk":{"S":"a"},"sk":{"S":"1"}})"),
            R"({"ConsumedCapacity":{"TableName":"table","CapacityUnits":4.0}})");
}

TEST_F(PutItemTest, TellsItemCollectionMetricsOfATableWithALocalIndex) {
  EXPECT_EQ(Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"}},"ReturnItemCollectionMetrics":"SIZE")"),
            R"({"ItemCollectionMetrics":{"ItemCollectionKey":{"pk":{"S":"a"}},)"
            R"("SizeEstimateRangeGB":[0.0,1.0]}})");
}

class PutItemRefusals : public testing::TestWithParam<Refusal> {};

TEST_P(PutItemRefusals, HaveTheTextOfAws) {
  TestService service;
  service.MakeTable();
  EXPECT_EQ(service.Call("PutItem", GetParam().members), GetParam().answer);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, PutItemRefusals,
    testing::Values(
        Refusal{
            R"({})",
            "ValidationException: 2 validation errors detected: Value null at 'tableName' failed "
            "to "
            "satisfy constraint: Member must not be null; Value null at 'item' failed to satisfy "
            "constraint: Member must not be null"},
        Refusal{R"({"TableName":"","Item":{},"ReturnValues":"x"})",
                "ValidationException: 1 validation error detected: Value at 'TableName' failed to "
                "satisfy constraint: Member must have length greater than or equal to 1"},
        Refusal{
            R"({"TableName":"table","Item":{},"ReturnConsumedCapacity":"INVALID",)"
            R"("ReturnValues":"INVALID","ReturnItemCollectionMetrics":"INVALID"})",
            "ValidationException: 3 validation errors detected: Value 'INVALID' at "
            "'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value "
            "set: [INDEXES, TOTAL, NONE]; Failed to satisfy constraint: Member must satisfy enum "
            "value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]; Value 'INVALID' at "
            "'returnItemCollectionMetrics' failed to satisfy constraint: Member must satisfy enum "
            "value set: [SIZE, NONE]"},
        Refusal{
            R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"1"}},"ReturnValues":"ALL_NEW"})",
            "ValidationException: 1 validation error detected: ReturnValues can only be ALL_OLD or "
            "NONE"},
        Refusal{R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"1"},"n":{"N":"abc"}}})",
                "ValidationException: 1 validation error detected: The parameter cannot be "
                "converted to "
                "a numeric value: abc"},
        Refusal{R"({"TableName":"none","Item":{"pk":{"S":"a"},"sk":{"S":"1"}}})",
                "ResourceNotFoundException: Requested resource not found"},
        Refusal{
            R"({"TableName":"table","Item":{"pk":{"S":"a"}}})",
            "ValidationException: One or more parameter values were invalid: Missing the key sk in "
            "the item"},
        Refusal{
            R"({"TableName":"table","Item":{"pk":{"N":"1"},"sk":{"S":"1"}}})",
            "ValidationException: One or more parameter values were invalid: Type mismatch for key "
            "pk expected: S actual: N"},
        Refusal{
            R"({"TableName":"table","Item":{"pk":{"S":""},"sk":{"S":"1"}}})",
            "ValidationException: One or more parameter values are not valid. The AttributeValue "
            "for a key attribute cannot contain an empty string value. Key: pk"},
        Refusal{R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"1"},"gpk":{"N":"1"}}})",
                "ValidationException: One or more parameter values were invalid: Type mismatch for "
                "Index Key gpk Expected: S Actual: N IndexName: gsi"},
        Refusal{R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"1"}},)"
                R"("ExpressionAttributeNames":{"#a":"b"}})",
                "ValidationException: 1 validation error detected: ExpressionAttributeNames can "
                "only be "
                "specified when using expressions"},
        Refusal{
            R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"1"}},)"
            R"("ConditionExpression":"a = :b","ExpressionAttributeValues":{":b":{"S":"x"},":c":{"S":"y"}}})",
            "ValidationException: 1 validation error detected: Value provided in "
            "ExpressionAttributeValues unused in expressions: keys: {:c}"}));

TEST_F(PutItemTest, RefusesAConditionThatGoesIntoAKeyOfTableOrIndex) {
  for (const auto& [attribute, key] :
       {std::pair("sk", "Key: sk"), {"gpk", "IndexKey: gpk"}, {"lsk", "IndexKey: lsk"}}) {
    EXPECT_EQ(Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"}},)"
                  R"("ConditionExpression":"attribute_not_exists(y) OR attribute_exists(#a[0]) ",)"
                  R"("ExpressionAttributeNames":{"#a":")" +
                  std::string(attribute) + "\"}"),
              std::string("ValidationException: Key attributes must be scalars; list random access "
                          "'[]' and map lookup '.' are not allowed: ") +
                  key);
  }
}

TEST_F(PutItemTest, JudgesIndexKeysBeforeTheCondition) {
  EXPECT_EQ(Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"},"gpk":{"N":"1"}},)"
                R"("ConditionExpression":"attribute_exists(pk) ")"),
            "ValidationException: One or more parameter values were invalid: Type mismatch for "
            "Index Key gpk Expected: S Actual: N IndexName: gsi");
}

TEST_F(PutItemTest, CountsTheEntriesOfLocalIndexes) {
  // The index "lsi" holds pk, sk, lsk and x; the rest is in the table alone.
  const std::string x(204'000, 'x');
  const std::string item =
      R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"},"lsk":{"S":"l"},"x":{"S":")" + x;
  EXPECT_EQ(Put(item + R"("}})"), "{}");
  const std::string rest(2'000, 'y');
  EXPECT_EQ(Put(item + R"("},"y":{"S":")" + rest + R"("}})"),
            "ValidationException: Item size has exceeded the maximum allowed size");
  EXPECT_EQ(Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"},"x":{"S":")" + x + R"("},"y":{"S":")" +
                rest + R"("}})"),
            "{}");
}

TEST_F(PutItemTest, RefusesAttributeNamesOver65535Bytes) {
  const std::string name(65'535, 'n');
  const std::string text =
      std::string(kEnvelopeError) + "Attribute name is too large, must be less than 65536 bytes";
  EXPECT_EQ(Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"},")" + name + R"(":{"S":"x"}})"), "{}");
  EXPECT_EQ(Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"},")" + name + R"(n":{"S":"x"}})"), text);
  EXPECT_EQ(
      Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"},"m":{"M":{")" + name + R"(n":{"S":"x"}}}})"),
      text);
}

TEST_F(PutItemTest, RefusesAnItemOver400KiB) {
  const std::string fits(409'600 - 2 - 1 - 2 - 1 - 1, 'x');  // pk=a, sk=1, one attribute "x"
  EXPECT_EQ(Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"},"x":{"S":")" + fits + R"("}})"), "{}");
  EXPECT_EQ(Put(R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"},"x":{"S":")" + fits + R"(x"}})"),
            "ValidationException: Item size has exceeded the maximum allowed size");
}

}  // namespace
}  // namespace pumice
