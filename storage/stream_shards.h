// SPDX-License-Identifier: Apache-2.0
#pragma once
// The shards of a stream: which there are at first, and which follow those that are closed. Pure;
// the ChangeLogStore stores what comes of it. Thread rule: free functions, any thread.

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "storage/change_log.h"

namespace pumice {

/// Gives a new stream its first shards, `count` of them, which share the hashes evenly.
void OpenFirstShards(StreamDescription& stream, std::uint32_t count, RandomSource& random);

struct ShardRotation {
  TimePoint now;
  TimePoint opened_by;            // shards opened later are left as they are
  std::uint32_t shard_count = 1;  // this many are to be open; the widest are split for it
  std::uint64_t next = 1;         // the sequence number that a record would get now
};
/// Closes open shards and opens their children. Answers the sequence number that the next record
/// gets; none: no shard is that old, and nothing is changed.
std::optional<std::uint64_t> RotateShards(StreamDescription& stream, const ShardRotation& rotation,
                                          RandomSource& random);

/// Closes all that are open; `next` and the answer as above.
std::uint64_t CloseShards(StreamDescription& stream, TimePoint now, std::uint64_t next);

}  // namespace pumice
