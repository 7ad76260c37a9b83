// SPDX-License-Identifier: Apache-2.0
#pragma once
// FeedLane: hands records to a function in their order, one batch at a time: forms the batches,
// invokes, and decides what becomes of a batch that failed: it comes again after a growing pause,
// whole or in halves, until it is accepted, its retries are used up or its records are too old. A
// shard has as many lanes as its mapping's ParallelizationFactor; all records of an item go through
// the same one. AWS: "How Lambda processes records from stream and queue-based event sources".
// Thread rule: the handlers' thread only. Lifetime: all it is given outlives it.
//
// A record's way:  Add -> queue_ -> batches_ (formed; the front one is in flight, waits for its
// next attempt, or is given up) -> accepted or discarded.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "streams/functions/callback_guard.h"
#include "streams/functions/function_sink.h"
#include "streams/functions/scheduler.h"
#include "streams/handlers/batch_verdict.h"
#include "streams/handlers/failure_destinations.h"
#include "streams/handlers/feed_record.h"
#include "streams/handlers/mapping_config.h"
#include "streams/handlers/mapping_status.h"
#include "streams/handlers/tumbling_window.h"

namespace pumice {

/// The pause before attempt number failed_attempts + 1: 100 ms, 200 ms, 400 ms … at most
/// kMaxRetryPause.
inline constexpr std::chrono::milliseconds kFirstRetryPause{100};
inline constexpr std::chrono::milliseconds kMaxRetryPause{5000};
std::chrono::milliseconds RetryPause(std::int64_t failed_attempts);

/// How often a failure record is tried to be written before it is logged instead.
inline constexpr std::int64_t kDestinationAttempts = 5;

struct LaneParts {
  FunctionSink& sink;
  FailureDestinations& destinations;
  Scheduler& scheduler;
  const Clock& clock;
  Log& log;
};

class FeedLane {
 public:
  /// `changed` is called, never from within Step, when Step may have something to do again or
  /// lowest() has moved. `window`: with a tumbling window, what is kept of it.
  FeedLane(LaneParts parts, const MappingConfig& mapping, ShardName shard, MappingStatus& status,
           WindowProgress window, std::function<void()> changed);

  void Add(FeedRecord record);

  /// What is known of the shard behind the records that were added.
  struct Ahead {
    bool none_now = false;   // all that can be read was added
    bool none_ever = false;  // and the shard has ended
  };
  /// Does the next thing, if there is one. False: nothing to do until the next Add, or `changed`.
  bool Step(Ahead ahead);

  /// Nothing is invoked any more; what is in flight is seen to its end.
  void Finish() { finishing_ = true; }
  bool in_flight() const { return in_flight_; }

  /// It could form a larger batch now if it had more records.
  bool WantsMore() const;
  /// Nothing was added that is not accepted or given up, and no window is open.
  bool IsDone() const { return queue_.empty() && batches_.empty() && !window_is_open(); }
  /// The first record that is neither accepted nor given up; none: there is no such one.
  std::optional<SequenceNumber> lowest() const;
  std::size_t waiting_bytes() const { return queue_bytes_; }
  const WindowProgress& window() const { return window_.progress(); }

 private:
  struct GiveUp {
    GiveUpReason reason;
    std::int64_t destination_attempts = 0;
  };
  struct Batch {
    std::vector<FeedRecord> records;  // empty: the final call of a window
    std::int64_t invocations = 0;     // of just these records
    std::int64_t failures = 0;        // of these that count against MaximumRetryAttempts
    std::optional<GiveUp> give_up = {};
    bool function_error = false;  // how the last invocation ended
    std::string request_id = {};  // of the last invocation
  };

  bool busy() const { return in_flight_ || pause_ != nullptr; }
  bool tumbling() const { return mapping_.tumbling_window.count() > 0; }
  bool window_is_open() const { return tumbling() && window_.is_open(); }

  struct Fit {
    std::size_t count = 0;  // records from the front of the queue that make a batch
    bool full = false;      // and no further one would fit
  };

  bool FormBatch(Ahead ahead);
  Fit FittingRecords() const;
  bool BatchingIsOver();
  Batch TakeBatch(std::size_t count);
  bool MustCloseWindow(Ahead ahead) const;
  void ArmWindowEnd();
  void FitWindow();
  void SetAsideTooOld();
  TimePoint OldestWanted() const;
  std::string MakeEvent(const Batch& batch) const;
  void Invoke();
  void Done(InvocationOutcome outcome);
  void Accept(std::size_t count, std::string state);
  void Failed(const BatchVerdict& verdict);
  void TryAgain(const BatchVerdict& verdict);
  void Split();
  void NoteFailure(const BatchVerdict& verdict, std::string_view what_next);
  void PauseFor(std::chrono::milliseconds pause);
  void Discard();
  void Discarded();
  FailureRecord MakeFailureRecord(const Batch& batch) const;

  LaneParts parts_;
  const MappingConfig& mapping_;
  const ShardName shard_;
  MappingStatus& status_;
  std::function<void()> changed_;
  TumblingWindow window_;
  std::deque<FeedRecord> queue_;
  std::size_t queue_bytes_ = 0;
  std::deque<Batch> batches_;
  bool in_flight_ = false;
  bool stepping_ = false;
  bool finishing_ = false;
  std::int64_t failures_in_row_ = 0;  // since something was accepted or given up
  std::unique_ptr<Timer> pause_;      // before the next attempt
  std::unique_ptr<Timer> batching_;   // MaximumBatchingWindowInSeconds; null: not begun
  bool batching_over_ = false;
  std::unique_ptr<Timer> window_end_;  // of the tumbling window
  CallbackGuard guard_;
};

}  // namespace pumice
