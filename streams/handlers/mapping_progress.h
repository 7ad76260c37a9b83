// SPDX-License-Identifier: Apache-2.0
#pragma once
// MappingProgress: how far one mapping has read each shard of each of its streams, kept in the
// StateStore.
//   name:  handlers/mapping/<stream ARN or table name>|<function name>
//   value: {"since":<microseconds>,"streams":{"<stream ARN>":{"<shard id>":"<next sequence
//   number>"}}}
// Thread rule: the handlers' thread only. Lifetime: the store outlives it.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "model/named_type.h"
#include "storage/state_store.h"
#include "streams/handlers/mapping_config.h"

namespace pumice {

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

  /// Each stores the whole value. After an error (Internal) the change holds in memory only, until
  /// the next call that succeeds.
  Result<void> Begin(const StreamArn& stream, ShardPositions positions);
  Result<void> Advance(const StreamArn& stream, const ShardId& shard, SequenceNumber next);
  /// Drops what is kept of a stream that is no more.
  Result<void> Forget(const StreamArn& stream);

  const std::map<StreamArn, ShardPositions>& streams() const { return streams_; }

 private:
  MappingProgress(StateStore& store, std::string name) : store_(&store), name_(std::move(name)) {}
  bool Parse(std::string_view text);
  Result<void> Save();

  StateStore* store_;
  std::string name_;
  TimePoint since_;
  std::map<StreamArn, ShardPositions> streams_;
};

}  // namespace pumice
