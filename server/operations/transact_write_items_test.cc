// SPDX-License-Identifier: Apache-2.0
#include "server/operations/transact_write_items.h"

#include <thread>

#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

constexpr std::string_view kCancelled =
    "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for "
    "specific reasons ";

const std::string kExists = R"e(,"ConditionExpression":"attribute_exists(pk)")e";
const std::string kNotExists = R"e(,"ConditionExpression":"attribute_not_exists(pk)")e";
const std::string kReturnOld = R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD")";

std::string Put(std::string_view sk, std::string_view more = {}, std::string_view members = {}) {
  return R"({"Put":{"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":")" + std::string(sk) +
         R"("})" + std::string(more) + "}" + std::string(members) + "}}";
}
std::string OnKey(std::string_view action, std::string_view sk, std::string_view members = {}) {
  return R"({")" + std::string(action) +
         R"(":{"TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":")" + std::string(sk) +
         R"("}})" + std::string(members) + "}}";
}
std::string Maps(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += R"({"M":{"m":)";
  text += R"({"S":"x"})";
  for (int i = 0; i < count; ++i) text += "}}";
  return text;
}

class TransactWriteItemsTest : public testing::Test {
 protected:
  TransactWriteItemsTest() { service_.MakeTable(); }

  std::string Transact(std::string_view actions, std::string_view members = {}) {
    return service_.Call("TransactWriteItems", R"({"TransactItems":[)" + std::string(actions) +
                                                   "]" + std::string(members) + "}");
  }
  std::string Get(std::string_view sk) {
    return service_.Call("GetItem", R"({"TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":")" +
                                        std::string(sk) + R"("}}})");
  }
  void PutPlain(std::string_view sk, std::string_view more = {}) {
    const std::string answer =
        service_.Call("PutItem", R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":")" +
                                     std::string(sk) + R"("})" + std::string(more) + "}}");
    ASSERT_EQ(answer, "{}");
  }

  /// What `call` is answered while a transaction holds item (a, 1).
  template <class Call>
  std::string WhileItRuns(Call call, std::optional<TransactionTokenView> token = std::nullopt) {
    const TablePtr table = service_.database().catalog().Find("table");
    const ItemKey key{AttributeValue(std::string("a")), AttributeValue(std::string("1"))};
    std::string answer;
    const auto change = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
      std::thread([&] { answer = call(); }).join();
      return std::optional<ItemChange>();
    };
    const ItemWrite write{*table, key, change};
    EXPECT_TRUE(service_.database().items().Transact({{&write, 1}, token}));
    return answer;
  }

  TestService service_;
};

TEST_F(TransactWriteItemsTest, DoesAllFourKindsOfActions) {
  PutPlain("1");
  PutPlain("2");
  PutPlain("3");
  EXPECT_EQ(Transact(OnKey("ConditionCheck", "1", kExists) + "," + OnKey("Delete", "2") + "," +
                     OnKey("Update", "3", R"(,"UpdateExpression":"SET x = :x",
                                           "ExpressionAttributeValues":{":x":{"N":"1"}})") +
                     "," + Put("4")),
            "{}");
  EXPECT_EQ(Get("1"), R"({"Item":{"pk":{"S":"a"},"sk":{"S":"1"}}})");
  EXPECT_EQ(Get("2"), "{}");
  EXPECT_EQ(Get("3"), R"({"Item":{"pk":{"S":"a"},"sk":{"S":"3"},"x":{"N":"1"}}})");
  EXPECT_EQ(Get("4"), R"({"Item":{"pk":{"S":"a"},"sk":{"S":"4"}}})");
}

TEST_F(TransactWriteItemsTest, TellsAllFailingConditionsInOrder) {
  PutPlain("1", R"(,"x":{"N":"7"})");
  EXPECT_EQ(Transact(Put("new") + "," + Put("1", "", kNotExists + kReturnOld) + "," +
                     OnKey("Delete", "none", kExists + kReturnOld)),
            std::string(kCancelled) +
                "[None, ConditionalCheckFailed, ConditionalCheckFailed] "
                R"("CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed",)"
                R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"},"x":{"N":"7"}},)"
                R"("Message":"The conditional request failed"},)"
                R"({"Code":"ConditionalCheckFailed","Message":"The conditional request failed"}])");
  EXPECT_EQ(Get("new"), "{}");
}

TEST_F(TransactWriteItemsTest, TellsOnlyTheFirstValidationError) {
  PutPlain("1", R"(,"x":{"S":"text"})");
  PutPlain("2", R"(,"x":{"S":"text"})");
  const auto add = [](std::string_view sk) {
    return OnKey("Update", sk, R"(,"UpdateExpression":"SET x = x + :n",
                                   "ExpressionAttributeValues":{":n":{"N":"1"}})");
  };
  EXPECT_EQ(
      Transact(OnKey("ConditionCheck", "3", kExists) + "," + add("1") + "," + add("2")),
      std::string(kCancelled) +
          R"([None, ValidationError, None] "CancellationReasons":[{"Code":"None"},)"
          R"({"Code":"ValidationError","Message":"An operand in the update expression has an )"
          R"(incorrect data type"},{"Code":"None"}])");
}

TEST_F(TransactWriteItemsTest, CancelsForAKeyThatDoesNotFit) {
  const auto reason = [](std::string_view text) {
    return std::string(kCancelled) +
           R"([None, ValidationError] "CancellationReasons":[{"Code":"None"},)"
           R"({"Code":"ValidationError","Message":")" +
           std::string(text) + R"("}])";
  };
  EXPECT_EQ(
      Transact(Put("1") +
               R"(,{"Put":{"TableName":"table","Item":{"pk":{"N":"1"},"sk":{"S":"1"}}}})"),
      reason("One or more parameter values were invalid: Type mismatch for key pk expected: S "
             "actual: N"));
  EXPECT_EQ(Transact(Put("1") + R"(,{"Delete":{"TableName":"table","Key":{"pk":{"S":"a"}}}})"),
            reason("The provided key element does not match the schema"));
  EXPECT_EQ(Transact(Put("1") + "," + OnKey("Update", "2", R"(,"UpdateExpression":"REMOVE sk")")),
            reason("One or more parameter values were invalid: Cannot update attribute sk. This "
                   "attribute is part of the key"));
  EXPECT_EQ(Transact(Put("1") + "," + Put("2", R"(,"gpk":{"N":"1"})")),
            reason("One or more parameter values were invalid: Type mismatch for Index Key gpk "
                   "Expected: S Actual: N IndexName: gsi"));
  EXPECT_EQ(Get("1"), "{}");
}

TEST_F(TransactWriteItemsTest, RefusesEmptyKeyValuesAsAWhole) {
  EXPECT_EQ(Transact(Put("1") + "," + OnKey("Delete", "")),
            "ValidationException: One or more parameter values are not valid. The AttributeValue "
            "for a key attribute cannot contain an empty string value. Key: sk");
  EXPECT_EQ(
      Transact(Put("1") + "," + Put("2", R"(,"gpk":{"S":""})")),
      "ValidationException: One or more parameter values are not valid. A value specified for "
      "a secondary index key is not supported. The AttributeValue for a key attribute cannot "
      "contain an empty string value. IndexName: gsi, IndexKey: gpk");
  EXPECT_EQ(
      Transact(Put("1") + R"(,{"Update":{"TableName":"table","Key":{"pk":{"S":"a"},)"
                          R"("sk":{"S":"2"}},"UpdateExpression":"SET gpk = :v",)"
                          R"("ExpressionAttributeValues":{":v":{"S":""}}}})"),
      "ValidationException: One or more parameter values are not valid. The update expression "
      "attempted to update a secondary index key to a value that is not supported. The "
      "AttributeValue for a key attribute cannot contain an empty string value.");
  EXPECT_EQ(Get("1"), "{}");
}

TEST_F(TransactWriteItemsTest, RefusesOneItemTwiceBeforeAMissingTable) {
  const std::string missing = R"({"Put":{"TableName":"missing","Item":{"pk":{"S":"a"}}}})";
  EXPECT_EQ(
      Transact(missing + "," + Put("1") + "," + OnKey("ConditionCheck", "1", kExists)),
      "ValidationException: Transaction request cannot include multiple operations on one item");
  EXPECT_EQ(Transact(Put("1") + "," + missing),
            "ResourceNotFoundException: Requested resource not found");
  EXPECT_EQ(Get("1"), "{}");
}

TEST_F(TransactWriteItemsTest, SeesNumbersOfOneValueAsOneKey) {
  service_.Call("CreateTable", R"({"TableName":"numbers",
    "AttributeDefinitions":[{"AttributeName":"n","AttributeType":"N"}],
    "KeySchema":[{"AttributeName":"n","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"})");
  EXPECT_EQ(
      Transact(R"({"Put":{"TableName":"numbers","Item":{"n":{"N":"1"}}}},
                         {"Delete":{"TableName":"numbers","Key":{"n":{"N":"1.0"}}}})"),
      "ValidationException: Transaction request cannot include multiple operations on one item");
}

TEST_F(TransactWriteItemsTest, RefusesMoreThan4MiB) {
  const std::string large(350'000, 'x');
  std::string actions;
  for (int i = 0; i < 12; ++i) {
    if (i > 0) actions += ',';
    actions += Put(std::to_string(i), R"(,"x":{"S":")" + large + R"("})");
  }
  EXPECT_EQ(
      Transact(actions),
      "ValidationException: The aggregate size of the items in the transaction exceeded 4 MB");
  EXPECT_EQ(Get("1"), "{}");
}

class TransactWriteItemsRefusals : public TransactWriteItemsTest,
                                   public testing::WithParamInterface<Refusal> {};

TEST_P(TransactWriteItemsRefusals, AreAsAwsSays) {
  EXPECT_EQ(service_.Call("TransactWriteItems", "{" + std::string(GetParam().members) + "}"),
            GetParam().answer);
  EXPECT_EQ(Get("1"), "{}");
}

#define ENVELOPE "ValidationException: 1 validation error detected: "
#define PUT_1 R"({"Put":{"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"1"}}}})"
#define KEY_2 R"("TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":"2"}})"

INSTANTIATE_TEST_SUITE_P(
    Constraints, TransactWriteItemsRefusals,
    testing::Values(
        Refusal{"",
                ENVELOPE "Value null at 'transactItems' failed to satisfy constraint: Member must "
                         "not be null"},
        Refusal{R"("TransactItems":[])", ENVELOPE
                "Value '[]' at 'transactItems' failed to satisfy constraint: Member must have "
                "length greater than or equal to 1"},
        Refusal{
            R"("TransactItems":[],"ReturnConsumedCapacity":"X","ReturnItemCollectionMetrics":"Y",
                   "ClientRequestToken":"1234567890123456789012345678901234567")",
            "ValidationException: 4 validation errors detected: "
            "Value '1234567890123456789012345678901234567' at 'clientRequestToken' failed to "
            "satisfy constraint: Member must have length less than or equal to 36; "
            "Value 'X' at 'returnConsumedCapacity' failed to satisfy constraint: Member must "
            "satisfy enum value set: [INDEXES, TOTAL, NONE]; "
            "Value 'Y' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member must "
            "satisfy enum value set: [SIZE, NONE]; "
            "Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length "
            "greater than or equal to 1"},
        Refusal{R"("TransactItems":[)" PUT_1 R"(,{"Update":{"TableName":"a!b"}}])",
                "ValidationException: 3 validation errors detected: "
                "Value 'a!b' at 'transactItems.2.member.update.tableName' failed to satisfy "
                "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; "
                "Value null at 'transactItems.2.member.update.key' failed to satisfy constraint: "
                "Member must not be null; "
                "Value null at 'transactItems.2.member.update.updateExpression' failed to satisfy "
                "constraint: Member must not be null"},
        Refusal{
            R"("TransactItems":[)" PUT_1 R"(,{"ConditionCheck":{)" KEY_2
            R"(,"ReturnValuesOnConditionCheckFailure":"X"}}])",
            "ValidationException: 2 validation errors detected: "
            "Value 'X' at 'transactItems.2.member.conditionCheck."
            "returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must "
            "satisfy enum value set: [ALL_OLD, NONE]; "
            "Value null at 'transactItems.2.member.conditionCheck.conditionExpression' failed to "
            "satisfy constraint: Member must not be null"}));

INSTANTIATE_TEST_SUITE_P(
    StaticChecks, TransactWriteItemsRefusals,
    testing::Values(
        Refusal{
            R"("TransactItems":[)" PUT_1 R"(,{}])",
            "ValidationException: Invalid Request: TransactWriteRequest should contain Delete or "
            "Put or Update request"},
        Refusal{
            R"("TransactItems":[{"Put":{"TableName":"table","Item":{"pk":{"S":"a"}}},"Delete":{)" KEY_2
            R"(}}])",
            "ValidationException: TransactItems can only contain one of Check, Put, Update or "
            "Delete"},
        // The first action with a problem decides.
        Refusal{
            R"("TransactItems":[)" PUT_1 R"(,{"Delete":{)" KEY_2
            R"(,"ConditionExpression":"a = = b"}},{}])",
            "ValidationException: Invalid ConditionExpression: Syntax error; token: \"=\", near: "
            "\"= = b\""},
        // Older texts; a bad expression value is wrapped, one of an item is not.
        Refusal{
            R"("TransactItems":[)" PUT_1 R"(,{"Delete":{)" KEY_2
            R"(,"ConditionExpression":"a = :v","ExpressionAttributeValues":{":v":{"N":"x"}}}}])",
            "ValidationException: ExpressionAttributeValues contains invalid value: The parameter "
            "cannot be converted to a numeric value: x for key :v"},
        Refusal{
            R"("TransactItems":[)" PUT_1
            R"(,{"Put":{"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"2"},"s":{"SS":["b","b"]}}}}])",
            "ValidationException: One or more parameter values were invalid: Input collection [b, "
            "b] contains duplicates."},
        Refusal{
            R"("TransactItems":[)" PUT_1 R"(,{"Delete":{)" KEY_2
            R"(,"ConditionExpression":"a = :v","ExpressionAttributeValues":{":v":{"S":"x"},":w":{"S":"x"}}}}])",
            "ValidationException: Value provided in ExpressionAttributeValues unused in "
            "expressions: keys: {:w}"},
        // Static checks come before a missing table.
        Refusal{
            R"("TransactItems":[{"Put":{"TableName":"missing","Item":{"pk":{"S":"a"}},
                   "ConditionExpression":""}}])",
            "ValidationException: Invalid ConditionExpression: The expression can not be empty;"}));

// The form of the echo is inferred from that of BatchWriteItem.
TEST_F(TransactWriteItemsTest, RefusesMoreThan100ActionsWithAnEcho) {
  const std::string check = OnKey("ConditionCheck", "1", kExists);
  std::string actions = check;
  for (int i = 0; i < 100; ++i) actions += "," + check;
  const std::string key =
      "{pk=AttributeValue(s=a, n=null, b=null, iNT=null, dECIMAL=null, dOUBLE=null, sS=null, "
      "nS=null, bS=null, iNTSET=null, dECIMALSET=null, dOUBLESET=null, m=null, l=null, nULL=null, "
      "bOOL=null), sk=AttributeValue(s=1, n=null, b=null, iNT=null, dECIMAL=null, dOUBLE=null, "
      "sS=null, nS=null, bS=null, iNTSET=null, dECIMALSET=null, dOUBLESET=null, m=null, l=null, "
      "nULL=null, bOOL=null)}";
  const std::string echo =
      "TransactWriteItem(conditionCheck=ConditionCheck(key=" + key +
      ", tableName=table, conditionExpression=attribute_exists(pk), "
      "expressionAttributeNames=null, expressionAttributeValues=null, "
      "returnValuesOnConditionCheckFailure=null), put=null, delete=null, update=null)";
  std::string echoes = echo;
  for (int i = 0; i < 100; ++i) echoes += ", " + echo;
  EXPECT_EQ(Transact(actions),
            std::string(ENVELOPE) + "Value '[" + echoes +
                "]' at 'transactItems' failed to satisfy constraint: Member must have length less "
                "than or equal to 100");
}

TEST_F(TransactWriteItemsTest, RefusesATooDeepItemAsAWhole) {
  constexpr std::string_view kNest =
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit";
  EXPECT_EQ(Transact(Put("1", R"(,"x":)" + Maps(31))), "{}");
  EXPECT_EQ(Transact(Put("1", R"(,"x":)" + Maps(32))),
            "ValidationException: " + std::string(kNest));
}

// Measured on AWS, October 2026: 32 maps may stand in a condition, and are refused when stored.
TEST_F(TransactWriteItemsTest, AllowsOneLevelMoreInAnExpression) {
  constexpr std::string_view kNest =
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit";
  const auto check = [&](int maps) {
    return Transact(
        OnKey("ConditionCheck", "1",
              R"(,"ConditionExpression":"x = :deep","ExpressionAttributeValues":{":deep":)" +
                  Maps(maps) + "}"));
  };
  EXPECT_EQ(check(32),
            std::string(kCancelled) +
                R"([ConditionalCheckFailed] "CancellationReasons":[{"Code":)"
                R"("ConditionalCheckFailed","Message":"The conditional request failed"}])");
  EXPECT_EQ(check(33), "ValidationException: ExpressionAttributeValues contains invalid value: " +
                           std::string(kNest) + " for key :deep");
  EXPECT_EQ(
      Transact(
          OnKey("Update", "1",
                R"(,"UpdateExpression":"SET x = :deep","ExpressionAttributeValues":{":deep":)" +
                    Maps(32) + "}")),
      std::string(kCancelled) +
          R"([ValidationError] "CancellationReasons":[{"Code":"ValidationError","Message":")" +
          std::string(kNest) + R"("}])");
}

// Measured on AWS, October 2026.
TEST_F(TransactWriteItemsTest, LooksAtTheExpressionBeforeATooDeepKey) {
  const auto check = [&](std::string_view expression) {
    return Transact(R"({"ConditionCheck":{"TableName":"table","Key":{"pk":)" + Maps(40) +
                    R"(},"ConditionExpression":")" + std::string(expression) + R"("}})");
  };
  EXPECT_EQ(check("a = = b"),
            "ValidationException: Invalid ConditionExpression: Syntax error; token: \"=\", near: "
            "\"= = b\"");
  EXPECT_EQ(check("a = b"),
            "ValidationException: Nesting Levels have exceeded supported limits: Attributes in the "
            "item have nested levels beyond supported limit");
}

TEST_F(TransactWriteItemsTest, ItemSizeIsAReasonOnlyForAnUpdate) {
  const std::string large(409'600, 'x');
  EXPECT_EQ(Transact(Put("1", R"(,"x":{"S":")" + large + R"("})")),
            "ValidationException: Item size has exceeded the maximum allowed size");
  EXPECT_EQ(Transact(OnKey(
                "Update", "1",
                R"(,"UpdateExpression":"SET x = :x","ExpressionAttributeValues":{":x":{"S":")" +
                    large + R"("}})")),
            std::string(kCancelled) +
                R"([ValidationError] "CancellationReasons":[{"Code":"ValidationError","Message":)"
                R"("Item size to update has exceeded the maximum allowed size"}])");
}

TEST_F(TransactWriteItemsTest, TellsTheUnitsOfEachTable) {
  EXPECT_EQ(
      Transact(Put("1") + "," + OnKey("ConditionCheck", "2", kNotExists),
               R"(,"ReturnConsumedCapacity":"TOTAL")"),
      R"({"ConsumedCapacity":[{"TableName":"table","CapacityUnits":4.0,"WriteCapacityUnits":4.0}]})");
  EXPECT_EQ(
      Transact(Put("3", R"(,"gpk":{"S":"g"},"gsk":{"N":"1"})"),
               R"(,"ReturnConsumedCapacity":"INDEXES")"),
      R"({"ConsumedCapacity":[{"TableName":"table","CapacityUnits":3.0,"WriteCapacityUnits":3.0,)"
      R"("Table":{"CapacityUnits":2.0,"WriteCapacityUnits":2.0},)"
      R"("GlobalSecondaryIndexes":{"gsi":{"CapacityUnits":1.0,"WriteCapacityUnits":1.0}}}]})");
}

TEST_F(TransactWriteItemsTest, TellsTheItemCollectionsThatItWrote) {
  EXPECT_EQ(Transact(Put("1") + "," + OnKey("ConditionCheck", "2", kNotExists),
                     R"(,"ReturnItemCollectionMetrics":"SIZE")"),
            R"({"ItemCollectionMetrics":{"table":[{"ItemCollectionKey":{"pk":{"S":"a"}},)"
            R"("SizeEstimateRangeGB":[0.0,1.0]}]}})");
}

TEST_F(TransactWriteItemsTest, ARepetitionDoesNothingAndIsChargedForReading) {
  const std::string large(1500, 'x');
  const std::string action = Put("1", R"(,"x":{"S":")" + large + R"("})");
  constexpr std::string_view kMembers =
      R"(,"ClientRequestToken":"t","ReturnConsumedCapacity":"TOTAL")";
  EXPECT_EQ(
      Transact(action, kMembers),
      R"({"ConsumedCapacity":[{"TableName":"table","CapacityUnits":4.0,"WriteCapacityUnits":4.0}]})");
  PutPlain("1");
  PutPlain("1", R"(,"x":{"S":")" + large + R"("},"y":{"N":"1"})");
  EXPECT_EQ(
      Transact(action, kMembers),
      R"({"ConsumedCapacity":[{"TableName":"table","CapacityUnits":2.0,"ReadCapacityUnits":2.0}]})");
  EXPECT_NE(Get("1").find(R"("y":{"N":"1"})"), std::string::npos);
}

TEST_F(TransactWriteItemsTest, ATokenStandsForTheValuesAndNotForTheText) {
  ASSERT_EQ(
      Transact(Put("1", R"(,"n":{"N":"1"},"s":{"SS":["a","b"]})"), R"(,"ClientRequestToken":"t")"),
      "{}");
  ASSERT_EQ(
      service_.Call("DeleteItem", R"({"TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":"1"}}})"),
      "{}");
  EXPECT_EQ(service_.Call("TransactWriteItems",
                          R"({"ClientRequestToken":"t","TransactItems":[{"Put":{"Item":{
                          "s":{"SS":["b","a"]},"n":{"N":"1.0"},"sk":{"S":"1"},"pk":{"S":"a"}},
                          "TableName":"table"}}]})"),
            "{}");
  EXPECT_EQ(Get("1"), "{}");
  constexpr std::string_view kMismatch =
      "IdempotentParameterMismatchException: DynamoDB rejected the request because you retried a "
      "request with a different payload but with an idempotent token that was already used.";
  EXPECT_EQ(Transact(Put("1"), R"(,"ClientRequestToken":"t")"), kMismatch);
  EXPECT_EQ(Transact(Put("1", R"(,"n":{"N":"1"},"s":{"SS":["a","b"]})"),
                     R"(,"ClientRequestToken":"t","ReturnConsumedCapacity":"TOTAL")"),
            kMismatch);
}

TEST_F(TransactWriteItemsTest, ATokenCountsForTenMinutes) {
  ASSERT_EQ(Transact(Put("1"), R"(,"ClientRequestToken":"t")"), "{}");
  service_.clock().Advance(std::chrono::minutes(10));
  EXPECT_EQ(Transact(Put("2"), R"(,"ClientRequestToken":"t")"), "{}");
  EXPECT_EQ(Get("2"), R"({"Item":{"pk":{"S":"a"},"sk":{"S":"2"}}})");
}

TEST_F(TransactWriteItemsTest, IsCancelledWhenItMeetsAnother) {
  EXPECT_EQ(
      WhileItRuns([&] { return Transact(Put("2") + "," + Put("1")); }),
      std::string(kCancelled) +
          R"([None, TransactionConflict] "CancellationReasons":[{"Code":"None"},)"
          R"({"Code":"TransactionConflict","Message":"Transaction is ongoing for the item"}])");
  EXPECT_EQ(Get("2"), "{}");
}

TEST_F(TransactWriteItemsTest, IsInProgressUnderTheSameToken) {
  EXPECT_EQ(
      WhileItRuns([&] { return Transact(Put("2"), R"(,"ClientRequestToken":"running")"); },
                  TransactionTokenView{"running", "parameters"}),
      "TransactionInProgressException: The transaction with the given request token is already "
      "in progress.");
}

TEST_F(TransactWriteItemsTest, PlainWritesThatMeetOneAreConflicts) {
  constexpr std::string_view kConflict =
      "TransactionConflictException: Transaction is ongoing for the item";
  constexpr std::string_view kKey =
      R"({"TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":"1"}}})";
  EXPECT_EQ(WhileItRuns([&] {
              return service_.Call(
                  "PutItem", R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"1"}}})");
            }),
            kConflict);
  EXPECT_EQ(WhileItRuns([&] { return service_.Call("UpdateItem", kKey); }), kConflict);
  EXPECT_EQ(WhileItRuns([&] { return service_.Call("DeleteItem", kKey); }), kConflict);
  EXPECT_EQ(WhileItRuns([&] { return Get("1"); }), "{}");
}

// BatchWriteItem has no TransactionConflictException: what it meets is left to the client.
TEST_F(TransactWriteItemsTest, ABatchLeavesOutWhatBelongsToOne) {
  const TablePtr table = service_.database().catalog().Find("table");
  EXPECT_EQ(
      WhileItRuns([&] {
        return service_.Call("BatchWriteItem", R"({"RequestItems":{"table":[
                {"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"1"}}}}]}})");
      }),
      R"({"UnprocessedItems":{"table":[{"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"1"}}}}]}})");
  EXPECT_EQ(
      WhileItRuns([&] {
        return service_.Call("BatchWriteItem", R"({"RequestItems":{"table":[
                {"DeleteRequest":{"Key":{"pk":{"S":"a"},"sk":{"S":"1"}}}}]}})");
      }),
      R"({"UnprocessedItems":{"table":[{"DeleteRequest":{"Key":{"pk":{"S":"a"},"sk":{"S":"1"}}}}]}})");
}

}  // namespace
}  // namespace pumice
