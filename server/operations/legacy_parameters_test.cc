// SPDX-License-Identifier: Apache-2.0
// The non-expression parameters, through the operations that have them.
#include "server/operations/legacy_parameters.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

constexpr std::string_view kKey = R"("Key":{"pk":{"S":"a"},"sk":{"S":"1"}})";
constexpr std::string_view kBare = "ValidationException: ";

class LegacyParametersTest : public testing::Test {
 protected:
  LegacyParametersTest() {
    service_.MakeTable();
    for (const std::string_view sk : {"1", "2", "3"}) {
      service_.Call("PutItem", R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":")" +
                                   std::string(sk) + R"("},"n":{"N":")" + std::string(sk) +
                                   R"("},"s":{"S":"text"},"a.b":{"S":"dot"}}})");
    }
  }
  std::string Call(std::string_view operation, std::string_view members) {
    return service_.Call(operation, R"({"TableName":"table",)" + std::string(members) + "}");
  }
  std::string Keyed(std::string_view operation, std::string_view members) {
    return Call(operation, std::string(kKey) + "," + std::string(members));
  }
  std::string Query(std::string_view members) {
    return Call("Query", R"("KeyConditions":{"pk":{"ComparisonOperator":"EQ","AttributeValueList":)"
                         R"([{"S":"a"}]}},)" +
                             std::string(members));
  }
  TestService service_;
};

constexpr std::string_view kMix =
    "Can not use both expression and non-expression parameters in the same request: "
    "Non-expression parameters: ";
constexpr std::string_view kTwo =
    "ConditionalOperator can only be used when Filter or Expected has two or more elements";
constexpr std::string_view kNone = "ConditionalOperator cannot be used without Filter or Expected";
constexpr std::string_view kInvalid = "One or more parameter values were invalid: ";

/// `count` one-key maps around a scalar.
std::string Nested(int count) {
  std::string value = R"({"S":"x"})";
  for (int i = 0; i < count; ++i) value = R"({"M":{"a":)" + value + "}}";
  return value;
}

TEST_F(LegacyParametersTest, ExpectedDecidesOnWrites) {
  EXPECT_EQ(Keyed("UpdateItem", R"("AttributeUpdates":{"n":{"Action":"ADD","Value":{"N":"1"}}},
                      "Expected":{"n":{"Value":{"N":"1"}}},"ReturnValues":"UPDATED_NEW")"),
            R"({"Attributes":{"n":{"N":"2"}}})");
  EXPECT_EQ(Keyed("UpdateItem", R"("AttributeUpdates":{"n":{"Action":"ADD","Value":{"N":"1"}}},
                      "Expected":{"n":{"Value":{"N":"1"}}})"),
            "ConditionalCheckFailedException: The conditional request failed");
  EXPECT_EQ(Call("PutItem", R"("Item":{"pk":{"S":"a"},"sk":{"S":"1"}},
                      "Expected":{"pk":{"Exists":false}},
                      "ReturnValuesOnConditionCheckFailure":"ALL_OLD")"),
            "ConditionalCheckFailedException: The conditional request failed "
            R"("Item":{"a.b":{"S":"dot"},"n":{"N":"2"},"pk":{"S":"a"},"s":{"S":"text"},)"
            R"("sk":{"S":"1"}})");
  EXPECT_EQ(Keyed("DeleteItem", R"("ConditionalOperator":"OR","ReturnValues":"ALL_OLD",
                      "Expected":{"n":{"ComparisonOperator":"GT","Value":{"N":"100"}},
                                  "a.b":{"ComparisonOperator":"NOT_NULL"}})"),
            R"({"Attributes":{"a.b":{"S":"dot"},"n":{"N":"2"},"pk":{"S":"a"},"s":{"S":"text"},)"
            R"("sk":{"S":"1"}}})");
}

TEST_F(LegacyParametersTest, AttributeUpdatesMakeItemsUnlessTheyOnlyTakeAway) {
  const auto update = [&](std::string_view sk, std::string_view updates) {
    return Call("UpdateItem", R"("Key":{"pk":{"S":"new"},"sk":{"S":")" + std::string(sk) +
                                  R"("}},"ReturnValues":"ALL_NEW","AttributeUpdates":)" +
                                  std::string(updates));
  };
  EXPECT_EQ(update("1", "{}"), R"({"Attributes":{"pk":{"S":"new"},"sk":{"S":"1"}}})");
  EXPECT_EQ(update("2", R"({"x":{"Action":"DELETE"}})"), "{}");
  EXPECT_EQ(update("3", R"({"l":{"Action":"ADD","Value":{"L":[{"N":"1"}]}},"x":{"Value":{"N":"2"}},
                            "y":{"Action":"DELETE"}})"),
            R"({"Attributes":{"l":{"L":[{"N":"1"}]},"pk":{"S":"new"},"sk":{"S":"3"},)"
            R"("x":{"N":"2"}}})");
}

TEST_F(LegacyParametersTest, AttributeUpdatesAreRefusedLateForTheSchemaAndTheItem) {
  EXPECT_EQ(Keyed("UpdateItem", R"("AttributeUpdates":{"pk":{"Value":{"S":"b"}}})"),
            std::string(kBare) + std::string(kInvalid) +
                "Cannot update attribute pk. This attribute is part of the key");
  EXPECT_EQ(Keyed("UpdateItem", R"("AttributeUpdates":{"s":{"Action":"ADD","Value":{"N":"1"}}})"),
            std::string(kBare) + "Type mismatch for attribute to update");
  EXPECT_EQ(Keyed("UpdateItem", R"("AttributeUpdates":{"big":{"Value":{"S":")" +
                                    std::string(400 * 1024, 'x') + R"("}}})"),
            std::string(kBare) + "Item size to update has exceeded the maximum allowed size");
}

// The finished item counts, not the statement: with UpdateExpression this is refused.
TEST_F(LegacyParametersTest, AttributeUpdatesFillAnItemToTheLastByte) {
  const std::size_t rest = 409'600 - std::string_view("pkfskfv").size();
  const auto update = [&](std::size_t bytes) {
    return Call("UpdateItem",
                R"("Key":{"pk":{"S":"f"},"sk":{"S":"f"}},"AttributeUpdates":{"v":{"Value":{"S":")" +
                    std::string(bytes, 'x') + R"("}}})");
  };
  EXPECT_EQ(update(rest), "{}");
  EXPECT_EQ(update(rest + 1),
            std::string(kBare) + "Item size to update has exceeded the maximum allowed size");
}

TEST_F(LegacyParametersTest, WritesAreRefusedInTheEnvelope) {
  const std::string enveloped(kEnvelopeError);
  EXPECT_EQ(Keyed("DeleteItem", R"("Expected":{"a":{"Exists":true}})"),
            enveloped + std::string(kInvalid) +
                "Value must be provided when Exists is true for Attribute: a");
  EXPECT_EQ(Keyed("DeleteItem", R"("Expected":{"a":{"Value":{"N":"abc"}}})"),
            enveloped + "The parameter cannot be converted to a numeric value: abc");
  EXPECT_EQ(Keyed("UpdateItem", R"("AttributeUpdates":{"a":{"Value":{"NS":[]}}})"),
            enveloped + std::string(kInvalid) + "An number set  may not be empty");
  EXPECT_EQ(Keyed("UpdateItem", R"("AttributeUpdates":{"a":{"Action":"ADD"}})"),
            enveloped + std::string(kInvalid) +
                "Only DELETE action is allowed when no attribute value is specified");
  EXPECT_EQ(Keyed("UpdateItem", R"("AttributeUpdates":{"":{"Value":{"S":"a"}}})"),
            enveloped + "Empty attribute name");
  EXPECT_EQ(Keyed("DeleteItem", R"("ConditionalOperator":"AND")"), enveloped + std::string(kNone));
  EXPECT_EQ(
      Keyed("DeleteItem", R"("ConditionalOperator":"AND","Expected":{"a":{"Value":{"N":"abc"}}})"),
      enveloped + std::string(kTwo));
}

TEST_F(LegacyParametersTest, WordsAreConstraints) {
  const std::string enveloped(kEnvelopeError);
  EXPECT_EQ(
      Keyed("DeleteItem", R"("ConditionalOperator":"XOR")"),
      enveloped + "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]");
  EXPECT_EQ(Call("DeleteItem", R"("ConditionalOperator":"XOR")"),
            "ValidationException: 2 validation errors detected: Value 'XOR' at "
            "'conditionalOperator' failed to satisfy constraint: Member must satisfy enum value "
            "set: [OR, AND]; Value null at 'key' failed to satisfy constraint: Member must not be "
            "null");
  EXPECT_EQ(Keyed("DeleteItem",
                  R"("ConditionalOperator":"XOR","Expected":{"a":{"Value":)" + Nested(100) + "}}"),
            enveloped +
                "Value 'XOR' at 'conditionalOperator' failed to satisfy constraint: Member must "
                "satisfy enum value set: [OR, AND]");
  EXPECT_EQ(Keyed("DeleteItem", R"("Expected":{"a":{"ComparisonOperator":"eq"}})"),
            enveloped +
                "Value 'eq' at 'expected.a.member.comparisonOperator' failed to satisfy "
                "constraint: Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, "
                "NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]");
  EXPECT_EQ(Keyed("UpdateItem", R"("AttributeUpdates":{"a":{"Action":"SET"}})"),
            enveloped +
                "Value 'SET' at 'attributeUpdates.a.member.action' failed to satisfy constraint: "
                "Member must satisfy enum value set: [ADD, PUT, DELETE]");
  // Alone and bare, before any other constraint.
  EXPECT_EQ(Query(R"("ConditionalOperator":"XOR","Select":"X")"),
            std::string(kBare) +
                "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]");
  EXPECT_EQ(Call("Scan", R"("ConditionalOperator":"XOR")"),
            enveloped +
                "Value 'XOR' at 'conditionalOperator' failed to satisfy constraint: Member must "
                "satisfy enum value set: [OR, AND]");
  EXPECT_EQ(Call("Scan", R"("ScanFilter":{"a":{}})"),
            enveloped +
                "Value null at 'scanFilter.a.member.comparisonOperator' failed to satisfy "
                "constraint: Member must not be null");
}

TEST_F(LegacyParametersTest, DeepValuesGoToTheOlderValidator) {
  const std::string nesting =
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit";
  const auto call = [&](int levels) {
    return Keyed("DeleteItem", R"("Expected":{"a":{"Value":)" + Nested(levels) + "}}");
  };
  EXPECT_EQ(call(31), "ConditionalCheckFailedException: The conditional request failed");
  EXPECT_EQ(call(40), std::string(kEnvelopeError) + nesting);
  EXPECT_EQ(call(100), std::string(kBare) + nesting);
}

TEST_F(LegacyParametersTest, DoesNotMixWithExpressions) {
  EXPECT_EQ(Keyed("UpdateItem", R"("Expected":{},"AttributeUpdates":{},"ConditionalOperator":"OR",
                      "ConditionExpression":"","UpdateExpression":"")"),
            std::string(kEnvelopeError) + std::string(kMix) +
                "{AttributeUpdates, Expected, ConditionalOperator} Expression parameters: "
                "{UpdateExpression, ConditionExpression}");
  EXPECT_EQ(Query(R"("QueryFilter":{},"AttributesToGet":["a"],"ConditionalOperator":"OR",
                      "KeyConditionExpression":"","FilterExpression":"",
                      "ProjectionExpression":"")"),
            std::string(kBare) + std::string(kMix) +
                "{AttributesToGet, QueryFilter, ConditionalOperator, KeyConditions} Expression "
                "parameters: {ProjectionExpression, FilterExpression, KeyConditionExpression}");
  EXPECT_EQ(Call("Scan", R"("ScanFilter":{},"AttributesToGet":["a"],"ConditionalOperator":"OR",
                      "FilterExpression":"","ProjectionExpression":"")"),
            std::string(kBare) + std::string(kMix) +
                "{AttributesToGet, ScanFilter, ConditionalOperator} Expression parameters: "
                "{ProjectionExpression, FilterExpression}");
  EXPECT_EQ(Keyed("GetItem", R"("AttributesToGet":["a"],"ProjectionExpression":"a")"),
            std::string(kBare) + std::string(kMix) +
                "{AttributesToGet} Expression parameters: {ProjectionExpression}");
}

TEST_F(LegacyParametersTest, KeyConditionsGoWithOtherExpressions) {
  EXPECT_EQ(Query(R"("FilterExpression":"n > :n","ProjectionExpression":"sk",
                      "ExpressionAttributeValues":{":n":{"N":"2"}})"),
            R"({"Items":[{"sk":{"S":"3"}}],"Count":1,"ScannedCount":3})");
}

TEST_F(LegacyParametersTest, QueryTakesConditionsFiltersAndAttributes) {
  EXPECT_EQ(Call("Query", R"("KeyConditions":{
      "pk":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"a"}]},
      "sk":{"ComparisonOperator":"BETWEEN","AttributeValueList":[{"S":"2"},{"S":"9"}]}},
      "QueryFilter":{"n":{"ComparisonOperator":"NE","AttributeValueList":[{"N":"2"}]},
                     "a.b":{"ComparisonOperator":"BEGINS_WITH","AttributeValueList":[{"S":"d"}]}},
      "AttributesToGet":["sk","a.b","missing"])"),
            R"({"Items":[{"sk":{"S":"3"},"a.b":{"S":"dot"}}],"Count":1,"ScannedCount":2})");
}

TEST_F(LegacyParametersTest, QueryRefusesKeysInTheFilter) {
  EXPECT_EQ(Query(R"("QueryFilter":{"sk":{"ComparisonOperator":"NOT_NULL"}})"),
            std::string(kBare) +
                "QueryFilter can only contain non-primary key attributes: Primary key attribute: "
                "sk");
}

TEST_F(LegacyParametersTest, QueryChecksInAwsOrder) {
  const std::string bad_filter =
      R"("QueryFilter":{"n":{"ComparisonOperator":"EQ","AttributeValueList":[{"N":"abc"}]}})";
  const std::string bad_start = R"("ExclusiveStartKey":{"pk":{"N":"xyz"}})";
  const std::string not_a_number = "The parameter cannot be converted to a numeric value: ";
  EXPECT_EQ(Query(bad_filter + R"(,"ConditionalOperator":"OR")"),
            std::string(kBare) + std::string(kTwo));
  EXPECT_EQ(Query(bad_filter + R"(,"AttributesToGet":["a","a"])"),
            std::string(kBare) + not_a_number + "abc");
  EXPECT_EQ(Query(bad_start + R"(,"AttributesToGet":["a","a"])"),
            std::string(kBare) + std::string(kInvalid) + "Duplicate value in attribute name: a");
  EXPECT_EQ(Call("Query", bad_start + R"(,"KeyConditions":{})"),
            std::string(kBare) + not_a_number + "xyz");
  EXPECT_EQ(Call("Query", R"("KeyConditions":{})"),
            std::string(kBare) + "Conditions can be of length 1 or 2 only");
  EXPECT_EQ(
      Call("Query", R"("KeyConditions":{"pk":{"ComparisonOperator":"EQ"}},
                      "FilterExpression":"(")"),
      std::string(kBare) + R"(Invalid FilterExpression: Syntax error; token: "<EOF>", near: "(")");
  EXPECT_EQ(service_.Call("Query", R"({"TableName":"missing",
                      "KeyConditions":{"pk":{"ComparisonOperator":"NULL"}}})"),
            "ResourceNotFoundException: Requested resource not found");
  EXPECT_EQ(Call("Query", R"("KeyConditions":{"pk":{"ComparisonOperator":"NULL"}})"),
            std::string(kBare) + "Attempted conditional constraint is not an indexable operation");
}

TEST_F(LegacyParametersTest, SelectKnowsAttributesToGet) {
  EXPECT_EQ(Query(R"("Select":"SPECIFIC_ATTRIBUTES","AttributesToGet":["n"],"Limit":1)"),
            R"({"Items":[{"n":{"N":"1"}}],"Count":1,"ScannedCount":1,)"
            R"("LastEvaluatedKey":{"pk":{"S":"a"},"sk":{"S":"1"}}})");
  EXPECT_EQ(Query(R"("Select":"COUNT","AttributesToGet":["n"])"),
            std::string(kEnvelopeError) +
                "Cannot specify the AttributesToGet when choosing to get COUNT");
  EXPECT_EQ(Call("Scan", R"("Select":"ALL_ATTRIBUTES","AttributesToGet":["n"])"),
            std::string(kBare) +
                "Cannot specify the AttributesToGet when choosing to get ALL_ATTRIBUTES");
}

TEST_F(LegacyParametersTest, ScanLooksAtTheFilterBeforeItsOperator) {
  const auto scan = [&](std::string_view value) {
    return Call("Scan",
                R"("ConditionalOperator":"AND","ScanFilter":{"a":{"ComparisonOperator":"EQ",)"
                R"("AttributeValueList":[)" +
                    std::string(value) + "]}}");
  };
  EXPECT_EQ(scan(Nested(40)),
            std::string(kBare) +
                "Nesting Levels have exceeded supported limits: Attributes in the item have nested "
                "levels beyond supported limit");
  // The older layer's words.
  EXPECT_EQ(scan(R"({"NS":["2","1","2"]})"),
            std::string(kBare) + "Input collection contains duplicates");
  EXPECT_EQ(scan(R"({"S":"a"})"), std::string(kBare) + std::string(kTwo));
}

TEST_F(LegacyParametersTest, ScanFilters) {
  EXPECT_EQ(Call("Scan", R"("ConditionalOperator":"OR","AttributesToGet":["n"],"ScanFilter":{
      "pk":{"ComparisonOperator":"NULL"},
      "n":{"ComparisonOperator":"IN","AttributeValueList":[{"N":"3"},{"N":"7"}]}})"),
            R"({"Items":[{"n":{"N":"3"}}],"Count":1,"ScannedCount":3})");
}

TEST_F(LegacyParametersTest, GetItemTakesAttributes) {
  EXPECT_EQ(Keyed("GetItem", R"("AttributesToGet":["a.b","n"])"),
            R"({"Item":{"a.b":{"S":"dot"},"n":{"N":"1"}}})");
  EXPECT_EQ(Keyed("GetItem", R"("AttributesToGet":["missing"])"), R"({"Item":{}})");
  EXPECT_EQ(Keyed("GetItem", R"("AttributesToGet":["a","b","a"])"),
            std::string(kBare) + std::string(kInvalid) + "Duplicate value in attribute name: a");
  EXPECT_EQ(Keyed("GetItem", R"("AttributesToGet":[])"),
            std::string(kEnvelopeError) +
                "Value at 'AttributesToGet' failed to satisfy constraint: Member must have length "
                "greater than or equal to 1");
  EXPECT_EQ(Call("Scan", R"("AttributesToGet":[])"),
            std::string(kEnvelopeError) +
                "Value '[]' at 'attributesToGet' failed to satisfy constraint: Member must have "
                "length greater than or equal to 1");
}

TEST_F(LegacyParametersTest, BatchGetItemTakesAttributesAndDoesNotMixThemAcrossTables) {
  const auto batch = [&](std::string_view entries) {
    return service_.Call("BatchGetItem", R"({"RequestItems":{)" + std::string(entries) + "}}");
  };
  const std::string keys = R"("Keys":[{"pk":{"S":"a"},"sk":{"S":"1"}}])";
  EXPECT_EQ(batch(R"("table":{)" + keys + R"(,"AttributesToGet":["n"]})"),
            R"({"Responses":{"table":[{"n":{"N":"1"}}]},"UnprocessedKeys":{}})");
  EXPECT_EQ(batch(R"("table":{)" + keys + R"(,"AttributesToGet":["n"]},"other":{)" + keys +
                  R"(,"ProjectionExpression":"n"})"),
            std::string(kBare) + std::string(kMix) +
                "{AttributesToGet} Expression parameters: {ProjectionExpression}");
  EXPECT_EQ(batch(R"("table":{)" + keys + R"(,"AttributesToGet":[]})"),
            std::string(kEnvelopeError) +
                "Value at 'RequestItems.table.member.AttributesToGet' failed to satisfy "
                "constraint: Member must have length greater than or equal to 1");
}

TEST_F(LegacyParametersTest, WrongJsonTypesAreSerializationErrors) {
  const std::string serialization = "SerializationException: ";
  EXPECT_EQ(Keyed("UpdateItem", R"("Expected":[])"),
            serialization +
                "Unrecognized collection type java.util.Map<java.lang.String, "
                "com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue>");
  EXPECT_EQ(Keyed("UpdateItem", R"("Expected":{"a":"b"})"),
            serialization + "Unexpected value type in payload");
  EXPECT_EQ(Keyed("UpdateItem", R"("Expected":{"a":{"Value":"b"}})"),
            serialization + "Unexpected field type");
  EXPECT_EQ(Keyed("UpdateItem", R"("AttributeUpdates":{"a":[]})"),
            serialization +
                "Unrecognized collection type class "
                "com.amazonaws.dynamodb.v20120810.AttributeValueUpdate");
  EXPECT_EQ(Call("Scan", R"("ScanFilter":{"a":{"AttributeValueList":{}}})"),
            serialization + "Start of structure or map found where not expected");
  EXPECT_EQ(Call("Scan", R"("AttributesToGet":[1])"),
            serialization + "NUMBER_VALUE cannot be converted to String");
}

}  // namespace
}  // namespace pumice
