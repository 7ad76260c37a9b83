// SPDX-License-Identifier: Apache-2.0
#pragma once
// MappingProgress: how far one mapping has read each shard of each of its streams, kept in the
// StateStore.
//   name:  handlers/mapping/<UUID>, or without one handlers/mapping/<stream ARN or table
//   name>|<function name>
//   value: {"since":<microseconds>,"streams":{"<stream ARN>":{"<shard id>":"<next sequence
//   number>"}},"windows":{"<shard id>":{"floor":<microseconds>,"start":<microseconds>,
//   "state":"<JSON>","early":<bool>}}}
//   windows: of tumbling windows only; start, state and early of an open one.
// Thread rule: the handlers' thread only. Lifetime: the store outlives it.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "model/named_type.h"
#include "storage/change_log.h"
#include "storage/state_store.h"
#include "streams/handlers/mapping_config.h"
#include "streams/handlers/tumbling_window.h"

namespace pumice {

/// The tumbling windows of shards.
using ShardWindows = std::map<ShardId, WindowProgress>;
/// Where each shard goes on; a shard that is not named goes on at its oldest record.
using ShardPositions = std::map<ShardId, SequenceNumber>;

class MappingProgress {
 public:
  /// The stored progress, or a new one that is stored at once.
  /// Errors: Internal (disk; a value that cannot be read).
  static Result<MappingProgress> Load(StateStore& store, const MappingConfig& mapping,
                                      TimePoint since);

  /// When the mapping came into being: what was written to a stream that is younger belongs to it.
  TimePoint since() const { return since_; }

  /// Null: the stream was never read.
  const ShardPositions* Find(const StreamArn& stream) const;

  /// Null: no window was ever open there.
  const WindowProgress* FindWindow(const ShardId& shard) const;

  /// Each stores the whole value. After an error (Internal) the change holds in memory only, until
  /// the next call that succeeds.
  Result<void> Begin(const StreamArn& stream, ShardPositions positions);
  /// Drops what is kept of a stream that is no more.
  Result<void> Forget(const StreamArn& stream);
  Result<void> Save();

  /// In memory only, until Save.
  void Advance(const StreamArn& stream, const ShardId& shard, SequenceNumber next);
  void SetWindow(const ShardId& shard, WindowProgress window);
  /// Drops what is kept of shards that the stream has no more.
  void ForgetOtherShards(const StreamDescription& stream);

  /// Nothing is left of the mapping. Errors: Internal.
  static Result<void> Remove(StateStore& store, const MappingConfig& mapping);

  const std::map<StreamArn, ShardPositions>& streams() const { return streams_; }

 private:
  MappingProgress(StateStore& store, std::string name) : store_(&store), name_(std::move(name)) {}
  bool Parse(std::string_view text);

  StateStore* store_;
  std::string name_;
  TimePoint since_;
  std::map<StreamArn, ShardPositions> streams_;
  ShardWindows windows_;
};

}  // namespace pumice
