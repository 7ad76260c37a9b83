// SPDX-License-Identifier: Apache-2.0
// The four operations of DynamoDB Streams on one table: they only make sense together.
#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kUnknownShard = "shardId-00000001414562045508-2bac9cd2";

class StreamOperationsTest : public testing::Test {
 protected:
  StreamOperationsTest() {
    Call(
        "CreateTable",
        {{"TableName", "table"},
         {"AttributeDefinitions", json::array({{{"AttributeName", "pk"}, {"AttributeType", "S"}}})},
         {"KeySchema", json::array({{{"AttributeName", "pk"}, {"KeyType", "HASH"}}})},
         {"BillingMode", "PAY_PER_REQUEST"},
         {"StreamSpecification",
          {{"StreamEnabled", true}, {"StreamViewType", "NEW_AND_OLD_IMAGES"}}}});
    arn_ = json::parse(Call("DescribeTable", {{"TableName", "table"}}))["Table"]["LatestStreamArn"];
    shard_ = Describe()["Shards"][0]["ShardId"];
  }

  std::string Call(std::string_view operation, const json& request) {
    return service_.Call(operation, request.dump());
  }
  json Describe() {
    return json::parse(Call("DescribeStream", {{"StreamArn", arn_}}))["StreamDescription"];
  }
  void Put(const std::string& pk) {
    Call("PutItem", {{"TableName", "table"}, {"Item", {{"pk", {{"S", pk}}}}}});
  }
  void Disable() {
    Call("UpdateTable",
         {{"TableName", "table"}, {"StreamSpecification", {{"StreamEnabled", false}}}});
  }

  std::string OpenText(const json& more) {
    json request{{"StreamArn", arn_}, {"ShardId", shard_}};
    request.update(more);
    return Call("GetShardIterator", request);
  }
  std::string Open(const std::string& type) {
    return json::parse(OpenText({{"ShardIteratorType", type}}))["ShardIterator"];
  }
  std::string OpenAt(const std::string& type, const std::string& sequence) {
    return json::parse(
        OpenText({{"ShardIteratorType", type}, {"SequenceNumber", sequence}}))["ShardIterator"];
  }
  json Read(const std::string& iterator, int limit = 1000) {
    return json::parse(Call("GetRecords", {{"ShardIterator", iterator}, {"Limit", limit}}));
  }

  static std::vector<std::string> Keys(const json& page) {
    std::vector<std::string> keys;
    for (const json& record : page["Records"])
      keys.push_back(record["dynamodb"]["Keys"]["pk"]["S"]);
    return keys;
  }

  TestService service_;
  std::string arn_;
  std::string shard_;
};

TEST_F(StreamOperationsTest, DescribesAStream) {
  EXPECT_EQ(
      Call("DescribeStream", {{"StreamArn", arn_}}),
      R"({"StreamDescription":{"StreamArn":")" + arn_ +
          R"(","StreamLabel":"2026-09-21T14:13:20.000","StreamStatus":"ENABLED",)"
          R"("StreamViewType":"NEW_AND_OLD_IMAGES","CreationRequestDateTime":1790000000.000,)"
          R"("TableName":"table","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],)"
          R"("Shards":[{"ShardId":")" +
          shard_ +
          R"(","SequenceNumberRange":{"StartingSequenceNumber":"100000000000000000001"}}]}})");
}

TEST_F(StreamOperationsTest, ReadsFromTheHorizon) {
  Put("a");
  Put("b");
  const json page = Read(Open("TRIM_HORIZON"));
  EXPECT_THAT(Keys(page), ElementsAre("a", "b"));
  EXPECT_EQ(page["Records"][0]["eventName"], "INSERT");
  EXPECT_EQ(page["Records"][0]["dynamodb"]["SequenceNumber"], "100000000000000000001");
}

TEST_F(StreamOperationsTest, ReadsWhatComesAfterLatest) {
  Put("a");
  const std::string latest = Open("LATEST");
  EXPECT_THAT(Keys(Read(latest)), ElementsAre());
  Put("b");
  EXPECT_THAT(Keys(Read(latest)), ElementsAre("b"));
}

TEST_F(StreamOperationsTest, ReadsAtAndAfterASequenceNumber) {
  for (const char* pk : {"a", "b", "c"}) Put(pk);
  const std::string second = "200000000000000000002";
  EXPECT_THAT(Keys(Read(OpenAt("AT_SEQUENCE_NUMBER", second))), ElementsAre("b", "c"));
  EXPECT_THAT(Keys(Read(OpenAt("AFTER_SEQUENCE_NUMBER", second))), ElementsAre("c"));
}

TEST_F(StreamOperationsTest, ReadsPageByPage) {
  for (const char* pk : {"a", "b", "c"}) Put(pk);
  const json first = Read(Open("TRIM_HORIZON"), 2);
  EXPECT_THAT(Keys(first), ElementsAre("a", "b"));
  const json second = Read(first["NextShardIterator"], 2);
  EXPECT_THAT(Keys(second), ElementsAre("c"));
  EXPECT_THAT(Keys(Read(second["NextShardIterator"], 2)), ElementsAre());
}

TEST_F(StreamOperationsTest, EndsAClosedShardWithItsLastRecords) {
  Put("a");
  Put("b");
  Disable();
  const json first = Read(Open("TRIM_HORIZON"), 1);
  EXPECT_TRUE(first.contains("NextShardIterator"));
  const json last = Read(first["NextShardIterator"], 1);
  EXPECT_THAT(Keys(last), ElementsAre("b"));
  EXPECT_FALSE(last.contains("NextShardIterator"));
  EXPECT_EQ(Describe()["StreamStatus"], "DISABLED");
  EXPECT_EQ(Describe()["Shards"][0]["SequenceNumberRange"]["EndingSequenceNumber"],
            "200000000000000000002");
}

TEST_F(StreamOperationsTest, ExpiresAnIteratorAfterFifteenMinutes) {
  const std::string iterator = Open("TRIM_HORIZON");
  service_.clock().Advance(15min);
  EXPECT_THAT(Keys(Read(iterator)), ElementsAre());
  service_.clock().Advance(1ms);
  EXPECT_EQ(Call("GetRecords", {{"ShardIterator", iterator}}),
            "ExpiredIteratorException: The provided iterator exceeds the maximum age allowed.");
}

TEST_F(StreamOperationsTest, RefusesASequenceNumberThatWasTrimmed) {
  Put("a");
  service_.clock().Advance(24h + 1s);
  Put("b");
  EXPECT_EQ(OpenText({{"ShardIteratorType", "AT_SEQUENCE_NUMBER"},
                      {"SequenceNumber", "100000000000000000001"}}),
            "TrimmedDataAccessException: The data you are trying to access has been trimmed");
  EXPECT_THAT(Keys(Read(Open("TRIM_HORIZON"))), ElementsAre("b"));
}

TEST_F(StreamOperationsTest, RefusesIteratorsThatDoNotFit) {
  const std::string invalid = "ValidationException: One or more parameter values were invalid: ";
  EXPECT_EQ(OpenText({{"ShardIteratorType", "AT_SEQUENCE_NUMBER"}}),
            invalid + "Invalid SequenceNumber");
  EXPECT_EQ(
      OpenText({{"ShardIteratorType", "LATEST"}, {"SequenceNumber", "100000000000000000001"}}),
      invalid + "SequenceNumber should not be passed for this iterator type");
  EXPECT_THAT(OpenText({{"ShardIteratorType", "SOMEWHERE"}}),
              HasSubstr("Value 'SOMEWHERE' at 'shardIteratorType'"));
  EXPECT_EQ(OpenText({{"ShardIteratorType", "LATEST"}, {"ShardId", kUnknownShard}}),
            "ResourceNotFoundException: Requested resource not found: Shard does not exist");
  EXPECT_THAT(OpenText({{"ShardIteratorType", "LATEST"}, {"StreamArn", std::string(40, 'x')}}),
              StartsWith("ValidationException: Invalid StreamArn"));
}

TEST_F(StreamOperationsTest, NamesTheStreamThatIsNotThere) {
  const std::string unknown = arn_.substr(0, arn_.rfind('/')) + "/2015-05-20T20:51:10.252";
  EXPECT_EQ(
      Call("DescribeStream", {{"StreamArn", unknown}}),
      "ResourceNotFoundException: Requested resource not found: Stream: " + unknown + " not found");
}

TEST_F(StreamOperationsTest, RefusesGarbageAsAnIterator) {
  for (const std::string garbage : {"garbage", "arn|1|AAAA", "\xc3\xa4"}) {
    EXPECT_THAT(Call("GetRecords", {{"ShardIterator", garbage}}),
                StartsWith("ValidationException: "));
  }
}

TEST_F(StreamOperationsTest, BoundsLimits) {
  EXPECT_THAT(
      Call("GetRecords", {{"ShardIterator", Open("LATEST")}, {"Limit", 1001}}),
      HasSubstr("Value '1001' at 'limit' failed to satisfy constraint: Member must have value "
                "less than or equal to 1000"));
  EXPECT_THAT(Call("ListStreams", {{"Limit", 0}}),
              HasSubstr("Value '0' at 'limit' failed to satisfy constraint: Member must have value "
                        "greater than or equal to 1"));
}

TEST_F(StreamOperationsTest, GivesAnEmptyPageAfterTheLastOrAnUnknownShard) {
  for (const std::string& start : {shard_, std::string(kUnknownShard)}) {
    const json answer = json::parse(
        Call("DescribeStream", {{"StreamArn", arn_}, {"ExclusiveStartShardId", start}}));
    EXPECT_TRUE(answer["StreamDescription"]["Shards"].empty());
  }
}

TEST_F(StreamOperationsTest, FiltersChildrenOfAShard) {
  const auto filtered = [&](const json& filter) {
    return Call("DescribeStream", {{"StreamArn", arn_}, {"ShardFilter", filter}});
  };
  EXPECT_THAT(filtered({{"Type", "CHILD_SHARDS"}, {"ShardId", shard_}}),
              HasSubstr(R"("Shards":[])"));
  for (const json& bad :
       {json{{"Type", "PARENTS"}, {"ShardId", shard_}}, json{{"ShardId", shard_}},
        json{{"Type", "CHILD_SHARDS"}}, json{{"Type", "CHILD_SHARDS"}, {"ShardId", "short"}}}) {
    EXPECT_THAT(filtered(bad), StartsWith("ValidationException: ")) << bad;
  }
}

TEST_F(StreamOperationsTest, ShowsParentsAndChildren) {
  Put("a");
  ASSERT_TRUE(service_.database().changes().RotateShards(arn_, 2));
  Put("a");
  const json shards = Describe()["Shards"];
  ASSERT_EQ(shards.size(), 3U);
  EXPECT_EQ(shards[0]["SequenceNumberRange"],
            (json{{"StartingSequenceNumber", "100000000000000000001"},
                  {"EndingSequenceNumber", "100000000000000000001"}}));
  for (const int child : {1, 2}) {
    EXPECT_EQ(shards[child]["ParentShardId"], shard_);
    EXPECT_EQ(shards[child]["SequenceNumberRange"],
              (json{{"StartingSequenceNumber", "200000000000000000002"}}));
  }
  const json filter{{"Type", "CHILD_SHARDS"}, {"ShardId", shard_}};
  const json children = json::parse(
      Call("DescribeStream", {{"StreamArn", arn_}, {"ShardFilter", filter}, {"Limit", 1}}));
  EXPECT_EQ(children["StreamDescription"]["Shards"], (json::array({shards[1]})));
  EXPECT_EQ(children["StreamDescription"]["LastEvaluatedShardId"], shards[1]["ShardId"]);
}

// A closed shard is gone when its records are; a child goes on naming it, and an iterator into it
// has nowhere to go.
TEST_F(StreamOperationsTest, ForgetsAShardADayAfterItsEnd) {
  Put("a");
  ASSERT_TRUE(service_.database().changes().RotateShards(arn_, 1));
  service_.clock().Advance(24h + 1s);
  const std::string iterator = Open("TRIM_HORIZON");
  EXPECT_THAT(Keys(Read(iterator)), ElementsAre());
  ASSERT_TRUE(service_.database().changes().Trim());
  const json shards = Describe()["Shards"];
  ASSERT_EQ(shards.size(), 1U);
  EXPECT_EQ(shards[0]["ParentShardId"], shard_);
  EXPECT_EQ(Call("GetRecords", {{"ShardIterator", iterator}}),
            "ResourceNotFoundException: Requested resource not found: Shard does not exist");
}

// 1 MB is reached by the third record, which begins the next page.
TEST_F(StreamOperationsTest, EndsAPageAtOneMegabyte) {
  for (const char* pk : {"a", "b", "c"}) {
    Call("PutItem", {{"TableName", "table"},
                     {"Item", {{"pk", {{"S", pk}}}, {"v", {{"S", std::string(390'000, 'x')}}}}}});
  }
  const json first = Read(Open("TRIM_HORIZON"));
  EXPECT_THAT(Keys(first), ElementsAre("a", "b"));
  EXPECT_THAT(Keys(Read(first["NextShardIterator"])), ElementsAre("c"));
}

TEST_F(StreamOperationsTest, ListsStreamsPageByPage) {
  Disable();
  Call("UpdateTable",
       {{"TableName", "table"},
        {"StreamSpecification", {{"StreamEnabled", true}, {"StreamViewType", "KEYS_ONLY"}}}});
  const json whole = json::parse(Call("ListStreams", {{"TableName", "table"}}));
  ASSERT_EQ(whole["Streams"].size(), 2U);
  EXPECT_FALSE(whole.contains("LastEvaluatedStreamArn"));
  EXPECT_EQ(whole["Streams"][0], (json{{"StreamArn", arn_},
                                       {"TableName", "table"},
                                       {"StreamLabel", "2026-09-21T14:13:20.000"}}));
  const json first = json::parse(Call("ListStreams", {{"Limit", 1}}));
  EXPECT_EQ(first["LastEvaluatedStreamArn"], arn_);
  const json second =
      json::parse(Call("ListStreams", {{"Limit", 1}, {"ExclusiveStartStreamArn", arn_}}));
  EXPECT_EQ(second["Streams"][0], whole["Streams"][1]);
}

TEST_F(StreamOperationsTest, ListsNoStreamOfATableWithout) {
  service_.MakeTable("other");
  EXPECT_EQ(Call("ListStreams", {{"TableName", "other"}}), R"({"Streams":[]})");
}

TEST_F(StreamOperationsTest, OutlivesItsTableForADay) {
  Put("a");
  Call("DeleteTable", {{"TableName", "table"}});
  EXPECT_EQ(Describe()["StreamStatus"], "DISABLED");
  EXPECT_THAT(Keys(Read(Open("TRIM_HORIZON"))), ElementsAre("a"));
}

// What was never written is not trimmed: a reader that waits at the end of an empty stream goes on.
TEST_F(StreamOperationsTest, WaitsAtTheEndOfAStreamWhoseRecordsAreGone) {
  Put("a");
  service_.clock().Advance(24h + 1s);
  const std::string latest = Open("LATEST");
  EXPECT_THAT(Keys(Read(latest)), ElementsAre());
  Put("b");
  EXPECT_THAT(Keys(Read(latest)), ElementsAre("b"));
}

}  // namespace
}  // namespace pumice
