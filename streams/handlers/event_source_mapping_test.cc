// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/event_source_mapping.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "model/attribute_json.h"
#include "storage/database.h"
#include "storage/item_codec.h"
#include "streams/handlers/feed_test_kit.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;
class Mapping : public testing::Test {
 protected:
  void SetUp() override {
    config_.event_source_arn = config_.source.table_name = "T";
    config_.function_name = "f";
    config_.starting_position = StartingPosition::kTrimHorizon;
    database_ = Database::Open({}, clock_, random_, log_).value();
    database_->changes().SetListener([this](StreamId id) { woken_.push_back(id); });
  }
  void TearDown() override {
    mapping_.reset();
    database_->changes().SetListener({});
  }

  void CreateTable(bool with_stream = true) {
    clock_.Advance(1s);
    TableDescription table;
    table.name = TableName("T");
    table.arn = "arn:aws:dynamodb:us-east-1:000000000000:table/T";
    table.key_schema.hash.push_back({"pk", AttributeType::kS});
    table.attribute_definitions = table.key_schema.hash;
    if (with_stream) table.stream = TableStream{};
    ASSERT_TRUE(database_->catalog().Create(table).has_value());
  }

  void SetStream(bool enabled) {
    clock_.Advance(1s);
    const auto change = [&](const TableDescription& current) -> Result<TableDescription> {
      TableDescription changed = current;
      if (enabled) {
        changed.stream = TableStream{};
      } else {
        changed.stream->enabled = false;
      }
      return changed;
    };
    ASSERT_TRUE(database_->catalog().Update("T", change).has_value());
  }

  void Put(const std::string& key, int number = 0) {
    const TablePtr table = database_->catalog().Find("T");
    const auto item =
        ReadItemJson(fmt::format(R"({{"n":{{"N":"{}"}},"pk":{{"S":"{}"}}}})", number, key));
    const std::string encoded = EncodeItem(*item);
    const auto change = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
      return ItemChange{encoded};
    };
    const auto item_key = ExtractKey(table->key_schema, *item);
    ASSERT_TRUE(database_->items()
                    .Write(ItemWrite{.table = *table, .key = *item_key, .change = change})
                    .has_value());
  }

  /// What the service does for each call of the listener.
  void Wake() {
    for (const StreamId id : std::exchange(woken_, {})) mapping_->Wake(id);
  }

  void Start() {
    mapping_ = std::make_unique<EventSourceMapping>(
        config_, FeedParts{database_->changes(), sink_, destinations_, scheduler_, clock_, log_},
        database_->state());
    mapping_->Start(clock_.Now());
  }

  /// As after a kill: what is in flight is forgotten.
  void Restart() {
    mapping_.reset();
    sink_.in_flight.clear();
    woken_.clear();
    Start();
  }

  ManualClock clock_{TimePoint(1'700'000'000s)};
  SystemRandom random_;
  Log log_{LogLevel::kOff};
  std::unique_ptr<Database> database_;
  std::vector<StreamId> woken_;
  MappingConfig config_;
  FakeSink sink_{clock_};
  FakeDestinations destinations_;
  ManualScheduler scheduler_{clock_};
  std::unique_ptr<EventSourceMapping> mapping_;
};

TEST_F(Mapping, DeliversInTheOrderOfTheWritesInBatches) {
  CreateTable();
  for (const char* key : {"a", "b", "c", "d", "e"}) Put(key);
  config_.batch_size = 2;
  sink_.accept_all = true;
  Start();
  EXPECT_EQ(sink_.accepted, (std::vector<Keys>{{"a", "b"}, {"c", "d"}, {"e"}}));
  EXPECT_EQ(mapping_->Report().records_delivered, 5);
}

TEST_F(Mapping, KeepsOneInvocationInFlight) {
  CreateTable();
  Put("a");
  Start();
  Put("b");
  Wake();
  EXPECT_EQ(sink_.in_flight.size(), 1u);
  sink_.Accept();
  EXPECT_EQ(sink_.front(), Keys{"b"});
}

TEST_F(Mapping, IsWokenByAWrite) {
  CreateTable();
  Start();
  EXPECT_TRUE(sink_.in_flight.empty());
  EXPECT_TRUE(scheduler_.empty()) << "nothing is polled";
  Put("a");
  Wake();
  EXPECT_EQ(sink_.front(), Keys{"a"});
}

TEST_F(Mapping, DeliversAgainAfterARestartWhatWasNotAccepted) {
  CreateTable();
  config_.batch_size = 1;
  Put("a");
  Put("b");
  Start();
  sink_.Accept();
  EXPECT_EQ(sink_.front(), Keys{"b"});
  Restart();
  EXPECT_EQ(sink_.front(), Keys{"b"});
}

TEST_F(Mapping, GoesOnAfterARestartBehindWhatWasAccepted) {
  CreateTable();
  Put("a");
  Start();
  sink_.Accept();
  Restart();
  EXPECT_TRUE(sink_.in_flight.empty());
}

TEST_F(Mapping, RepeatsAFailedBatchWithGrowingPauses) {
  CreateTable();
  Put("a");
  Put("b");
  Start();
  std::vector<std::chrono::milliseconds> pauses;
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(sink_.front(), (Keys{"a", "b"}));
    sink_.Fail();
    Put("later" + std::to_string(i));
    Wake();
    EXPECT_TRUE(sink_.in_flight.empty()) << "a write does not shorten the pause";
    pauses.push_back(scheduler_.RunNext());
  }
  EXPECT_EQ(pauses, (std::vector<std::chrono::milliseconds>{100ms, 200ms, 400ms, 800ms, 1600ms,
                                                            3200ms, 5000ms, 5000ms}));
  EXPECT_EQ(mapping_->Report().failed_attempts, 8);
  EXPECT_EQ(mapping_->Report().last_error, "Exception: no");
  EXPECT_EQ(mapping_->Report().last_failed_record, "100000000000000000001");
  sink_.Accept();
  EXPECT_EQ(sink_.front().front(), "later0");
}

TEST_F(Mapping, StartsTheNextBatchWithTheFirstPause) {
  CreateTable();
  config_.batch_size = 1;
  Put("a");
  Put("b");
  Start();
  sink_.Fail();
  scheduler_.RunNext();
  sink_.Accept();
  EXPECT_EQ(sink_.front(), Keys{"b"});
  sink_.Fail();
  EXPECT_EQ(scheduler_.RunNext(), 100ms);
}

// AWS: MaximumRetryAttempts 1 means two invocations.
TEST_F(Mapping, GivesUpAfterMaximumRetryAttempts) {
  CreateTable();
  config_.max_retries = 1;
  config_.batch_size = 1;
  Put("a");
  Put("b");
  Start();
  sink_.Fail();
  scheduler_.RunNext();
  EXPECT_EQ(sink_.front(), Keys{"a"});
  sink_.Fail();
  EXPECT_EQ(sink_.front(), Keys{"b"});
  EXPECT_EQ(mapping_->Report().records_given_up, 1);
  Restart();
  EXPECT_EQ(sink_.front(), Keys{"b"});
}

TEST_F(Mapping, PassesOverRecordsOlderThanMaximumRecordAge) {
  CreateTable();
  config_.max_record_age = 60s;
  Put("old");
  clock_.Advance(61s);
  Put("new");
  Start();
  EXPECT_EQ(sink_.front(), Keys{"new"});
  EXPECT_EQ(mapping_->Report().records_given_up, 1);
}

TEST_F(Mapping, LetsGoOfRecordsThatExpireWhileTheyFail) {
  CreateTable();
  Put("old");
  Start();
  sink_.Fail();
  clock_.Advance(25h);
  Put("new");
  scheduler_.RunNext();
  EXPECT_EQ(sink_.front(), Keys{"new"});
  EXPECT_EQ(mapping_->Report().records_given_up, 1);
}

TEST_F(Mapping, LatestLeavesOutWhatWasThereBefore) {
  CreateTable();
  config_.starting_position = StartingPosition::kLatest;
  Put("before");
  clock_.Advance(1s);
  Start();
  Put("after");
  Wake();
  EXPECT_EQ(sink_.front(), Keys{"after"});
}

TEST_F(Mapping, LatestIsTheSameMomentAfterARestart) {
  CreateTable();
  config_.starting_position = StartingPosition::kLatest;
  Put("before");
  clock_.Advance(1s);
  Start();
  mapping_.reset();
  Put("between");
  Restart();
  EXPECT_EQ(sink_.front(), Keys{"between"});
}

TEST_F(Mapping, WaitsForATableThatIsMadeLater) {
  config_.starting_position = StartingPosition::kLatest;
  Start();
  EXPECT_EQ(mapping_->Report().state, "Enabled");
  EXPECT_EQ(mapping_->Report().last_result, "No records processed");
  CreateTable();
  Put("first");
  Wake();
  EXPECT_EQ(sink_.front(), Keys{"first"}) << "the mapping was there before the stream";
  EXPECT_EQ(mapping_->Report().state, "Enabled");
}

TEST_F(Mapping, WaitsForAStreamThatIsSwitchedOnLater) {
  CreateTable(/*with_stream=*/false);
  Put("before");
  Start();
  SetStream(true);
  Put("after");
  Wake();
  EXPECT_EQ(sink_.front(), Keys{"after"});
}

TEST_F(Mapping, ReadsAClosedStreamToItsEndBeforeTheNewOne) {
  CreateTable();
  config_.batch_size = 1;
  Put("a");
  Put("b");
  Start();
  SetStream(false);
  SetStream(true);
  Put("c");
  Wake();
  sink_.accept_all = true;
  sink_.Accept();
  scheduler_.RunNext();
  EXPECT_EQ(sink_.accepted, (std::vector<Keys>{{"a"}, {"b"}, {"c"}}));
}

TEST_F(Mapping, FindsTheRestOfAClosedStreamAfterARestart) {
  CreateTable();
  config_.batch_size = 1;
  Put("a");
  Put("b");
  Start();
  sink_.Accept();
  SetStream(false);
  SetStream(true);
  Put("c");
  Restart();
  EXPECT_EQ(sink_.front(), Keys{"b"});
}

TEST_F(Mapping, FollowsATableThatIsDeletedAndMadeAnew) {
  CreateTable();
  sink_.accept_all = true;
  Start();
  Put("old");
  Wake();
  clock_.Advance(1s);
  const auto agree = [](const TableDescription&) -> Result<void> { return Ok(); };
  ASSERT_TRUE(database_->catalog().Delete("T", agree).has_value());
  Wake();
  scheduler_.RunNext();
  EXPECT_EQ(mapping_->Report().state, "Enabled");
  EXPECT_EQ(mapping_->Report().stream_arn, "");
  CreateTable();
  Put("new");
  Wake();
  EXPECT_EQ(sink_.accepted, (std::vector<Keys>{{"old"}, {"new"}}));
}

TEST_F(Mapping, OfOneStreamStaysWithThatStream) {
  CreateTable();
  config_.source.stream_arn = database_->catalog().Find("T")->stream->arn.value();
  sink_.accept_all = true;
  Start();
  Put("a");
  SetStream(false);
  SetStream(true);
  Put("b");
  Wake();
  scheduler_.RunNext();
  EXPECT_EQ(sink_.accepted, (std::vector<Keys>{{"a"}}));
}

TEST_F(Mapping, ThatIsDisabledReadsNothing) {
  CreateTable();
  Put("a");
  config_.enabled = false;
  Start();
  Wake();
  EXPECT_TRUE(sink_.in_flight.empty());
  EXPECT_EQ(mapping_->Report().state, "Disabled");
}

TEST_F(Mapping, IsIndependentOfAnotherOneThatFails) {
  CreateTable();
  FakeSink other_sink(clock_);
  ManualScheduler other_scheduler(clock_);
  MappingConfig other_config = config_;
  other_config.function_name = "g";
  EventSourceMapping other(
      other_config,
      FeedParts{database_->changes(), other_sink, destinations_, other_scheduler, clock_, log_},
      database_->state());
  Start();
  other.Start(clock_.Now());
  Put("a");
  for (const StreamId id : woken_) other.Wake(id);
  Wake();
  sink_.Fail();
  other_sink.Accept();
  EXPECT_EQ(other.Report().records_delivered, 1);
  EXPECT_EQ(mapping_->Report().records_delivered, 0);
}

TEST_F(Mapping, StoppedDeliversNoMore) {
  CreateTable();
  Start();
  mapping_->Stop();
  Put("a");
  Wake();
  EXPECT_TRUE(sink_.in_flight.empty());
  EXPECT_EQ(mapping_->Report().state, "Stopped");
}

// --- What is told beside
// ----------------------------------------------------------------------------

TEST_F(Mapping, LosesItsTableAfterADay) {
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

TEST_F(Mapping, CountsWhatItReads) {
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

TEST_F(Mapping, LeavesOutWhatNoFilterMatches) {
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

TEST_F(Mapping, MovesItsCheckpointPastWhatIsLeftOut) {
  CreateTable();
  config_.filter_patterns = {R"({"eventName":["REMOVE"]})"};
  for (const char* key : {"a", "b"}) Put(key);
  Start();
  config_.filter_patterns.clear();
  Put("c");
  Restart();
  EXPECT_EQ(sink_.front(), Keys{"c"});
}

TEST_F(Mapping, WithABrokenFilterStaysDisabled) {
  CreateTable();
  config_.filter_patterns = {"{"};
  Start();
  EXPECT_EQ(mapping_->Report().state, "Disabled");
  EXPECT_EQ(mapping_->Report().last_error, "Invalid filter pattern definition.");
}

// --- ParallelizationFactor
// --------------------------------------------------------------------------

TEST_F(Mapping, HasSeveralInvocationsInFlight) {
  CreateTable();
  config_.parallelization_factor = 4;
  config_.batch_size = 1;
  for (int i = 0; i < 40; ++i) Put("k" + std::to_string(i));
  Start();
  EXPECT_EQ(sink_.in_flight.size(), 4u);
  EXPECT_EQ(mapping_->Report().in_flight, 4);
}

TEST_F(Mapping, KeepsTheOrderOfEachItem) {
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

TEST_F(Mapping, KeepsItsCheckpointAtTheLowestUnfinishedRecord) {
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

TEST_F(Mapping, OneLaneThatFailsLeavesTheOthersAlone) {
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

TEST_F(Mapping, KeepsTheStateOfAWindowOverARestart) {
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

TEST_F(Mapping, ClosesAWindowWithItsShard) {
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

TEST_F(Mapping, FinishesWhatIsInFlight) {
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

TEST_F(Mapping, FinishesAtOnceWithNothingInFlight) {
  CreateTable();
  Start();
  bool finished = false;
  mapping_->Finish("Disabling", [&] { finished = true; });
  EXPECT_TRUE(finished);
}

TEST_F(Mapping, FinishesDuringARetryPause) {
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

TEST_F(Mapping, StoresItsProgressNotMoreOftenThanNeeded) {
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

TEST_F(Mapping, WithAUuidHasProgressOfItsOwn) {
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

}  // namespace
}  // namespace pumice
