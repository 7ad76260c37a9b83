// SPDX-License-Identifier: Apache-2.0
#pragma once
// FeedRecord: one record on its way from the change log to a function. Plain values.

#include <cstddef>
#include <string>
#include <utility>

#include "base/clock.h"
#include "model/named_type.h"

namespace pumice {

struct FeedRecord {
  SequenceNumber sequence;
  TimePoint created;
  std::size_t key_hash = 0;  // of the item's key: decides on the lane
  std::string json;          // as its function gets it
};

/// Which shard, in the words that functions and failure records get.
struct ShardName {
  std::string stream_arn;
  std::string shard_id;
};

inline SequenceNumber After(SequenceNumber sequence) {
  return SequenceNumber(sequence.value() + 1);
}

}  // namespace pumice
