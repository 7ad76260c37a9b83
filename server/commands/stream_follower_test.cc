// SPDX-License-Identifier: Apache-2.0
#include "server/commands/stream_follower.h"

#include <functional>
#include <map>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pumice {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

struct FakeShard {
  std::string parent;
  std::vector<int> records;
  bool closed = false;
};

/// A stream as DynamoDB Streams answers it, two shards a page. An iterator is "<shard>@<index>".
class FakeStream final : public CallSink {
 public:
  Result<CallAnswer> Call(std::string_view operation, std::string_view body) override {
    const json request = json::parse(body);
    if (operation == "DescribeStream") return Describe(request);
    if (operation == "GetShardIterator") return Open(request);
    if (operation == "GetRecords") return Read(request["ShardIterator"]);
    return CallAnswer{400, R"({"__type":"x#UnknownOperationException"})"};
  }
  Result<void> Wait(std::chrono::milliseconds) override { return Ok(); }

  std::map<std::string, FakeShard> shards;
  bool enabled = true;
  std::string next_error;  // what GetRecords answers once

 private:
  CallAnswer Describe(const json& request) const {
    json list = json::array();
    const std::string start = request.value("ExclusiveStartShardId", "");
    json stream = {{"StreamStatus", enabled ? "ENABLED" : "DISABLED"}};
    for (auto at = shards.upper_bound(start); at != shards.end(); ++at) {
      if (list.size() == 2) {
        stream["LastEvaluatedShardId"] = list.back()["ShardId"];
        break;
      }
      json shard = {{"ShardId", at->first}, {"SequenceNumberRange", json::object()}};
      if (!at->second.parent.empty()) shard["ParentShardId"] = at->second.parent;
      if (at->second.closed) shard["SequenceNumberRange"]["EndingSequenceNumber"] = "9";
      list.push_back(shard);
    }
    stream["Shards"] = list;
    return {200, json{{"StreamDescription", stream}}.dump()};
  }

  CallAnswer Open(const json& request) const {
    const std::string id = request["ShardId"];
    const std::vector<int>& records = shards.at(id).records;
    std::size_t index = request["ShardIteratorType"] == "LATEST" ? records.size() : 0;
    if (request["ShardIteratorType"] == "AFTER_SEQUENCE_NUMBER") {
      while (std::to_string(records.at(index++)) != request["SequenceNumber"]) {
      }
    }
    return {200, json{{"ShardIterator", id + "@" + std::to_string(index)}}.dump()};
  }

  CallAnswer Read(const std::string& iterator) {
    if (!next_error.empty()) {
      return {400, json{{"__type", "x#" + std::exchange(next_error, "")}}.dump()};
    }
    const std::size_t at = iterator.find('@');
    const FakeShard& shard = shards.at(iterator.substr(0, at));
    json records = json::array();
    const std::size_t index = std::stoul(iterator.substr(at + 1));
    for (std::size_t i = index; i < shard.records.size(); ++i) {
      records.push_back({{"dynamodb", {{"SequenceNumber", std::to_string(shard.records[i])}}}});
    }
    json answer = {{"Records", records}};
    if (!shard.closed) {
      answer["NextShardIterator"] =
          iterator.substr(0, at + 1) + std::to_string(shard.records.size());
    }
    return {200, answer.dump()};
  }
};

class StreamFollowerTest : public testing::Test {
 protected:
  /// The sequence numbers of one round.
  std::vector<std::string> Read(StreamFollower& follower) {
    std::vector<std::string> found;
    const auto visit = [&](const StreamPage& page) -> Result<bool> {
      for (const StreamRecord& record : page.records) found.push_back(SequenceNumberOf(record));
      return true;
    };
    const std::size_t count = follower.ReadPages(visit).value();
    EXPECT_EQ(count, found.size());
    return found;
  }

  FakeStream stream_;
};

TEST_F(StreamFollowerTest, ReadsParentsBeforeChildren) {
  stream_.shards = {{"a", {"gone", {1, 2}, true}},
                    {"b", {"a", {5}, true}},
                    {"c", {"a", {4}, false}},
                    {"d", {"b", {6}, false}}};
  StreamFollower follower(stream_, "arn", StreamFollower::Start::kHorizon);
  EXPECT_THAT(Read(follower), ElementsAre("1", "2"));
  EXPECT_FALSE(follower.caught_up());
  EXPECT_THAT(Read(follower), ElementsAre("5", "4"));
  EXPECT_THAT(Read(follower), ElementsAre("6"));
  EXPECT_THAT(Read(follower), IsEmpty());
}

TEST_F(StreamFollowerTest, LatestLeavesOutWhatWasThere) {
  stream_.shards = {{"a", {"", {1}, true}}, {"b", {"a", {2}, false}}};
  StreamFollower follower(stream_, "arn", StreamFollower::Start::kLatest);
  EXPECT_THAT(Read(follower), IsEmpty());
  stream_.shards["b"].records.push_back(3);
  EXPECT_THAT(Read(follower), ElementsAre("3"));
  // A child that comes later began after the start.
  stream_.shards["b"].closed = true;
  stream_.shards["c"] = {"b", {4}, false};
  EXPECT_THAT(Read(follower), IsEmpty());
  EXPECT_THAT(Read(follower), ElementsAre("4"));
}

TEST_F(StreamFollowerTest, IsCaughtUpAfterSeveralEmptyPages) {
  stream_.shards = {{"a", {"", {1}, false}}};
  StreamFollower follower(stream_, "arn", StreamFollower::Start::kHorizon);
  Read(follower);
  for (int page = 0; page < 3; ++page) {
    EXPECT_FALSE(follower.caught_up());
    Read(follower);
  }
  EXPECT_TRUE(follower.caught_up());
  EXPECT_FALSE(follower.ended());
}

TEST_F(StreamFollowerTest, EndsWithADisabledStream) {
  stream_.shards = {{"a", {"", {1}, true}}};
  stream_.enabled = false;
  StreamFollower follower(stream_, "arn", StreamFollower::Start::kHorizon);
  EXPECT_FALSE(follower.ended());
  EXPECT_THAT(Read(follower), ElementsAre("1"));
  Read(follower);
  EXPECT_TRUE(follower.ended());
}

TEST_F(StreamFollowerTest, GoesOnAfterAnExpiredIterator) {
  stream_.shards = {{"a", {"", {1, 2}, false}}};
  StreamFollower follower(stream_, "arn", StreamFollower::Start::kHorizon);
  Read(follower);
  stream_.shards["a"].records.push_back(3);
  stream_.next_error = "ExpiredIteratorException";
  EXPECT_THAT(Read(follower), IsEmpty());
  EXPECT_THAT(Read(follower), ElementsAre("3"));
}

TEST_F(StreamFollowerTest, GoesOnAtTheHorizonAfterATrim) {
  stream_.shards = {{"a", {"", {7, 8}, false}}};
  StreamFollower follower(stream_, "arn", StreamFollower::Start::kHorizon);
  stream_.next_error = "TrimmedDataAccessException";
  EXPECT_THAT(Read(follower), IsEmpty());
  EXPECT_THAT(Read(follower), ElementsAre("7", "8"));
}

TEST_F(StreamFollowerTest, LeavesOutShardsThatAreNotWanted) {
  stream_.shards = {{"a", {"", {1}, true}}, {"b", {"a", {2}, false}}};
  StreamFollower follower(stream_, "arn", StreamFollower::Start::kHorizon);
  const auto refuse = [](const StreamPage&) -> Result<bool> { return false; };
  EXPECT_EQ(follower.ReadPages(refuse).value(), 1U);
  EXPECT_EQ(follower.ReadPages(refuse).value(), 0U);
  EXPECT_TRUE(follower.caught_up());
}

TEST_F(StreamFollowerTest, TellsWhatTheEndpointRefuses) {
  stream_.shards = {{"a", {"", {1}, false}}};
  StreamFollower follower(stream_, "arn", StreamFollower::Start::kHorizon);
  stream_.next_error = "AccessDeniedException";
  const auto visit = [](const StreamPage&) -> Result<bool> { return true; };
  EXPECT_EQ(follower.ReadPages(visit).error().client_text(), "a: AccessDeniedException");
}

/// Answers by operation.
class FixedSink final : public CallSink {
 public:
  explicit FixedSink(std::map<std::string, CallAnswer, std::less<>> answers)
      : answers_(std::move(answers)) {}
  Result<CallAnswer> Call(std::string_view operation, std::string_view) override {
    return answers_.find(operation)->second;
  }
  Result<void> Wait(std::chrono::milliseconds) override { return Ok(); }

 private:
  std::map<std::string, CallAnswer, std::less<>> answers_;
};

TEST(FindNewestStream, TakesTheLatestLabel) {
  FixedSink sink({{"ListStreams",
                   {200, R"({"Streams":[{"StreamArn":"b","StreamLabel":"2026-02"},)"
                         R"({"StreamArn":"a","StreamLabel":"2026-03"},)"
                         R"({"StreamArn":"c","StreamLabel":"2026-01"}]})"}}});
  EXPECT_EQ(FindNewestStream(sink, sink, "t").value(), "a");
}

TEST(FindNewestStream, SaysHowATableGetsAStream) {
  FixedSink sink({{"ListStreams", {200, R"({"Streams":[]})"}}, {"DescribeTable", {200, "{}"}}});
  EXPECT_EQ(FindNewestStream(sink, sink, "t").error().client_text(),
            "Table t has no stream. To give it one: aws dynamodb update-table --table-name t "
            "--stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES");
}

TEST(FindNewestStream, SaysThatThereIsNoTable) {
  FixedSink sink({{"ListStreams", {200, R"({"Streams":[]})"}},
                  {"DescribeTable",
                   {400, R"({"__type":"x#ResourceNotFoundException","message":"not found"})"}}});
  EXPECT_EQ(FindNewestStream(sink, sink, "t").error().client_text(),
            "Table t: ResourceNotFoundException: not found. Without -sharedDb each pair of access "
            "key and region has its own tables");
}

}  // namespace
}  // namespace pumice
