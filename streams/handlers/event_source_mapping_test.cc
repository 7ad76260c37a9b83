// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/event_source_mapping.h"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "model/attribute_json.h"
#include "storage/database.h"
#include "storage/item_codec.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;
using Keys = std::vector<std::string>;

/// Time passes only by RunNext.
class ManualScheduler final : public Scheduler {
 public:
  std::unique_ptr<Timer> After(std::chrono::milliseconds delay,
                               std::function<void()> work) override {
    const int number = ++last_number_;
    waiting_[number] = {delay, std::move(work)};
    return std::make_unique<Handle>(*this, number);
  }

  bool empty() const { return waiting_.empty(); }

  /// Runs the only waiting call and tells how long it would have waited.
  std::chrono::milliseconds RunNext() {
    EXPECT_EQ(waiting_.size(), 1u);
    if (waiting_.empty()) return -1ms;
    const auto [delay, work] = std::move(waiting_.extract(waiting_.begin()).mapped());
    work();
    return delay;
  }

 private:
  struct Handle final : Timer {
    Handle(ManualScheduler& owner, int number) : owner(owner), number(number) {}
    ~Handle() override { owner.waiting_.erase(number); }
    ManualScheduler& owner;
    int number;
  };

  int last_number_ = 0;
  std::map<int, std::pair<std::chrono::milliseconds, std::function<void()>>> waiting_;
};

/// Keeps each invocation until the test accepts or refuses it.
class FakeSink final : public FunctionSink {
 public:
  void Invoke(Invocation invocation, InvocationDone done) override {
    Keys keys;
    const auto parsed = nlohmann::json::parse(invocation.event);
    for (const auto& record : parsed.at("Records")) {
      keys.push_back(record.at("dynamodb").at("Keys").at("pk").at("S"));
    }
    if (accept_all) {
      accepted.push_back(std::move(keys));
      done({});
      return;
    }
    in_flight.push_back({std::move(keys), std::move(done)});
  }

  Keys front() const { return in_flight.empty() ? Keys{} : in_flight.front().keys; }
  void Accept() { Finish(std::nullopt); }
  void Fail() { Finish(FunctionError{.type = "Exception", .message = "no"}); }

  struct Call {
    Keys keys;
    InvocationDone done;
  };
  std::deque<Call> in_flight;
  bool accept_all = false;
  std::vector<Keys> accepted;

 private:
  void Finish(std::optional<FunctionError> error) {
    Call call = std::move(in_flight.front());
    in_flight.pop_front();
    if (!error) accepted.push_back(call.keys);
    call.done({.error = std::move(error)});
  }
};

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

  void Put(const std::string& key) {
    const TablePtr table = database_->catalog().Find("T");
    const auto item = ReadItemJson(R"({"pk":{"S":")" + key + R"("}})");
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
        config_, FeedParts{database_->changes(), sink_, scheduler_, clock_, log_},
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
  FakeSink sink_;
  ManualScheduler scheduler_;
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
  EXPECT_EQ(mapping_->Report().state, "WaitingForStream");
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
  EXPECT_EQ(mapping_->Report().state, "WaitingForStream");
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
  FakeSink other_sink;
  ManualScheduler other_scheduler;
  MappingConfig other_config = config_;
  other_config.function_name = "g";
  EventSourceMapping other(
      other_config, FeedParts{database_->changes(), other_sink, other_scheduler, clock_, log_},
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

}  // namespace
}  // namespace pumice
