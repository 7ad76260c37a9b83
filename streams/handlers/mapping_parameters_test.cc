// SPDX-License-Identifier: Apache-2.0
// What the parameters of a mapping mean for the whole of it; those that one lane sees to are in
// feed_lane_test.cc.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "streams/handlers/mapping_test_kit.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;

class MappingParameters : public MappingTest {};

// --- What is told beside
// ----------------------------------------------------------------------------

TEST_F(MappingParameters, LosesItsTableAfterADay) {
  CreateTable();
  sink_.accept_all = true;
  Put("a");
  Start();
  const auto agree = [](const TableDescription&) -> Result<void> { return Ok(); };
  ASSERT_TRUE(database_->catalog().Delete("T", agree).has_value());
  clock_.Advance(25h);
  ASSERT_TRUE(database_->changes().Trim().has_value());
  Wake();
  scheduler_.RunNext();
  EXPECT_EQ(mapping_->Report().state, "Enabled");
  EXPECT_EQ(mapping_->Report().last_result, "PROBLEM: Stream not found");
}

TEST_F(MappingParameters, CountsWhatItReads) {
  CreateTable();
  config_.filter_patterns = {R"({"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"a"}]}}}})"};
  for (const char* key : {"a1", "b1", "a2"}) Put(key);
  Start();
  EXPECT_EQ(mapping_->Report().in_flight, 1);
  sink_.Accept();
  const MappingReport report = mapping_->Report();
  EXPECT_EQ(report.records_read, 3);
  EXPECT_EQ(report.records_filtered, 1);
  EXPECT_EQ(report.records_delivered, 2);
  EXPECT_EQ(report.in_flight, 0);
  EXPECT_EQ(report.iterator_age_ms, 20);
}

// --- Filters
// ----------------------------------------------------------------------------------------

TEST_F(MappingParameters, LeavesOutWhatNoFilterMatches) {
  CreateTable();
  config_.filter_patterns = {R"({"dynamodb":{"Keys":{"pk":{"S":["a"]}}}})",
                             R"({"dynamodb":{"Keys":{"pk":{"S":["c"]}}}})"};
  for (const char* key : {"a", "b", "c", "d"}) Put(key);
  Start();
  EXPECT_EQ(sink_.front(), (Keys{"a", "c"}));
  sink_.Accept();
  config_.filter_patterns.clear();
  Restart();
  EXPECT_TRUE(sink_.in_flight.empty()) << "the checkpoint is behind what was left out";
}

TEST_F(MappingParameters, MovesItsCheckpointPastWhatIsLeftOut) {
  CreateTable();
  config_.filter_patterns = {R"({"eventName":["REMOVE"]})"};
  for (const char* key : {"a", "b"}) Put(key);
  Start();
  config_.filter_patterns.clear();
  Put("c");
  Restart();
  EXPECT_EQ(sink_.front(), Keys{"c"});
}

TEST_F(MappingParameters, WithABrokenFilterStaysDisabled) {
  CreateTable();
  config_.filter_patterns = {"{"};
  Start();
  EXPECT_EQ(mapping_->Report().state, "Disabled");
  EXPECT_EQ(mapping_->Report().last_error, "Invalid filter pattern definition.");
}

// --- ParallelizationFactor
// --------------------------------------------------------------------------

TEST_F(MappingParameters, HasSeveralInvocationsInFlight) {
  CreateTable();
  config_.parallelization_factor = 4;
  config_.batch_size = 1;
  for (int i = 0; i < 40; ++i) Put("k" + std::to_string(i));
  Start();
  EXPECT_EQ(sink_.in_flight.size(), 4u);
  EXPECT_EQ(mapping_->Report().in_flight, 4);
}

TEST_F(MappingParameters, KeepsTheOrderOfEachItem) {
  CreateTable();
  config_.parallelization_factor = 4;
  config_.batch_size = 3;
  for (int i = 0; i < 60; ++i) {
    Put("k" + std::to_string(i % 7), i);
  }
  Start();
  std::map<std::string, std::vector<int>> seen;
  while (!sink_.in_flight.empty()) {
    const auto event = sink_.event();
    for (const auto& record : event["Records"]) {
      const auto& image = record["dynamodb"]["NewImage"];
      seen[image["pk"]["S"]].push_back(std::stoi(image["n"]["N"].get<std::string>()));
    }
    sink_.Accept();
  }
  int count = 0;
  for (const auto& [key, numbers] : seen) {
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end())) << key;
    count += static_cast<int>(numbers.size());
  }
  EXPECT_EQ(count, 60);
}

TEST_F(MappingParameters, KeepsItsCheckpointAtTheLowestUnfinishedRecord) {
  CreateTable();
  config_.parallelization_factor = 4;
  config_.batch_size = 1;
  for (int i = 0; i < 20; ++i) Put("k" + std::to_string(i));
  Start();
  const Keys stuck = sink_.front();
  // All but the first one's lane go on to their ends.
  std::rotate(sink_.in_flight.begin(), sink_.in_flight.begin() + 1, sink_.in_flight.end());
  while (sink_.in_flight.size() > 1) {
    if (sink_.front() == stuck) {
      std::rotate(sink_.in_flight.begin(), sink_.in_flight.begin() + 1, sink_.in_flight.end());
    }
    sink_.Accept();
  }
  const std::size_t before = sink_.accepted.size();
  EXPECT_GT(before, 4u);
  Restart();
  sink_.accept_all = true;
  while (!sink_.in_flight.empty()) sink_.Accept();
  std::set<std::string> after;
  for (std::size_t i = before; i < sink_.accepted.size(); ++i) after.insert(sink_.accepted[i][0]);
  EXPECT_TRUE(after.contains(stuck[0])) << "it was never accepted";
}

TEST_F(MappingParameters, OneLaneThatFailsLeavesTheOthersAlone) {
  CreateTable();
  config_.parallelization_factor = 2;
  config_.batch_size = 1;
  for (int i = 0; i < 20; ++i) Put("k" + std::to_string(i));
  Start();
  ASSERT_EQ(sink_.in_flight.size(), 2u);
  sink_.Fail();
  while (!sink_.in_flight.empty()) sink_.Accept();
  EXPECT_GT(mapping_->Report().records_delivered, 3);
  EXPECT_LT(mapping_->Report().records_delivered, 20);
}

// --- Tumbling windows
// -------------------------------------------------------------------------------

TEST_F(MappingParameters, KeepsTheStateOfAWindowOverARestart) {
  CreateTable();
  config_.tumbling_window = 900s;
  config_.batch_size = 1;
  Put("a");
  Put("b");
  Start();
  sink_.Answer(R"({"state":{"n":1}})");
  Restart();
  EXPECT_EQ(sink_.front(), Keys{"b"});
  EXPECT_EQ(sink_.event()["state"]["n"], 1);
  sink_.Answer(R"({"state":{"n":2}})");
  Restart();
  scheduler_.RunNext();
  EXPECT_EQ(sink_.event()["isFinalInvokeForWindow"], true);
  EXPECT_EQ(sink_.event()["state"]["n"], 2);
  sink_.Answer(R"({"state":{}})");
  Restart();
  EXPECT_TRUE(sink_.in_flight.empty());
  EXPECT_TRUE(scheduler_.empty()) << "no window is open";
}

TEST_F(MappingParameters, ClosesAWindowWithItsShard) {
  CreateTable();
  config_.tumbling_window = 900s;
  Put("a");
  Start();
  sink_.Answer(R"({"state":1})");
  SetStream(false);
  Wake();
  EXPECT_EQ(sink_.event()["isFinalInvokeForWindow"], true);
}

// --- Changes while it runs
// --------------------------------------------------------------------------

TEST_F(MappingParameters, FinishesWhatIsInFlight) {
  CreateTable();
  config_.batch_size = 1;
  Put("a");
  Put("b");
  Start();
  bool finished = false;
  mapping_->Finish("Updating", [&] { finished = true; });
  EXPECT_FALSE(finished);
  EXPECT_EQ(mapping_->Report().state, "Updating");
  sink_.Accept();
  scheduler_.RunNext();
  EXPECT_TRUE(finished);
  EXPECT_TRUE(sink_.in_flight.empty());
  Restart();
  EXPECT_EQ(sink_.front(), Keys{"b"});
}

TEST_F(MappingParameters, FinishesAtOnceWithNothingInFlight) {
  CreateTable();
  Start();
  bool finished = false;
  mapping_->Finish("Disabling", [&] { finished = true; });
  EXPECT_TRUE(finished);
}

TEST_F(MappingParameters, FinishesDuringARetryPause) {
  CreateTable();
  Put("a");
  Start();
  sink_.Fail();
  bool finished = false;
  mapping_->Finish("Updating", [&] { finished = true; });
  EXPECT_TRUE(finished);
  Restart();
  EXPECT_EQ(sink_.front(), Keys{"a"});
}

// --- The checkpoint
// ---------------------------------------------------------------------------------

TEST_F(MappingParameters, StoresItsProgressNotMoreOftenThanNeeded) {
  CreateTable();
  config_.parallelization_factor = 2;
  config_.batch_size = 1;
  for (int i = 0; i < 8; ++i) Put("k" + std::to_string(i));
  Start();
  EXPECT_TRUE(scheduler_.empty());
  sink_.Accept();
  EXPECT_TRUE(scheduler_.empty()) << "stored at once";
  clock_.Advance(-20ms);
  while (!sink_.in_flight.empty()) {
    sink_.Accept();
    clock_.Advance(-20ms);
  }
  EXPECT_EQ(scheduler_.RunNext(), kSavePause);
  Restart();
  EXPECT_TRUE(sink_.in_flight.empty());
}

TEST_F(MappingParameters, WithAUuidHasProgressOfItsOwn) {
  CreateTable();
  Put("a");
  Start();
  sink_.Accept();
  config_.uuid = "11111111-2222-4333-8444-555555555555";
  Restart();
  EXPECT_EQ(sink_.front(), Keys{"a"});
  sink_.Accept();
  Restart();
  EXPECT_TRUE(sink_.in_flight.empty());
  ASSERT_TRUE(MappingProgress::Remove(database_->state(), config_).has_value());
  Restart();
  EXPECT_EQ(sink_.front(), Keys{"a"});
}

// --- Shards
// -----------------------------------------------------------------------------------------

class MappingThroughASplit : public MappingTest {
 protected:
  void Split(std::uint32_t count) {
    clock_.Advance(1s);
    const std::string arn = database_->catalog().Find("T")->stream->arn.value();
    ASSERT_TRUE(database_->changes().RotateShards(arn, count).has_value());
  }

  /// All that is in flight and what comes after it; the numbers that each item's records have.
  std::map<std::string, std::vector<int>> AcceptAll() {
    std::map<std::string, std::vector<int>> seen;
    while (!sink_.in_flight.empty() || !scheduler_.empty()) {
      if (sink_.in_flight.empty()) {
        scheduler_.RunNext();
        continue;
      }
      const auto event = sink_.event();
      for (const auto& record : event["Records"]) {
        const auto& image = record["dynamodb"]["NewImage"];
        seen[image["pk"]["S"]].push_back(std::stoi(image["n"]["N"].get<std::string>()));
      }
      sink_.Accept();
    }
    return seen;
  }
};

TEST_F(MappingThroughASplit, WaitsWithTheChildrenForTheirParent) {
  CreateTable();
  Put("a");
  Start();
  Split(2);
  Put("b");
  Put("c");
  Wake();
  EXPECT_EQ(sink_.in_flight.size(), 1u);
  sink_.Fail();
  EXPECT_EQ(scheduler_.RunNext(), 100ms);
  EXPECT_EQ(sink_.front(), Keys{"a"}) << "as long as the parent fails";
  sink_.Accept();
  scheduler_.RunNext();
  sink_.accept_all = true;
  while (!sink_.in_flight.empty()) sink_.Accept();
  EXPECT_EQ(mapping_->Report().records_delivered, 3);
}

TEST_F(MappingThroughASplit, KeepsTheOrderOfEachItem) {
  CreateTable();
  config_.parallelization_factor = 3;
  config_.batch_size = 2;
  Start();
  for (int i = 0; i < 90; ++i) {
    if (i == 30) Split(2);
    if (i == 60) Split(4);
    Put("k" + std::to_string(i % 7), i);
  }
  Wake();
  const auto seen = AcceptAll();
  EXPECT_EQ(seen.size(), 7u);
  for (const auto& [key, numbers] : seen) {
    std::vector<int> wanted;
    for (int i = std::stoi(key.substr(1)); i < 90; i += 7) wanted.push_back(i);
    EXPECT_EQ(numbers, wanted) << key;
  }
}

TEST_F(MappingThroughASplit, GoesOnAfterARestartInTheMiddle) {
  CreateTable();
  config_.batch_size = 1;
  Put("a", 1);
  Put("a", 2);
  Start();
  sink_.Accept();
  Split(2);
  Put("a", 3);
  Wake();
  Restart();
  EXPECT_EQ(AcceptAll()["a"], (std::vector<int>{2, 3}));
  Restart();
  EXPECT_TRUE(AcceptAll().empty());
}

TEST_F(MappingThroughASplit, ForgetsShardsThatAreGone) {
  CreateTable();
  sink_.accept_all = true;
  Put("a");
  Start();
  Split(1);
  Wake();
  scheduler_.Pass(1s);
  clock_.Advance(25h);
  ASSERT_TRUE(database_->changes().Trim().has_value());
  Put("b");
  Wake();
  scheduler_.Pass(1s);
  EXPECT_EQ(sink_.accepted, (std::vector<Keys>{{"a"}, {"b"}}));
  const auto stored = database_->state().Get("handlers/mapping/T|f").value().value_or("");
  const auto streams = nlohmann::json::parse(stored)["streams"];
  ASSERT_EQ(streams.size(), 1u);
  EXPECT_EQ(streams.begin()->size(), 1u) << stored;
}

}  // namespace
}  // namespace pumice
