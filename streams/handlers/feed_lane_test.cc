// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/feed_lane.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "streams/handlers/feed_test_kit.h"
#include "streams/handlers/lambda_event.h"
#include "streams/sequence_number.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using std::chrono::milliseconds;

class Lane : public testing::Test {
 protected:
  void SetUp() override {
    config_.function_name = "f";
    config_.on_failure = "arn:aws:sqs:us-east-1:000000000000:dead";
  }

  void Open(WindowProgress window = {}) {
    lane_ = std::make_unique<FeedLane>(LaneParts{sink_, destinations_, scheduler_, clock_, log_},
                                       config_, ShardName{"arn:stream", "shardId-1"}, status_,
                                       std::move(window), [this] { Pump(); });
  }

  void Pump() {
    while (lane_->Step(ahead_)) {
    }
  }

  void Add(const std::string& key, std::size_t padding = 0) {
    const SequenceNumber sequence(++last_);
    lane_->Add(
        {.sequence = sequence,
         .created = clock_.Now(),
         .json = fmt::format(
             R"({{"dynamodb":{{"Keys":{{"pk":{{"S":"{}"}}}},"SequenceNumber":"{}"}},"x":"{}"}})",
             key, SequenceNumberText(sequence), std::string(padding, 'x'))});
  }
  void AddAll(const Keys& keys) {
    for (const std::string& key : keys) Add(key);
  }

  /// A function that fails whenever `bad` is in its batch, until nothing is left to do.
  void RunWithPoison(const std::string& bad) {
    while (!sink_.in_flight.empty() || !scheduler_.empty()) {
      if (sink_.in_flight.empty()) {
        scheduler_.RunNext();
        continue;
      }
      const Keys keys = sink_.front();
      const bool fails = std::find(keys.begin(), keys.end(), bad) != keys.end();
      fails ? sink_.Fail() : sink_.Accept();
    }
  }

  /// The same, but it names the record.
  void RunWithReportedPoison(const std::string& bad) {
    while (!sink_.in_flight.empty() || !scheduler_.empty()) {
      if (sink_.in_flight.empty()) {
        scheduler_.RunNext();
        continue;
      }
      json failures = json::array();
      const json event = sink_.event();
      for (const json& record : event["Records"]) {
        if (record["dynamodb"]["Keys"]["pk"]["S"] != bad) continue;
        failures.push_back({{"itemIdentifier", record["dynamodb"]["SequenceNumber"]}});
      }
      sink_.Answer(json{{"batchItemFailures", failures}}.dump());
    }
  }

  MappingReport report() const { return status_.Read(); }

  ManualClock clock_{TimePoint(1'700'000'000s)};
  ManualScheduler scheduler_{clock_};
  FakeSink sink_{clock_};
  FakeDestinations destinations_;
  Log log_{LogLevel::kOff};
  MappingConfig config_;
  MappingStatus status_;
  FeedLane::Ahead ahead_{.none_now = true};
  std::uint64_t last_ = 0;
  std::unique_ptr<FeedLane> lane_;
};

// --- Retries
// ----------------------------------------------------------------------------------------

// AWS-recorded: MaximumRetryAttempts 1 means two invocations, and approximateInvokeCount 2.
TEST_F(Lane, GivesUpAfterMaximumRetryAttempts) {
  config_.max_retries = 1;
  config_.batch_size = 1;
  Open();
  AddAll({"bad", "good"});
  Pump();
  RunWithPoison("bad");
  EXPECT_EQ(sink_.calls, (std::vector<Keys>{{"bad"}, {"bad"}, {"good"}}));
  ASSERT_EQ(destinations_.records.size(), 1u);
  const FailureRecord& record = destinations_.records[0];
  EXPECT_EQ(record.invoke_count, 2);
  EXPECT_EQ(record.reason, GiveUpReason::kRetryAttemptsExhausted);
  EXPECT_TRUE(record.function_error);
  EXPECT_EQ(record.batch_size, 1u);
  EXPECT_EQ(record.first, SequenceNumber(1));
  EXPECT_EQ(record.request_id, "request-2");
  EXPECT_EQ(report().records_given_up, 1);
  EXPECT_EQ(report().records_dead_lettered, 1);
  EXPECT_EQ(report().records_retried, 1);
  EXPECT_EQ(report().records_delivered, 1);
  EXPECT_EQ(report().last_result, "OK");
}

TEST_F(Lane, WithNoRetriesInvokesOnce) {
  config_.max_retries = 0;
  Open();
  AddAll({"bad"});
  Pump();
  RunWithPoison("bad");
  EXPECT_EQ(sink_.calls, (std::vector<Keys>{{"bad"}}));
  EXPECT_EQ(destinations_.records[0].invoke_count, 1);
}

// AWS: throttles and missing functions are tried again without using the quota.
TEST_F(Lane, DoesNotCountWhatWasNotInvoked) {
  config_.max_retries = 0;
  Open();
  Add("a");
  Pump();
  for (int i = 0; i < 3; ++i) {
    sink_.Refuse();
    scheduler_.RunNext();
  }
  EXPECT_EQ(report().last_result, "PROBLEM: Function call failed");
  sink_.Refuse({.type = "ResourceNotFoundException", .message = "Function not found: arn:f"});
  EXPECT_EQ(report().last_result,
            "PROBLEM: Function not found: arn:f (Service: AWSLambda; Status Code: 404; Error Code: "
            "ResourceNotFoundException)");
  scheduler_.RunNext();
  sink_.Fail();
  ASSERT_EQ(destinations_.records.size(), 1u);
  EXPECT_EQ(destinations_.records[0].invoke_count, 1);
}

TEST_F(Lane, WithoutADestinationOnlyCounts) {
  config_.max_retries = 0;
  config_.on_failure.clear();
  Open();
  Add("bad");
  Pump();
  sink_.Fail();
  EXPECT_EQ(destinations_.attempts, 0);
  EXPECT_EQ(report().records_given_up, 1);
  EXPECT_EQ(report().records_dead_lettered, 0);
  EXPECT_TRUE(lane_->IsDone());
}

TEST_F(Lane, WaitsForADestinationThatCannotBeWritten) {
  config_.max_retries = 0;
  Open();
  Add("bad");
  Pump();
  destinations_.broken = true;
  sink_.Fail();
  EXPECT_EQ(scheduler_.RunNext(), 100ms);
  EXPECT_EQ(lane_->lowest(), SequenceNumber(1)) << "the checkpoint waits, too";
  destinations_.broken = false;
  EXPECT_EQ(scheduler_.RunNext(), 200ms);
  EXPECT_EQ(destinations_.records.size(), 1u);
  EXPECT_EQ(report().records_dead_lettered, 1);
  EXPECT_TRUE(lane_->IsDone());
}

TEST_F(Lane, GoesOnWithoutADestinationThatStaysUnwritable) {
  config_.max_retries = 0;
  config_.batch_size = 1;
  Open();
  AddAll({"bad", "good"});
  Pump();
  destinations_.broken = true;
  sink_.Fail();
  while (!scheduler_.empty()) scheduler_.RunNext();
  EXPECT_EQ(destinations_.attempts, kDestinationAttempts);
  EXPECT_EQ(report().records_unreported, 1);
  EXPECT_EQ(sink_.front(), Keys{"good"});
}

TEST_F(Lane, DoesNotWaitForADestinationThatIsNone) {
  config_.max_retries = 0;
  Open();
  Add("bad");
  Pump();
  destinations_.broken = true;
  destinations_.broken_with = ErrorCode::kValidation;
  sink_.Fail();
  EXPECT_EQ(destinations_.attempts, 1);
  EXPECT_TRUE(lane_->IsDone());
}

// --- Age
// --------------------------------------------------------------------------------------------

// AWS-recorded: RecordAgeExceeded, and 1 for records that were never invoked.
TEST_F(Lane, GivesUpRecordsOlderThanMaximumRecordAge) {
  config_.max_record_age = 60s;
  Open();
  AddAll({"old", "older than it seems"});
  clock_.Advance(61s);
  Add("new");
  Pump();
  EXPECT_EQ(sink_.calls, (std::vector<Keys>{{"new"}}));
  ASSERT_EQ(destinations_.records.size(), 1u);
  EXPECT_EQ(destinations_.records[0].reason, GiveUpReason::kRecordAgeExceeded);
  EXPECT_EQ(destinations_.records[0].invoke_count, 1);
  EXPECT_EQ(destinations_.records[0].batch_size, 2u);
}

TEST_F(Lane, StopsRetryingWhenTheRecordsAreTooOld) {
  config_.max_record_age = 60s;
  Open();
  Add("bad");
  Pump();
  RunWithPoison("bad");
  ASSERT_EQ(destinations_.records.size(), 1u);
  EXPECT_EQ(destinations_.records[0].reason, GiveUpReason::kRecordAgeExceeded);
  EXPECT_EQ(destinations_.records[0].invoke_count, static_cast<std::int64_t>(sink_.calls.size()));
  EXPECT_GT(sink_.calls.size(), 10u);
}

TEST_F(Lane, StopsRetryingAfterTheStreams24Hours) {
  Open();
  Add("bad");
  Pump();
  sink_.Fail();
  clock_.Advance(25h);
  scheduler_.RunNext();
  EXPECT_TRUE(sink_.in_flight.empty());
  EXPECT_EQ(destinations_.records[0].reason, GiveUpReason::kRecordAgeExceeded);
}

// --- Bisect
// -----------------------------------------------------------------------------------------

TEST_F(Lane, BisectsDownToTheBadRecord) {
  config_.bisect_on_error = true;
  config_.max_retries = 1;
  Open();
  AddAll({"a", "b", "c", "bad", "e", "f"});
  Pump();
  RunWithPoison("bad");
  EXPECT_EQ(sink_.calls, (std::vector<Keys>{{"a", "b", "c", "bad", "e", "f"},
                                            {"a", "b", "c"},
                                            {"bad", "e", "f"},
                                            {"bad", "e"},
                                            {"bad"},
                                            {"bad"},
                                            {"e"},
                                            {"f"}}));
  ASSERT_EQ(destinations_.records.size(), 1u);
  EXPECT_EQ(destinations_.records[0].batch_size, 1u);
  EXPECT_EQ(destinations_.records[0].invoke_count, 2);
  EXPECT_EQ(report().records_delivered, 5);
}

TEST_F(Lane, BisectsEvenWithoutRetries) {
  config_.bisect_on_error = true;
  config_.max_retries = 0;
  Open();
  AddAll({"a", "bad"});
  Pump();
  RunWithPoison("bad");
  EXPECT_EQ(sink_.calls, (std::vector<Keys>{{"a", "bad"}, {"a"}, {"bad"}}));
}

// --- ReportBatchItemFailures
// ------------------------------------------------------------------------

// AWS-recorded: the bad record came five times, approximateInvokeCount was 4.
TEST_F(Lane, CountsRetriesAnewForTheRestOfABatch) {
  config_.reports_item_failures = true;
  config_.max_retries = 3;
  config_.batch_size = 3;
  Open();
  AddAll({"1", "2", "3", "4", "5", "bad"});
  Pump();
  RunWithReportedPoison("bad");
  EXPECT_EQ(
      sink_.calls,
      (std::vector<Keys>{{"1", "2", "3"}, {"4", "5", "bad"}, {"bad"}, {"bad"}, {"bad"}, {"bad"}}));
  ASSERT_EQ(destinations_.records.size(), 1u);
  EXPECT_EQ(destinations_.records[0].invoke_count, 4);
  EXPECT_FALSE(destinations_.records[0].function_error);
}

TEST_F(Lane, RetriesFromTheLowestFailedRecordOn) {
  config_.reports_item_failures = true;
  Open();
  AddAll({"a", "b", "c", "d"});
  Pump();
  sink_.Answer(fmt::format(
      R"({{"batchItemFailures":[{{"itemIdentifier":"{}"}},{{"itemIdentifier":"{}"}}]}})",
      SequenceNumberText(SequenceNumber(4)), SequenceNumberText(SequenceNumber(2))));
  EXPECT_EQ(lane_->lowest(), SequenceNumber(2));
  EXPECT_EQ(report().records_delivered, 1);
  EXPECT_EQ(scheduler_.RunNext(), 100ms);
  EXPECT_EQ(sink_.front(), (Keys{"b", "c", "d"}));
}

// AWS: with Bisect the batch is split where the function said.
TEST_F(Lane, WithBisectSplitsAtTheReportedRecord) {
  config_.reports_item_failures = true;
  config_.bisect_on_error = true;
  config_.max_retries = 1;
  Open();
  AddAll({"a", "b", "bad", "d"});
  Pump();
  RunWithReportedPoison("bad");
  EXPECT_EQ(sink_.calls, (std::vector<Keys>{{"a", "b", "bad", "d"}, {"bad", "d"}, {"bad", "d"}}));
  EXPECT_EQ(destinations_.records[0].batch_size, 2u);
}

TEST_F(Lane, BisectsOnAnErrorWhereFailuresAreReported) {
  config_.reports_item_failures = true;
  config_.bisect_on_error = true;
  Open();
  AddAll({"a", "b"});
  Pump();
  sink_.Fail();
  scheduler_.RunNext();
  EXPECT_EQ(sink_.front(), Keys{"a"});
}

TEST_F(Lane, WithoutTheResponseTypeIgnoresReports) {
  Open();
  Add("a");
  Pump();
  sink_.Answer(R"({"batchItemFailures":[{"itemIdentifier":""}]})");
  EXPECT_TRUE(lane_->IsDone());
}

// --- Batches
// ----------------------------------------------------------------------------------------

TEST_F(Lane, SplitsWhatIsLargerThanAPayload) {
  Open();
  for (const char* key : {"a", "b", "c"}) Add(key, 2'500'000);
  Pump();
  EXPECT_EQ(sink_.front(), (Keys{"a", "b"}));
  EXPECT_LE(sink_.event().dump().size(), kMaxEventBytes);
  sink_.Accept();
  EXPECT_EQ(sink_.front(), Keys{"c"});
}

TEST_F(Lane, WaitsForTheBatchingWindow) {
  config_.batching_window = 10s;
  config_.batch_size = 3;
  Open();
  Add("a");
  Pump();
  EXPECT_TRUE(sink_.in_flight.empty());
  scheduler_.Pass(9s);
  Add("b");
  Pump();
  EXPECT_TRUE(sink_.in_flight.empty()) << "a later record does not begin it anew";
  scheduler_.Pass(1s);
  EXPECT_EQ(sink_.front(), (Keys{"a", "b"}));
}

TEST_F(Lane, DoesNotWaitWithAFullBatch) {
  config_.batching_window = 10s;
  config_.batch_size = 2;
  Open();
  AddAll({"a", "b", "c"});
  Pump();
  EXPECT_EQ(sink_.front(), (Keys{"a", "b"}));
  sink_.Accept();
  EXPECT_TRUE(sink_.in_flight.empty()) << "the next window begins with the end of the invocation";
  EXPECT_EQ(scheduler_.RunNext(), milliseconds(10s));
  EXPECT_EQ(sink_.front(), Keys{"c"});
}

TEST_F(Lane, DoesNotWaitWithAFullPayload) {
  config_.batching_window = 10s;
  Open();
  for (const char* key : {"a", "b", "c"}) Add(key, 2'500'000);
  Pump();
  EXPECT_EQ(sink_.front(), (Keys{"a", "b"}));
}

TEST_F(Lane, DoesNotWaitAtTheEndOfItsShard) {
  config_.batching_window = 10s;
  Open();
  Add("a");
  ahead_.none_ever = true;
  Pump();
  EXPECT_EQ(sink_.front(), Keys{"a"});
}

TEST_F(Lane, FinishedInvokesNoMore) {
  config_.batch_size = 1;
  Open();
  AddAll({"a", "b"});
  Pump();
  lane_->Finish();
  EXPECT_TRUE(lane_->in_flight());
  sink_.Accept();
  EXPECT_FALSE(lane_->in_flight());
  EXPECT_TRUE(sink_.in_flight.empty());
  EXPECT_EQ(lane_->lowest(), SequenceNumber(2));
}

// --- Tumbling windows
// -------------------------------------------------------------------------------

class TumblingLane : public Lane {
 protected:
  void SetUp() override {
    Lane::SetUp();
    config_.tumbling_window = 60s;  // the clock begins at 22:13:20
  }

  json Window() const {
    json event = sink_.event();
    event.erase("Records");
    return event;
  }
  static json Told(const char* start, const char* end, json state, bool is_final,
                   bool early = false) {
    return {{"window", {{"start", start}, {"end", end}}},
            {"state", std::move(state)},
            {"shardId", "shardId-1"},
            {"eventSourceARN", "arn:stream"},
            {"isFinalInvokeForWindow", is_final},
            {"isWindowTerminatedEarly", early}};
  }
};

TEST_F(TumblingLane, CarriesTheStateUntilTheEndOfTheWindow) {
  config_.batch_size = 1;
  Open();
  AddAll({"a", "b"});
  Pump();
  EXPECT_EQ(Window(), Told("2023-11-14T22:13:00Z", "2023-11-14T22:14:00Z", json::object(), false));
  sink_.Answer(R"({"state":{"n":1}})");
  EXPECT_EQ(sink_.front(), Keys{"b"});
  EXPECT_EQ(Window(), Told("2023-11-14T22:13:00Z", "2023-11-14T22:14:00Z", {{"n", 1}}, false));
  sink_.Answer(R"({"state":{"n":2}})");
  EXPECT_TRUE(sink_.in_flight.empty());
  scheduler_.RunNext();
  EXPECT_EQ(sink_.front(), Keys{});
  EXPECT_EQ(Window(), Told("2023-11-14T22:13:00Z", "2023-11-14T22:14:00Z", {{"n", 2}}, true));
  sink_.Answer(R"({"state":{}})");
  EXPECT_TRUE(lane_->IsDone());
  EXPECT_TRUE(scheduler_.empty());
}

TEST_F(TumblingLane, ClosesAWindowBeforeTheRecordsOfTheNext) {
  Open();
  Add("a");
  clock_.Advance(60s);
  Add("b");
  Pump();
  EXPECT_EQ(sink_.front(), Keys{"a"}) << "a batch has one window";
  sink_.Answer(R"({"state":[1]})");
  EXPECT_EQ(Window(), Told("2023-11-14T22:13:00Z", "2023-11-14T22:14:00Z", {1}, true));
  sink_.Answer(R"({"state":[1]})");
  EXPECT_EQ(sink_.front(), Keys{"b"});
  EXPECT_EQ(Window(), Told("2023-11-14T22:14:00Z", "2023-11-14T22:15:00Z", json::object(), false));
}

TEST_F(TumblingLane, WithoutAStateInTheAnswerFails) {
  config_.max_retries = 1;
  Open();
  Add("a");
  Pump();
  sink_.Answer("{}");
  EXPECT_EQ(report().last_error,
            "The function's answer has no state, which a tumbling window needs");
  scheduler_.RunNext();
  sink_.Answer("null");
  ASSERT_EQ(destinations_.records.size(), 1u);
  EXPECT_FALSE(destinations_.records[0].function_error);
}

TEST_F(TumblingLane, SuspendsUntilTheFinalCallSucceeds) {
  Open();
  Add("a");
  Pump();
  sink_.Answer(R"({"state":1})");
  clock_.Advance(60s);
  Add("b");
  Pump();
  sink_.Fail();
  EXPECT_EQ(scheduler_.RunNext(), 100ms);
  EXPECT_EQ(Window()["isFinalInvokeForWindow"], true);
  sink_.Answer(R"({"state":1})");
  EXPECT_EQ(sink_.front(), Keys{"b"});
}

TEST_F(TumblingLane, EndsEarlyWithAStateThatIsTooLarge) {
  config_.batch_size = 1;
  Open();
  AddAll({"a", "b"});
  Pump();
  const std::string large(kMaxWindowStateBytes, 'x');
  sink_.Answer(json{{"state", large}}.dump());
  EXPECT_EQ(Window(), Told("2023-11-14T22:13:00Z", "2023-11-14T22:14:00Z", large, true, true));
  sink_.Answer(R"({"state":{}})");
  // The same window goes on with a fresh state.
  EXPECT_EQ(sink_.front(), Keys{"b"});
  EXPECT_EQ(Window(), Told("2023-11-14T22:13:00Z", "2023-11-14T22:14:00Z", json::object(), false));
}

TEST_F(TumblingLane, ClosesItsWindowAtTheEndOfTheShard) {
  Open();
  Add("a");
  ahead_.none_ever = true;
  Pump();
  sink_.Answer(R"({"state":7})");
  EXPECT_EQ(Window(), Told("2023-11-14T22:13:00Z", "2023-11-14T22:14:00Z", 7, true));
}

TEST_F(TumblingLane, TakesALateRecordIntoTheOpenWindow) {
  Open();
  clock_.Advance(60s);
  Add("a");
  Pump();
  sink_.Answer(R"({"state":1})");
  clock_.Advance(-60s);
  Add("late");
  clock_.Advance(60s);
  Pump();
  EXPECT_EQ(sink_.front(), Keys{"late"});
  EXPECT_EQ(Window(), Told("2023-11-14T22:14:00Z", "2023-11-14T22:15:00Z", 1, false));
}

TEST_F(TumblingLane, GoesOnWithAStoredState) {
  Open({.floor = {}, .open = WindowProgress::Open{TimePoint(1'699'999'980s), "[3]", false}});
  Add("a");
  Pump();
  EXPECT_EQ(Window(), Told("2023-11-14T22:13:00Z", "2023-11-14T22:14:00Z", {3}, false));
}

TEST_F(TumblingLane, KeepsTheStateOfWhatWasAcceptedOfABatch) {
  config_.reports_item_failures = true;
  Open();
  AddAll({"a", "b"});
  Pump();
  sink_.Answer(fmt::format(R"({{"state":1,"batchItemFailures":[{{"itemIdentifier":"{}"}}]}})",
                           SequenceNumberText(SequenceNumber(2))));
  scheduler_.RunNext();
  EXPECT_EQ(sink_.front(), Keys{"b"});
  EXPECT_EQ(sink_.event()["state"], 1);
  sink_.Answer(fmt::format(R"({{"state":2,"batchItemFailures":[{{"itemIdentifier":"{}"}}]}})",
                           SequenceNumberText(SequenceNumber(2))));
  scheduler_.RunNext();
  EXPECT_EQ(sink_.event()["state"], 1) << "nothing was accepted";
}

}  // namespace
}  // namespace pumice
