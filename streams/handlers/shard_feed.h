// SPDX-License-Identifier: Apache-2.0
#pragma once
// ShardFeed: hands the records of one shard to a function, in order, one batch at a time. A batch
// that fails is tried again, with growing pauses, until it is accepted, its retries are used up or
// its records are gone: the shard stands still as long. AWS: "How Lambda processes records from
// stream and queue-based event sources". Thread rule: the handlers' thread only. Lifetime: all it
// is given outlives it.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "storage/change_log.h"
#include "streams/functions/callback_guard.h"
#include "streams/functions/function_sink.h"
#include "streams/functions/scheduler.h"
#include "streams/handlers/mapping_config.h"
#include "streams/handlers/mapping_status.h"

namespace pumice {

/// The pause before attempt number failed_attempts + 1: 100 ms, 200 ms, 400 ms … at most
/// kMaxRetryPause.
inline constexpr std::chrono::milliseconds kFirstRetryPause{100};
inline constexpr std::chrono::milliseconds kMaxRetryPause{5000};
std::chrono::milliseconds RetryPause(std::int64_t failed_attempts);

struct FeedParts {
  const ChangeLog& changes;
  FunctionSink& sink;
  Scheduler& scheduler;
  const Clock& clock;
  Log& log;
};

struct FeedEvents {
  std::function<void(SequenceNumber next)> advanced;  // all before `next` is accepted or given up
  std::function<void()> drained;  // called once: the shard is closed and read to its end
};

class ShardFeed {
 public:
  ShardFeed(FeedParts parts, const MappingConfig& mapping, MappingStatus& status,
            FeedEvents events);

  struct Position {
    StreamPtr stream;
    std::uint32_t shard_number = 0;
    SequenceNumber next;
  };
  /// Begins at `position`. Once.
  void Start(Position position);

  /// There may be something new; `stream` is the newest description.
  void Wake(StreamPtr stream);

  bool drained() const { return drained_; }

 private:
  struct Batch {
    std::size_t count = 0;
    SequenceNumber first;
    SequenceNumber last;
  };
  struct Failing {
    Batch batch;
    std::int64_t attempts = 0;
  };

  void Pump();
  bool DeliverNext();
  Result<std::vector<ChangeRecord>> ReadBatch() const;
  std::size_t DropExpired(std::vector<ChangeRecord>& records) const;
  void Done(Batch batch, std::optional<FunctionError> error);
  void Accepted(const Batch& batch);
  void Failed(const Batch& batch, const FunctionError& error);
  void GiveUp(std::size_t count, SequenceNumber next, std::string_view why);
  void MoveTo(SequenceNumber next);
  void PauseFor(std::chrono::milliseconds pause);
  void CheckDrained();
  const ShardDescription* Shard() const;

  FeedParts parts_;
  const MappingConfig& mapping_;
  MappingStatus& status_;
  FeedEvents events_;
  Position at_;
  bool in_flight_ = false;
  bool pumping_ = false;
  bool drained_ = false;
  std::optional<Failing> failing_;
  std::unique_ptr<Timer> pause_;
  CallbackGuard guard_;
};

}  // namespace pumice
