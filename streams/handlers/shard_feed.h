// SPDX-License-Identifier: Apache-2.0
#pragma once
// ShardFeed: brings the records of one shard to its mapping's function: reads them from the change
// log, shares them out to lanes by their items' keys, and tells how far all of them are done.
// Thread rule: the handlers' thread only. Lifetime: all it is given outlives it.

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "storage/change_log.h"
#include "streams/functions/callback_guard.h"
#include "streams/handlers/event_pattern.h"
#include "streams/handlers/feed_lane.h"
#include "streams/handlers/mapping_config.h"
#include "streams/handlers/mapping_status.h"
#include "streams/handlers/shard_source.h"

namespace pumice {

/// So much of a shard is read ahead while one of its lanes stands still; then all of them do.
inline constexpr std::size_t kMaxWaitingBytes = 64 * 1024 * 1024;

struct FeedParts {
  const ChangeLog& changes;
  FunctionSink& sink;
  FailureDestinations& destinations;
  Scheduler& scheduler;
  const Clock& clock;
  Log& log;
};

/// What a feed reads by: both outlive it.
struct FeedRules {
  const MappingConfig& mapping;
  const EventFilter& filter;
};

/// Where a shard goes on after a restart.
struct FeedProgress {
  SequenceNumber next;    // all before are accepted, given up or filtered out
  WindowProgress window;  // of these
};

struct FeedEvents {
  std::function<void(const FeedProgress& progress)> advanced;
  std::function<void()> drained;  // called once: the shard is closed and done with to its end
  std::function<void()> settled;  // after Finish: nothing is in flight any more
};

class ShardFeed {
 public:
  ShardFeed(FeedParts parts, FeedRules rules, MappingStatus& status, FeedEvents events);

  /// Once. `window`: of the progress that was stored.
  void Start(ShardPosition position, const WindowProgress& window);

  /// There may be something new; `stream` is the newest description.
  void Wake(StreamPtr stream);

  /// No further invocation; what is in flight is seen to its end.
  void Finish();
  bool in_flight() const;

  bool drained() const { return drained_; }

 private:
  void Pump();
  void Fill();
  bool WantsMore() const;
  void ReadPage();
  void Later(std::chrono::milliseconds delay);
  void Report();

  FeedParts parts_;
  FeedRules rules_;
  MappingStatus& status_;
  FeedEvents events_;
  std::unique_ptr<ShardSource> source_;
  std::vector<std::unique_ptr<FeedLane>> lanes_;
  FeedLane::Ahead ahead_;
  FeedProgress reported_;
  bool pumping_ = false;
  bool finishing_ = false;
  bool drained_ = false;
  std::unique_ptr<Timer> later_;  // before anything more is read
  CallbackGuard guard_;
};

}  // namespace pumice
