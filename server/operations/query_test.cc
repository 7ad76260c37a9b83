// SPDX-License-Identifier: Apache-2.0
#include "server/operations/query.h"

#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

class QueryTest : public testing::Test {
 protected:
  QueryTest() {
    service_.MakeTable();
    for (int i = 1; i <= 5; ++i) {
      const std::string n = std::to_string(i);
      service_.Call("PutItem", R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"2026-0)" +
                                   n + R"("},"gpk":{"S":"g"},"gsk":{"N":")" +
                                   std::to_string(10 - i) + R"("},"lsk":{"S":"l)" + n +
                                   R"("},"x":{"S":"x"},"y":{"S":"y)" + n + R"("}}})");
    }
  }
  std::string Query(std::string_view members) {
    return service_.Call("Query", "{\"TableName\":\"table\"," + std::string(members) + "}");
  }
  TestService service_;
};

TEST_F(QueryTest, ReadsAPartitionInOrderOfTheSortKey) {
  EXPECT_EQ(
      Query(R"("KeyConditionExpression":"pk = :p AND sk BETWEEN :a AND :b",
                     "ProjectionExpression":"sk",
                     "ExpressionAttributeValues":{":p":{"S":"a"},":a":{"S":"2026-02"},":b":{"S":"2026-03"}})"),
      R"({"Items":[{"sk":{"S":"2026-02"}},{"sk":{"S":"2026-03"}}],"Count":2,"ScannedCount":2})");
}

TEST_F(QueryTest, ReadsBackwardsPageByPage) {
  const std::string query =
      R"("KeyConditionExpression":"pk = :p AND begins_with(sk, :y) ","ScanIndexForward":false,)"
      R"("ProjectionExpression":"sk",)"
      R"("ExpressionAttributeValues":{":p":{"S":"a"},":y":{"S":"2026"}})";
  EXPECT_EQ(
      Query(query + R"(,"Limit":2)"),
      R"({"Items":[{"sk":{"S":"2026-05"}},{"sk":{"S":"2026-04"}}],"Count":2,"ScannedCount":2,)"
      R"("LastEvaluatedKey":{"pk":{"S":"a"},"sk":{"S":"2026-04"}}})");
  EXPECT_EQ(Query(query + R"(,"ExclusiveStartKey":{"pk":{"S":"a"},"sk":{"S":"2026-04"}})"),
            R"({"Items":[{"sk":{"S":"2026-03"}},{"sk":{"S":"2026-02"}},{"sk":{"S":"2026-01"}}],)"
            R"("Count":3,"ScannedCount":3})");
}

TEST_F(QueryTest, GivesALastEvaluatedKeyEvenWhenLimitMeetsTheEnd) {
  EXPECT_EQ(
      Query(R"("KeyConditionExpression":"pk = :p","Limit":5,"Select":"COUNT",
                     "ExpressionAttributeValues":{":p":{"S":"a"}})"),
      R"({"Count":5,"ScannedCount":5,"LastEvaluatedKey":{"pk":{"S":"a"},"sk":{"S":"2026-05"}}})");
}

TEST_F(QueryTest, FiltersAfterTheLimit) {
  EXPECT_EQ(Query(R"("KeyConditionExpression":"pk = :p","FilterExpression":"y = :v","Limit":3,
                     "ProjectionExpression":"y",
                     "ExpressionAttributeValues":{":p":{"S":"a"},":v":{"S":"y2"}})"),
            R"({"Items":[{"y":{"S":"y2"}}],"Count":1,"ScannedCount":3,)"
            R"("LastEvaluatedKey":{"pk":{"S":"a"},"sk":{"S":"2026-03"}}})");
}

TEST_F(QueryTest, ReadsAGlobalIndexInOrderOfNumbers) {
  EXPECT_EQ(
      Query(R"("IndexName":"gsi","KeyConditionExpression":"gpk = :g AND gsk >= :n","Limit":1,
                     "ProjectionExpression":"gsk","ReturnConsumedCapacity":"INDEXES",
                     "ExpressionAttributeValues":{":g":{"S":"g"},":n":{"N":"7.0"}})"),
      R"({"Items":[{"gsk":{"N":"7"}}],"Count":1,"ScannedCount":1,"LastEvaluatedKey":)"
      R"({"pk":{"S":"a"},"sk":{"S":"2026-03"},"gpk":{"S":"g"},"gsk":{"N":"7"}},)"
      R"("ConsumedCapacity":{"TableName":"table","CapacityUnits":0.5,"Table":{"CapacityUnits":0.0},)"
      R"("GlobalSecondaryIndexes":{"gsi":{"CapacityUnits":0.5}}}})");
}

TEST_F(QueryTest, FetchesWhatALocalIndexLacksAndChargesTheTable) {
  EXPECT_EQ(
      Query(R"("IndexName":"lsi","KeyConditionExpression":"pk = :p AND lsk = :l",
                     "ProjectionExpression":"x, y","ReturnConsumedCapacity":"INDEXES",
                     "ExpressionAttributeValues":{":p":{"S":"a"},":l":{"S":"l3"}})"),
      R"({"Items":[{"x":{"S":"x"},"y":{"S":"y3"}}],"Count":1,"ScannedCount":1,)"
      R"("ConsumedCapacity":{"TableName":"table","CapacityUnits":1.0,"Table":{"CapacityUnits":0.5},)"
      R"("LocalSecondaryIndexes":{"lsi":{"CapacityUnits":0.5}}}})");
}

class QueryRefusals : public QueryTest, public testing::WithParamInterface<Refusal> {};

TEST_P(QueryRefusals, HaveTheTextOfAws) { EXPECT_EQ(Query(GetParam().members), GetParam().answer); }

INSTANTIATE_TEST_SUITE_P(
    Texts, QueryRefusals,
    testing::Values(
        Refusal{
            R"("Limit":0,"KeyConditionExpression":"pk = :p")",
            "ValidationException: 1 validation error detected: Value at 'Limit' failed to satisfy "
            "constraint: Member must have value greater than or equal to 1"},
        Refusal{R"("Select":"COUNT")",
                "ValidationException: Either the KeyConditions or KeyConditionExpression parameter "
                "must "
                "be specified in the request."},
        Refusal{
            R"("Select":"SPECIFIC_ATTRIBUTES","KeyConditionExpression":"pk = :p",
                   "ExpressionAttributeValues":{":p":{"S":"a"}})",
            "ValidationException: 1 validation error detected: Must specify the AttributesToGet or "
            "ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"},
        Refusal{R"("IndexName":"none","KeyConditionExpression":"pk = :p",
                   "ExpressionAttributeValues":{":p":{"S":"a"}})",
                "ValidationException: The table does not have the specified index: none"},
        Refusal{
            R"("IndexName":"gsi","ConsistentRead":true,"KeyConditionExpression":"gpk = :p",
                   "ExpressionAttributeValues":{":p":{"S":"a"}})",
            "ValidationException: Consistent reads are not supported on global secondary indexes"},
        Refusal{R"("IndexName":"lsi","KeyConditionExpression":"pk = :p","FilterExpression":"y = :p",
                   "ExpressionAttributeValues":{":p":{"S":"a"}})",
                "ValidationException: One or more parameter values were invalid: Secondary index "
                "lsi does "
                "not project one or more filter attributes: [y]"},
        Refusal{
            R"("KeyConditionExpression":"pk = :p","FilterExpression":"sk = :p",
                   "ExpressionAttributeValues":{":p":{"S":"a"}})",
            "ValidationException: Filter Expression can only contain non-primary key attributes: "
            "Primary key attribute: sk"},
        Refusal{
            R"("KeyConditionExpression":"sk = :p","ExpressionAttributeValues":{":p":{"S":"a"}})",
            "ValidationException: Query condition missed key schema element: pk"},
        Refusal{
            R"("KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"N":"1"}})",
            "ValidationException: One or more parameter values were invalid: Condition parameter "
            "type "
            "does not match schema type"},
        Refusal{R"("KeyConditionExpression":"pk = :p","ExclusiveStartKey":{"pk":{"S":"a"}},
                   "ExpressionAttributeValues":{":p":{"S":"a"}})",
                "ValidationException: The provided starting key is invalid"},
        Refusal{
            R"("KeyConditionExpression":"pk = :p","ExclusiveStartKey":{"pk":{"S":"a"},"sk":{"S":""}},
                   "ExpressionAttributeValues":{":p":{"S":"a"}})",
            "ValidationException: One or more parameter values are not valid. The AttributeValue "
            "for a key attribute cannot contain an empty string value. Key: sk"},
        Refusal{
            R"("KeyConditionExpression":"pk = :p","ExclusiveStartKey":{"pk":{"S":"b"},"sk":{"S":"1"}},
                   "ExpressionAttributeValues":{":p":{"S":"a"}})",
            "ValidationException: The provided starting key is outside query boundaries based on "
            "provided conditions"},
        Refusal{R"("KeyConditionExpression":"pk = :p AND sk > :p",
                   "ExclusiveStartKey":{"pk":{"S":"a"},"sk":{"S":"A"}},
                   "ExpressionAttributeValues":{":p":{"S":"a"}})",
                "ValidationException: The provided starting key does not match the range key "
                "predicate"},
        Refusal{R"("KeyConditionExpression":"pk = :p AND sk > :p",
                   "ExclusiveStartKey":{"pk":{"S":"b"},"sk":{"S":"A"}},
                   "ExpressionAttributeValues":{":p":{"S":"a"}})",
                "ValidationException: The provided starting key does not match the range key "
                "predicate"},
        Refusal{R"("KeyConditionExpression":"pk = :p AND sk > :p",
                   "ExclusiveStartKey":{"pk":{"S":"b"},"sk":{"S":"b"}},
                   "ExpressionAttributeValues":{":p":{"S":"a"}})",
                "ValidationException: The query can return at most one row and cannot be "
                "restarted"},
        Refusal{R"("KeyConditionExpression":"pk = :p","FilterExpression":"lsk[0] = :p",
                   "ExpressionAttributeValues":{":p":{"S":"a"}})",
                "ValidationException: Key attributes must be scalars; list random access '[]' and "
                "map lookup '.' are not allowed: IndexKey: lsk"},
        Refusal{R"("IndexName":"gsi","KeyConditionExpression":"gpk = :p",
                   "ProjectionExpression":"pk.a","ExpressionAttributeValues":{":p":{"S":"a"}})",
                "ValidationException: Key attributes must be scalars; list random access '[]' and "
                "map lookup '.' are not allowed: Key: pk"},
        Refusal{R"("IndexName":"gsi","KeyConditionExpression":"gpk = :p",
                   "ExclusiveStartKey":{"pk":{"S":""},"sk":{"S":"b"},"gpk":{"S":"a"},"gsk":{"N":"1"}},
                   "ExpressionAttributeValues":{":p":{"S":"a"}})",
                "ValidationException: The provided starting key is invalid: One or more parameter "
                "values are not valid. The AttributeValue for a key attribute cannot contain an "
                "empty string value. Key: pk"}));

}  // namespace
}  // namespace pumice
