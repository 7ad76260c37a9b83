// SPDX-License-Identifier: Apache-2.0
#include "server/init/table_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.h"
#include "server/init/init_test_support.h"
#include "server/init/table_definition.h"

namespace pumice {
namespace {

constexpr const char* kDescribed =
    R"({"Table":{"TableName":"t","TableArn":"arn","TableStatus":"ACTIVE","CreationDateTime":1.5,)"
    R"("AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],)"
    R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"ItemCount":2,)"
    R"("BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST"},)"
    R"("ProvisionedThroughput":{"ReadCapacityUnits":0,"WriteCapacityUnits":0}}})";

/// Hands each thread a sink of its own that answers alike.
DumpSource SourceOf(FakeSink& sink, int segments) {
  class Shared final : public CallSink {
   public:
    explicit Shared(FakeSink& sink) : sink_(sink) {}
    Result<CallAnswer> Call(std::string_view operation, std::string_view body) override {
      static Mutex mutex;
      const MutexLock lock(mutex);
      return sink_.Call(operation, body);
    }
    Result<void> Wait(std::chrono::milliseconds time) override { return sink_.Wait(time); }

   private:
    FakeSink& sink_;
  };
  return {[&sink] { return std::make_unique<Shared>(sink); }, segments};
}

template <class Dump>
std::string TextOf(Dump dump, FakeSink& sink, int segments = 1) {
  std::string text;
  const auto write = [&](std::string_view more, std::uint64_t, double) -> Result<void> {
    text += more;
    return Ok();
  };
  const Result<void> done = dump(SourceOf(sink, segments), "t", write);
  return done ? text : done.error().client_text();
}

TEST(TableDump, WritesTheRequestsThatMakeTheTableAndAnItemALine) {
  FakeSink sink;
  sink.On("DescribeTable", 200, kDescribed);
  sink.On("ListTagsOfResource", 200, R"({"Tags":[{"Key":"a","Value":"b"}]})");
  sink.On("DescribeTimeToLive", 200,
          R"({"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"x"}})");
  sink.On("Scan", [](std::string_view body) {
    const bool first = body.find("ExclusiveStartKey") == body.npos;
    return first ? CallAnswer{200,
                              "{\"Items\":[{\"pk\":\n{\"S\":\"1\"}}],\"LastEvaluatedKey\":{\"pk\":"
                              "1}}"}
                 : CallAnswer{200, R"({"Items":[{"pk":{"S":"2"}}]})"};
  });
  EXPECT_EQ(
      TextOf(DumpJsonLines, sink),
      R"({"TableName":"t","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],)"
      R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST",)"
      R"("Tags":[{"Key":"a","Value":"b"}]})"
      "\n"
      R"({"TableName":"t","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"x"}})"
      "\n"
      "{\"pk\":{\"S\":\"1\"}}\n{\"pk\":{\"S\":\"2\"}}\n");
  EXPECT_EQ(sink.calls.back(),
            R"(Scan {"ConsistentRead":true,"TableName":"t","ExclusiveStartKey":{"pk":1}})");
}

TEST(TableDump, SegmentsAreScannedAtTheSameTime) {
  FakeSink sink;
  sink.On("DescribeTable", 200, kDescribed);
  sink.On("Scan", 200, R"({"Items":[{"pk":{"S":"1"}}]})");
  EXPECT_TRUE(
      TextOf(DumpJsonLines, sink, 3).ends_with("{\"pk\":{\"S\":\"1\"}}\n{\"pk\":{\"S\":\"1\"}}\n"));
  EXPECT_THAT(sink.calls,
              testing::Contains(
                  R"(Scan {"ConsistentRead":true,"Segment":2,"TableName":"t","TotalSegments":3})"));
}

TEST(TableDump, CsvHasAColumnForEachTypeOfAnAttributeAndTheKeyFirst) {
  FakeSink sink;
  sink.On("DescribeTable", 200, kDescribed);
  sink.On(
      "Scan", 200,
      R"({"Items":[{"a":{"N":"1"},"pk":{"S":"x,y"}},{"pk":{"S":"z"},"a":{"S":""}},)"
      R"({"pk":{"S":"\"q\""},"b":{"BOOL":true},"m":{"M":{"k":{"S":"v"}}},"n":{"NULL":true}}]})");
  EXPECT_EQ(TextOf(DumpCsv, sink),
            "pk:S,a:N,a:S,b:BOOL,m:M,n:NULL\n"
            "\"x,y\",1,,,,\n"
            "z,,\"\",,,\n"
            "\"\"\"q\"\"\",,,true,\"{\"\"k\"\":{\"\"S\"\":\"\"v\"\"}}\",true\n");
}

TEST(TableDump, AnEmptyTableHasItsKeysColumn) {
  FakeSink sink;
  sink.On("DescribeTable", 200, kDescribed);
  sink.On("Scan", 200, R"({"Items":[]})");
  EXPECT_EQ(TextOf(DumpCsv, sink), "pk:S\n");
}

TEST(TableDump, WhatTheEndpointRefusesIsToldWithTheTable) {
  FakeSink sink;
  sink.On("DescribeTable", 400, R"({"__type":"a#ResourceNotFoundException","message":"no t"})");
  EXPECT_EQ(TextOf(DumpJsonLines, sink), "t: DescribeTable: ResourceNotFoundException: no t");
  sink.On("DescribeTable", 200, "<html>");
  EXPECT_EQ(TextOf(DumpJsonLines, sink), "t: DescribeTable:1: this is no JSON (column 1)");
  sink.On("DescribeTable", 200, kDescribed);
  sink.On("Scan", 400, R"({"__type":"a#AccessDeniedException","Message":"not you"})");
  EXPECT_EQ(TextOf(DumpJsonLines, sink, 2), "t: Scan: AccessDeniedException: not you");
}

TEST(TableDump, AnEndpointWithoutTagsIsDumpedWithoutThem) {
  FakeSink sink;
  sink.On("DescribeTable", 200, kDescribed);
  sink.On("ListTagsOfResource", 400, R"({"__type":"a#UnknownOperationException"})");
  EXPECT_TRUE(TextOf(DumpJsonLines, sink, 0).ends_with("\"BillingMode\":\"PAY_PER_REQUEST\"}\n"));
}

TEST(TableDump, AllTablesAreListedByTheirPages) {
  FakeSink sink;
  sink.On("ListTables", [](std::string_view body) {
    return body == "{}" ? CallAnswer{200, R"({"TableNames":["b"],"LastEvaluatedTableName":"b"})"}
                        : CallAnswer{200, R"({"TableNames":["a"]})"};
  });
  const auto tables = AllTables(SourceOf(sink, 1));
  ASSERT_TRUE(tables);
  EXPECT_THAT(tables.value(), testing::ElementsAre("a", "b"));
  EXPECT_EQ(sink.calls.back(), R"(ListTables {"ExclusiveStartTableName":"b"})");
}

TEST(TableDefinition, KeepsWhatARequestMaySay) {
  const auto made = TableDefinition::OfDescription(
      R"({"TableName":"t","TableClassSummary":{"TableClass":"STANDARD_INFREQUENT_ACCESS"},)"
      R"("DeletionProtectionEnabled":true,"TableId":"x","LatestStreamArn":"y",)"
      R"("AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},{"AttributeName":"b","AttributeType":"N"}],)"
      R"("KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],)"
      R"("ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":1,"WriteCapacityUnits":2},)"
      R"("LocalSecondaryIndexes":[{"IndexName":"l","IndexArn":"z","KeySchema":[],"Projection":{"ProjectionType":"ALL"}}],)"
      R"("GlobalSecondaryIndexes":[{"IndexName":"g","IndexStatus":"ACTIVE","Projection":{"ProjectionType":"ALL"},)"
      R"("ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":3,"WriteCapacityUnits":4}}],)"
      R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"},)"
      R"("SSEDescription":{"Status":"ENABLED","SSEType":"KMS","KMSMasterKeyArn":"key"}})");
  ASSERT_TRUE(made);
  EXPECT_EQ(
      made.value().create_table,
      R"({"TableName":"t","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},{"AttributeName":"b","AttributeType":"N"}],)"
      R"("KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],)"
      R"("LocalSecondaryIndexes":[{"IndexName":"l","Projection":{"ProjectionType":"ALL"}}],)"
      R"("GlobalSecondaryIndexes":[{"IndexName":"g","Projection":{"ProjectionType":"ALL"},)"
      R"("ProvisionedThroughput":{"ReadCapacityUnits":3,"WriteCapacityUnits":4}}],)"
      R"("ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":2},)"
      R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"},)"
      R"("SSESpecification":{"Enabled":true,"SSEType":"KMS","KMSMasterKeyId":"key"},)"
      R"("TableClass":"STANDARD_INFREQUENT_ACCESS","DeletionProtectionEnabled":true})");
  EXPECT_EQ(made.value().key, (std::vector<KeyPart>{{"a", "S"}, {"b", "N"}}));
  EXPECT_TRUE(HaveSameKeys(made.value().create_table, made.value().create_table));
  EXPECT_FALSE(HaveSameKeys(made.value().create_table, "{}"));
}

}  // namespace
}  // namespace pumice
