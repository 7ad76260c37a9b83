// SPDX-License-Identifier: Apache-2.0
#pragma once
// A shard iterator: a place in a shard, as a text that means the same after a restart.
// <streamArn>|1|<base64>.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/named_type.h"

namespace pumice {

inline constexpr std::chrono::minutes kShardIteratorLifetime{15};

struct ShardIterator {
  std::string stream_arn;
  std::uint32_t shard_number = 0;
  SequenceNumber position;  // the next record to be read; 0: whatever is the oldest when it is read
  TimePoint issued;         // whole milliseconds

  bool ReadsFromHorizon() const { return position.value() == 0; }
};

std::string ShardIteratorText(const ShardIterator& iterator);
/// None: not a text that ShardIteratorText gives.
std::optional<ShardIterator> ParseShardIterator(std::string_view text);

}  // namespace pumice
