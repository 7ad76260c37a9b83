// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/event_source_mapping.h"

#include <vector>

#include <gtest/gtest.h>

#include "streams/handlers/mapping_test_kit.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;

class Mapping : public MappingTest {};

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

}  // namespace
}  // namespace pumice
