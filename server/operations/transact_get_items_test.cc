// SPDX-License-Identifier: Apache-2.0
#include "server/operations/transact_get_items.h"

#include <thread>

#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

std::string Get(std::string_view sk, std::string_view members = {}) {
  return R"({"Get":{"TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":")" + std::string(sk) +
         R"("}})" + std::string(members) + "}}";
}

class TransactGetItemsTest : public testing::Test {
 protected:
  TransactGetItemsTest() {
    service_.MakeTable();
    service_.Call("PutItem",
                  R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"1"},"x":{"N":"7"}}})");
  }
  std::string Transact(std::string_view gets, std::string_view members = {}) {
    return service_.Call("TransactGetItems", R"({"TransactItems":[)" + std::string(gets) + "]" +
                                                 std::string(members) + "}");
  }
  TestService service_;
};

TEST_F(TransactGetItemsTest, AnswersInTheOrderAsked) {
  EXPECT_EQ(Transact(Get("2") + "," + Get("1")),
            R"({"Responses":[{},{"Item":{"pk":{"S":"a"},"sk":{"S":"1"},"x":{"N":"7"}}}]})");
}

// Unlike GetItem, which answers an empty item (measured on AWS, 2026).
TEST_F(TransactGetItemsTest, LeavesOutAnItemOfWhichNothingIsSelected) {
  EXPECT_EQ(Transact(Get("1", R"(,"ProjectionExpression":"x")")),
            R"({"Responses":[{"Item":{"x":{"N":"7"}}}]})");
  EXPECT_EQ(Transact(Get("1", R"(,"ProjectionExpression":"y")")), R"({"Responses":[{}]})");
}

TEST_F(TransactGetItemsTest, ChargesTwiceTheUnits) {
  EXPECT_EQ(
      Transact(Get("1") + "," + Get("2"), R"(,"ReturnConsumedCapacity":"INDEXES")"),
      R"({"ConsumedCapacity":[{"TableName":"table","CapacityUnits":4.0,"ReadCapacityUnits":4.0,)"
      R"("Table":{"CapacityUnits":4.0,"ReadCapacityUnits":4.0}}],)"
      R"("Responses":[{"Item":{"pk":{"S":"a"},"sk":{"S":"1"},"x":{"N":"7"}}},{}]})");
}

TEST_F(TransactGetItemsTest, CancelsForAKeyThatDoesNotFit) {
  EXPECT_EQ(
      Transact(Get("1") + R"(,{"Get":{"TableName":"table","Key":{}}})"),
      "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons "
      "for specific reasons [None, ValidationError] "
      R"("CancellationReasons":[{"Code":"None"},{"Code":"ValidationError",)"
      R"("Message":"The provided key element does not match the schema"}])");
}

TEST_F(TransactGetItemsTest, IsCancelledWhenItMeetsAWritingTransaction) {
  const TablePtr table = service_.database().catalog().Find("table");
  const ItemKey key{AttributeValue(std::string("a")), AttributeValue(std::string("1"))};
  std::string answer;
  const auto change = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
    std::thread([&] { answer = Transact(Get("2") + "," + Get("1")); }).join();
    return std::optional<ItemChange>();
  };
  const ItemWrite write{*table, key, change};
  ASSERT_TRUE(service_.database().items().Transact({{&write, 1}, std::nullopt}));
  EXPECT_EQ(
      answer,
      "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons "
      "for specific reasons [None, TransactionConflict] "
      R"("CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict",)"
      R"("Message":"Transaction is ongoing for the item"}])");
}

TEST_F(TransactGetItemsTest, RefusesMoreThan4MiB) {
  const std::string large(400'000, 'x');
  std::string gets;
  for (int i = 10; i < 21; ++i) {
    const std::string sk = std::to_string(i);
    ASSERT_EQ(
        service_.Call("PutItem", R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":")" + sk +
                                     R"("},"x":{"S":")" + large + R"("}}})"),
        "{}");
    if (i > 10) gets += ',';
    gets += Get(sk);
  }
  EXPECT_EQ(
      Transact(gets),
      "ValidationException: The aggregate size of the items in the transaction exceeded 4 MB");
}

class TransactGetItemsRefusals : public TransactGetItemsTest,
                                 public testing::WithParamInterface<Refusal> {};

TEST_P(TransactGetItemsRefusals, AreAsAwsSays) {
  EXPECT_EQ(service_.Call("TransactGetItems", "{" + std::string(GetParam().members) + "}"),
            GetParam().answer);
}

#define ENVELOPE "ValidationException: 1 validation error detected: "
#define KEY_1 R"("TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":"1"}})"
#define MISSING R"({"Get":{"TableName":"missing","Key":{"pk":{"S":"a"}}}})"

INSTANTIATE_TEST_SUITE_P(
    All, TransactGetItemsRefusals,
    testing::Values(
        Refusal{R"("TransactItems":[])", ENVELOPE
                "Value '[]' at 'transactItems' failed to satisfy constraint: Member must have "
                "length greater than or equal to 1"},
        Refusal{R"("TransactItems":[{}])",
                ENVELOPE "Value null at 'transactItems.1.member.get' failed to satisfy constraint: "
                         "Member must not be null"},
        Refusal{R"("TransactItems":[{"Get":{"TableName":"a!b","Key":{"pk":{"S":"a"}}}}])", ENVELOPE
                "Value 'a!b' at 'transactItems.1.member.get.tableName' failed to satisfy "
                "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"},
        // A bad enum comes before one item twice and a missing table.
        Refusal{R"("ReturnConsumedCapacity":"X","TransactItems":[{"Get":{)" KEY_1
                R"(}},{"Get":{)" KEY_1 R"(}},)" MISSING "]",
                ENVELOPE
                "Value 'X' at 'returnConsumedCapacity' failed to satisfy constraint: Member "
                "must satisfy enum value set: [INDEXES, TOTAL, NONE]"},
        Refusal{
            R"("TransactItems":[{"Get":{)" KEY_1 R"(}},{"Get":{)" KEY_1 R"(}},)" MISSING "]",
            "ValidationException: Transaction request cannot include multiple operations on one "
            "item"},
        Refusal{R"("TransactItems":[)" MISSING "]",
                "ResourceNotFoundException: Requested resource not found"},
        Refusal{
            R"("TransactItems":[)" MISSING R"(,{"Get":{)" KEY_1
            R"(,"ProjectionExpression":"a,"}}])",
            "ValidationException: Invalid ProjectionExpression: Syntax error; token: \"<EOF>\", "
            "near: \",\""},
        Refusal{
            R"("TransactItems":[{"Get":{"TableName":"table","Key":{"pk":{"S":""},"sk":{"S":"1"}}}}])",
            "ValidationException: One or more parameter values are not valid. The AttributeValue "
            "for a key attribute cannot contain an empty string value. Key: pk"}));

}  // namespace
}  // namespace pumice
