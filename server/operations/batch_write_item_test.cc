// SPDX-License-Identifier: Apache-2.0
#include "server/operations/batch_write_item.h"

#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

class BatchWriteItemTest : public testing::Test {
 protected:
  BatchWriteItemTest() { service_.MakeTable(); }
  std::string Write(std::string_view request_items, std::string_view more = "") {
    return service_.Call("BatchWriteItem", R"({"RequestItems":)" + std::string(request_items) +
                                               std::string(more) + "}");
  }
  std::string Count() { return service_.Call("Scan", R"({"TableName":"table","Select":"COUNT"})"); }
  TestService service_;
};

TEST_F(BatchWriteItemTest, PutsAndDeletes) {
  service_.Call("PutItem", R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"0"}}})");
  EXPECT_EQ(
      Write(R"({"table":[{"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"1"}}}},
                              {"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"2"}}}},
                              {"DeleteRequest":{"Key":{"pk":{"S":"a"},"sk":{"S":"0"}}}}]})",
            R"(,"ReturnConsumedCapacity":"TOTAL")"),
      R"({"UnprocessedItems":{},"ConsumedCapacity":[{"TableName":"table","CapacityUnits":3.0}]})");
  EXPECT_EQ(Count(), R"({"Count":2,"ScannedCount":2})");
}

TEST_F(BatchWriteItemTest, WritesNothingWhenOneElementIsBad) {
  EXPECT_EQ(Write(R"({"table":[{"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"1"}}}},
                              {"PutRequest":{"Item":{"pk":{"S":"a"}}}}]})"),
            "ValidationException: The provided key element does not match the schema");
  EXPECT_EQ(
      Write(R"({"table":[{"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"1"}}}},
                              {"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"2"},"gpk":{"N":"1"}}}}]})"),
      "ValidationException: One or more parameter values were invalid: Type mismatch for Index Key "
      "gpk Expected: S Actual: N IndexName: gsi");
  EXPECT_EQ(Count(), R"({"Count":0,"ScannedCount":0})");
}

TEST_F(BatchWriteItemTest, RefusesTwoWritesOfOneKey) {
  EXPECT_EQ(Write(R"({"table":[{"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"1"}}}},
                              {"DeleteRequest":{"Key":{"pk":{"S":"a"},"sk":{"S":"1"}}}}]})"),
            "ValidationException: Provided list of item keys contains duplicates");
}

TEST_F(BatchWriteItemTest, KnowsThatANameAndAnArnAreOneTable) {
  EXPECT_EQ(Write(R"({"table":[{"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"1"}}}}],
                      "arn:aws:dynamodb:us-east-1:000000000000:table/table":[
                        {"DeleteRequest":{"Key":{"pk":{"S":"a"},"sk":{"S":"1"}}}}]})"),
            "ValidationException: Provided list of item keys contains duplicates");
}

TEST_F(BatchWriteItemTest, FindsDuplicatesBeforeMissingTablesAndBadKeys) {
  constexpr std::string_view kTwice =
      R"("table":[{"PutRequest":{"Item":{"pk":{"S":"a"}}}},
                  {"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"1"}}}},
                  {"DeleteRequest":{"Key":{"pk":{"S":"a"},"sk":{"S":"1"}}}}])";
  constexpr std::string_view kDuplicates =
      "ValidationException: Provided list of item keys contains duplicates";
  EXPECT_EQ(Write("{" + std::string(kTwice) + "}"), kDuplicates);
  EXPECT_EQ(Write(R"({"missing":[{"DeleteRequest":{"Key":{"pk":{"S":"a"}}}}],)" +
                  std::string(kTwice) + "}"),
            kDuplicates);
  EXPECT_EQ(Write(R"({"missing":[{"DeleteRequest":{"Key":{"pk":{"S":"a"}}}}],
                      "table":[{"PutRequest":{"Item":{"pk":{"S":"a"}}}}]})"),
            "ResourceNotFoundException: Requested resource not found");
}

TEST_F(BatchWriteItemTest, TellsEachCollectionOnce) {
  EXPECT_EQ(Write(R"({"table":[{"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"1"}}}},
                               {"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"S":"2"}}}},
                               {"DeleteRequest":{"Key":{"pk":{"S":"none"},"sk":{"S":"1"}}}}]})",
                  R"(,"ReturnItemCollectionMetrics":"SIZE")"),
            R"({"UnprocessedItems":{},"ItemCollectionMetrics":{"table":[{"ItemCollectionKey":)"
            R"({"pk":{"S":"a"}},"SizeEstimateRangeGB":[0.0,1.0]}]}})");
}

TEST_F(BatchWriteItemTest, RefusesAnElementThatIsNeitherPutNorDelete) {
  EXPECT_EQ(
      Write(R"({"table":[{}]})"),
      "ValidationException: Supplied AttributeValue has more than one datatypes set, must contain "
      "exactly one of the supported datatypes");
}

TEST_F(BatchWriteItemTest, RefusesAnEmptyRequest) {
  EXPECT_EQ(Write("{}"),
            "ValidationException: The requestItems parameter is required for BatchWriteItem");
  EXPECT_EQ(
      Write(R"({"table":[]})"),
      "ValidationException: 1 validation error detected: Value '{table=[]}' at 'requestItems' "
      "failed to satisfy constraint: Map value must satisfy constraint: [Member must have length "
      "less than or equal to 25, Member must have length greater than or equal to 1]");
}

TEST_F(BatchWriteItemTest, EchoesAsJavaForABadTableName) {
  EXPECT_EQ(
      Write(R"({"b@d":[{"PutRequest":{"Item":{"pk":{"S":"x"}}}}]})"),
      "ValidationException: 1 validation error detected: Value '{b@d=[WriteRequest(putRequest="
      "PutRequest(item={pk=AttributeValue(s=x, n=null, b=null, iNT=null, dECIMAL=null, "
      "dOUBLE=null, sS=null, nS=null, bS=null, iNTSET=null, dECIMALSET=null, dOUBLESET=null, "
      "m=null, l=null, nULL=null, bOOL=null)}, workloadProfileName=null), deleteRequest=null)]}' "
      "at 'requestItems' failed to satisfy constraint: Map keys must satisfy constraint: [Member "
      "must have length less than or equal to 255, Member must have length greater than or equal "
      "to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]");
}

}  // namespace
}  // namespace pumice
