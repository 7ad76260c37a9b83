// SPDX-License-Identifier: Apache-2.0
#include "server/operations/update_item.h"

#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

class UpdateItemTest : public testing::Test {
 protected:
  UpdateItemTest() {
    service_.MakeTable();
    service_.Call("PutItem", R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"1"},
      "n":{"N":"1"},"l":{"L":[{"S":"p"}]},"m":{"M":{"k":{"S":"v"}}}}})");
  }
  std::string Update(std::string_view members, std::string_view sk = "1") {
    return service_.Call("UpdateItem", R"({"TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":")" +
                                           std::string(sk) + R"("}},)" + std::string(members) +
                                           "}");
  }
  std::string Get(std::string_view sk) {
    return service_.Call("GetItem", R"({"TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":")" +
                                        std::string(sk) + R"("}}})");
  }
  TestService service_;
};

TEST_F(UpdateItemTest, ReturnsOnlyTheUpdatedPartsWhenAsked) {
  EXPECT_EQ(
      Update(R"("UpdateExpression":"SET n = n + :one, m.j = :one","ReturnValues":"UPDATED_NEW",
                      "ExpressionAttributeValues":{":one":{"N":"1"}})"),
      R"({"Attributes":{"m":{"M":{"j":{"N":"1"}}},"n":{"N":"2"}}})");
  EXPECT_EQ(Update(R"("UpdateExpression":"REMOVE n","ReturnValues":"UPDATED_OLD")"),
            R"({"Attributes":{"n":{"N":"2"}}})");
}

TEST_F(UpdateItemTest, TakesTheLastOfTwoValuesWithOneName) {
  EXPECT_EQ(Update(R"("UpdateExpression":"SET n = :n","ReturnValues":"UPDATED_NEW",
                      "ExpressionAttributeValues":{":n":{"N":"5"},":n":{"N":"6"}})"),
            R"({"Attributes":{"n":{"N":"6"}}})");
}

TEST_F(UpdateItemTest, RefusesANameThatStandsForNothing) {
  EXPECT_EQ(Update(R"("UpdateExpression":"REMOVE #n","ExpressionAttributeNames":{"#n":""})"),
            std::string(kEnvelopeError) +
                "ExpressionAttributeNames contains invalid value: Empty attribute name for key #n");
}

TEST_F(UpdateItemTest, MakesAMissingItem) {
  EXPECT_EQ(Update(R"("UpdateExpression":"ADD n :n","ReturnValues":"ALL_NEW",
                      "ExpressionAttributeValues":{":n":{"N":"5"}})",
                   "new"),
            R"({"Attributes":{"n":{"N":"5"},"pk":{"S":"a"},"sk":{"S":"new"}}})");
  EXPECT_EQ(Update(R"("ReturnValues":"NONE")", "bare"), "{}");
  EXPECT_EQ(Get("bare"), R"({"Item":{"pk":{"S":"a"},"sk":{"S":"bare"}}})");
}

TEST_F(UpdateItemTest, DoesNotMakeAnItemByTakingAway) {
  EXPECT_EQ(Update(R"("UpdateExpression":"REMOVE n")", "none"), "{}");
  EXPECT_EQ(Get("none"), "{}");
}

TEST_F(UpdateItemTest, MovesTheIndexEntryWithItsKey) {
  EXPECT_EQ(
      Update(R"("UpdateExpression":"SET gpk = :g, gsk = :s","ReturnConsumedCapacity":"INDEXES",
                      "ExpressionAttributeValues":{":g":{"S":"g"},":s":{"N":"1"}})"),
      R"({"ConsumedCapacity":{"TableName":"table","CapacityUnits":2.0,"Table":{"CapacityUnits":1.0},)"
      R"("GlobalSecondaryIndexes":{"gsi":{"CapacityUnits":1.0}}}})");
  EXPECT_EQ(Update(R"("UpdateExpression":"SET gsk = :s","ReturnConsumedCapacity":"TOTAL",
                      "ExpressionAttributeValues":{":s":{"N":"2"}})"),
            R"({"ConsumedCapacity":{"TableName":"table","CapacityUnits":3.0}})");
}

class UpdateItemRefusals : public testing::TestWithParam<Refusal> {};

TEST_P(UpdateItemRefusals, HaveTheTextOfAws) {
  TestService service;
  service.MakeTable();
  EXPECT_EQ(service.Call("UpdateItem", GetParam().members), GetParam().answer);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, UpdateItemRefusals,
    testing::Values(
        Refusal{
            R"({"TableName":""})",
            "ValidationException: 2 validation errors detected: Value '' at 'tableName' failed to "
            "satisfy constraint: Member must have length greater than or equal to 1; Value null at "
            "'key' failed to satisfy constraint: Member must not be null"},
        Refusal{R"({"TableName":"table","Key":{},"ReturnValues":"X","ReturnConsumedCapacity":"Y"})",
                "ValidationException: 1 validation error detected: Failed to satisfy constraint: "
                "Member "
                "must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]"},
        Refusal{R"({"TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":"1"}},)"
                R"("UpdateExpression":"SET pk = :v","ExpressionAttributeValues":{":v":{"S":"b"}}})",
                "ValidationException: One or more parameter values were invalid: Cannot update "
                "attribute pk. This attribute is part of the key"},
        Refusal{R"({"TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":"1"}},)"
                R"("UpdateExpression":"SET x = y"})",
                "ValidationException: The provided expression refers to an attribute that does not "
                "exist in the item"},
        Refusal{
            R"({"TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":"1"}},)"
            R"("UpdateExpression":"SET x = "})",
            "ValidationException: 1 validation error detected: Invalid UpdateExpression: Syntax "
            "error; token: \"<EOF>\", near: \"= \""}));

constexpr std::string_view kEmptyIndexKey =
    "ValidationException: One or more parameter values are not valid. The update expression "
    "attempted to update a secondary index key to a value that is not supported. The "
    "AttributeValue for a key attribute cannot contain an empty string value.";

TEST_F(UpdateItemTest, JudgesOperandsThatBecomeIndexKeysBeforeTheCondition) {
  constexpr std::string_view kType =
      "ValidationException: One or more parameter values were invalid: Type mismatch for Index Key "
      "gpk Expected: S Actual: N IndexName: gsi";
  EXPECT_EQ(Update(R"("UpdateExpression":"SET gpk = :v","ConditionExpression":"n = :v",
                      "ExpressionAttributeValues":{":v":{"N":"7"}})"),
            kType);
  EXPECT_EQ(Update(R"("UpdateExpression":"SET gpk = n + :v",
                      "ExpressionAttributeValues":{":v":{"N":"7"}})"),
            kType);
  EXPECT_EQ(
      Update(R"("UpdateExpression":"ADD gpk :v","ExpressionAttributeValues":{":v":{"N":"7"}})"),
      kType);
  EXPECT_EQ(Update(R"("UpdateExpression":"SET gpk = :v","ConditionExpression":"n = :v",
                      "ExpressionAttributeValues":{":v":{"S":""}})"),
            kEmptyIndexKey);
}

TEST_F(UpdateItemTest, HasItsOwnTextsForIndexKeysMadeOfTheItem) {
  EXPECT_EQ(
      Update(R"("UpdateExpression":"SET gpk = n")"),
      "ValidationException: The update expression attempted to update the secondary index key "
      "to unsupported type");
  EXPECT_EQ(Update(R"("UpdateExpression":"SET gpk = if_not_exists(z, :v) ",
                 "ExpressionAttributeValues":{":v":{"S":""}})"),
            kEmptyIndexKey);
  const std::string big(2'049, 'x');
  EXPECT_EQ(
      Update(R"("UpdateExpression":"SET gpk = if_not_exists(z, :v) ",
                      "ExpressionAttributeValues":{":v":{"S":")" +
             big + R"("}})"),
      "ValidationException: The update expression attempted to update the secondary index key "
      "beyond allowed size limits");
}

TEST_F(UpdateItemTest, CountsTheEntriesOfLocalIndexes) {
  const std::string x(206'000, 'x');
  EXPECT_EQ(Update(R"("UpdateExpression":"SET x = :x","ExpressionAttributeValues":{":x":{"S":")" +
                   x + R"("}})"),
            "{}");
  EXPECT_EQ(
      Update(R"("UpdateExpression":"SET lsk = :l","ExpressionAttributeValues":{":l":{"S":"l"}})"),
      "ValidationException: Item size to update has exceeded the maximum allowed size");
}

TEST_F(UpdateItemTest, LimitsPlaceholders) {
  const std::string name(65'536, 'n');
  EXPECT_EQ(
      Update(R"("UpdateExpression":"REMOVE #n","ExpressionAttributeNames":{"#n":")" + name +
             R"("})"),
      std::string(kEnvelopeError) + "Attribute name is too large, must be less than 65536 bytes");
  const std::string half(1'048'576, 'v');
  const auto with_values = [&](std::string_view more) {
    return Update(
        R"("UpdateExpression":"SET x = :a, y = :b","ExpressionAttributeValues":{":a":{"S":")" +
        half + R"("},":b":{"S":")" + half + R"("}})" + std::string(more));
  };
  EXPECT_EQ(with_values(""),
            std::string(kEnvelopeError) + "ExpressionAttributeValues exceeds max size");
}

TEST_F(UpdateItemTest, TellsOfNoCollectionWhenNothingIsThere) {
  EXPECT_EQ(Update(R"("UpdateExpression":"REMOVE n","ReturnItemCollectionMetrics":"SIZE")", "none"),
            "{}");
}

TEST_F(UpdateItemTest, JudgesTheStatementsSizeBeforeTheCondition) {
  const std::string value(409'582, 'x');
  EXPECT_EQ(
      Update(R"("UpdateExpression":"SET b = :v","ConditionExpression":"attribute_exists(c) ",)"
             R"("ExpressionAttributeValues":{":v":{"S":")" +
             value + R"("}})"),
      "ValidationException: Item size to update has exceeded the maximum allowed size");
}

}  // namespace
}  // namespace pumice
