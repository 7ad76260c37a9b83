// SPDX-License-Identifier: Apache-2.0
#pragma once
// EventSourceMapping: one stream (or a table's streams, one after the other) and one function.
// Finds the stream, follows its shards from parents to children, and keeps the checkpoints. Thread
// rule: the handlers' thread only; Report from any. Lifetime: all it is given outlives it.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "storage/change_log.h"
#include "storage/state_store.h"
#include "streams/functions/callback_guard.h"
#include "streams/handlers/mapping_config.h"
#include "streams/handlers/mapping_progress.h"
#include "streams/handlers/mapping_status.h"
#include "streams/handlers/shard_feed.h"

namespace pumice {

/// Progress is stored this often at most; what is accepted between comes again after a kill.
inline constexpr std::chrono::milliseconds kSavePause{10};

class EventSourceMapping {
 public:
  /// `before`: what the mapping that this one takes the place of has counted.
  EventSourceMapping(MappingConfig config, FeedParts parts, StateStore& state,
                     MappingReport before = {});
  ~EventSourceMapping();

  /// `since`: a mapping that has no progress yet came into being then; what is written to a stream
  /// that is younger is delivered, even if this call comes later.
  void Start(TimePoint since);

  /// No record is read or delivered from then on; Report still answers. What is in flight is not
  /// waited for.
  void Stop();

  /// Nothing is invoked from then on. `done` is called once, when what is in flight has ended and
  /// its progress is stored, possibly at once; it may drop the mapping. `state`: what Report tells
  /// until then.
  void Finish(std::string state, std::function<void()> done);

  /// Records were added to the stream with this id, or it was opened or closed.
  void Wake(StreamId stream);

  const MappingConfig& config() const { return config_; }
  MappingReport Report() const { return status_.Read(); }

 private:
  void Load();
  void ChooseStream();
  std::vector<StreamPtr> Candidates() const;
  bool Concerns(const StreamDescription& stream, bool newest) const;
  void ForgetLostStreams();
  void Wait(bool gone);
  void Open(StreamPtr stream);
  Result<void> Begin(const StreamDescription& stream);
  void OpenShards();
  void DropOldFeeds();
  void OpenShard(const ShardDescription& shard);
  bool MayOpen(const ShardDescription& shard) const;
  void ShardDrained();
  void Checkpoint(const StreamArn& stream, const ShardId& shard, const FeedProgress& progress);
  void SaveSoon();
  void SaveProgress();
  void Settle();
  void Later(std::chrono::milliseconds delay, void (EventSourceMapping::*step)());

  const MappingConfig config_;
  EventFilter filter_;
  FeedParts parts_;
  StateStore& state_;
  MappingStatus status_;
  TimePoint since_;
  std::optional<MappingProgress> progress_;
  StreamPtr stream_;  // the one being read; null: waiting for one
  std::map<std::uint32_t, std::unique_ptr<ShardFeed>> feeds_;  // by shard number
  std::set<StreamArn> done_with_;                              // closed and read to their ends
  std::set<StreamId> seen_;  // ids for which ChooseStream has been called
  bool said_waiting_ = false;
  bool checkpoint_failed_ = false;
  bool progress_changed_ = false;  // since it was stored
  TimePoint last_save_;
  bool stopped_ = false;
  std::function<void()> finished_;  // not empty: of Finish
  std::unique_ptr<Timer> save_;
  std::unique_ptr<Timer> later_;
  CallbackGuard guard_;
};

}  // namespace pumice
