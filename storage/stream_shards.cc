// SPDX-License-Identifier: Apache-2.0
#include "storage/stream_shards.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

namespace pumice {
namespace {

constexpr std::string_view kIdPrefix = "shardId-";
constexpr std::size_t kIdDigits = 20;

__extension__ using Wide = unsigned __int128;

Wide WidthOf(const KeyHashRange& hashes) { return Wide{hashes.last} - hashes.first + 1; }

/// Part `index` of `count` equal ones.
KeyHashRange PartOf(const KeyHashRange& whole, std::uint32_t index, std::uint32_t count) {
  const auto begin = [&](std::uint32_t part) {
    return whole.first + WidthOf(whole) * part / count;
  };
  return {static_cast<std::uint64_t>(begin(index)),
          static_cast<std::uint64_t>(begin(index + 1) - 1)};
}

/// The time in a shard's id.
std::int64_t MillisOf(const ShardId& id) {
  const std::string_view text = id.value();
  const std::string_view digits = text.substr(std::min(kIdPrefix.size(), text.size()), kIdDigits);
  std::int64_t millis = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), millis);
  return millis;
}

/// Each shard's id has a later time than that of the one before, so that their lexical order is
/// that of their numbers, and children come behind their parents.
ShardId NewShardId(const StreamDescription& stream, TimePoint now, std::uint64_t random) {
  std::int64_t millis =
      std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch().count();
  if (!stream.shards.empty()) millis = std::max(millis, MillisOf(stream.shards.back().id) + 1);
  return ShardId(fmt::format("{}{:0{}}-{:08x}", kIdPrefix, millis, kIdDigits, random & 0xffffffff));
}

struct Child {
  const ShardDescription* parent;  // null: the first ones have none
  KeyHashRange hashes;
};

void OpenShard(StreamDescription& stream, const Child& child, const ShardRotation& rotation,
               RandomSource& random) {
  ShardDescription shard;
  shard.id = NewShardId(stream, rotation.now, random.Next());
  shard.number = stream.shards.empty() ? 0 : stream.shards.back().number + 1;
  if (child.parent != nullptr) shard.parent = child.parent->id;
  shard.starting_sequence = SequenceNumber(rotation.next);
  shard.hashes = child.hashes;
  shard.opened = rotation.now;
  stream.shards.push_back(std::move(shard));
}

/// Answers the sequence number behind its end. A shard that got no record ends where it began.
std::uint64_t CloseShard(ShardDescription& shard, TimePoint now, std::uint64_t next) {
  const std::uint64_t end = std::max(next - 1, shard.starting_sequence.value());
  shard.ending_sequence = SequenceNumber(end);
  shard.closed = now;
  return end + 1;
}

/// How many children each gets, so that `extra` more are open afterwards.
std::vector<std::uint32_t> ChildCounts(const std::vector<ShardDescription>& parents,
                                       std::size_t extra) {
  std::vector<std::uint32_t> counts(parents.size(), 1);
  for (; extra > 0; --extra) {
    std::size_t widest = 0;
    for (std::size_t i = 1; i < parents.size(); ++i) {
      if (WidthOf(parents[i].hashes) / counts[i] > WidthOf(parents[widest].hashes) / counts[widest])
        widest = i;
    }
    ++counts[widest];
  }
  return counts;
}

}  // namespace

const ShardDescription* StreamDescription::Shard(std::uint32_t number) const {
  const auto found = std::lower_bound(
      shards.begin(), shards.end(), number,
      [](const ShardDescription& shard, std::uint32_t wanted) { return shard.number < wanted; });
  return found == shards.end() || found->number != number ? nullptr : &*found;
}

void OpenFirstShards(StreamDescription& stream, std::uint32_t count, RandomSource& random) {
  const ShardRotation first{
      .now = stream.created, .opened_by = {}, .shard_count = count, .next = 1};
  for (std::uint32_t i = 0; i < count; ++i) {
    OpenShard(stream, {nullptr, PartOf({}, i, count)}, first, random);
  }
}

std::optional<std::uint64_t> RotateShards(StreamDescription& stream, const ShardRotation& rotation,
                                          RandomSource& random) {
  std::size_t open_count = 0;
  ShardRotation opening = rotation;
  std::vector<ShardDescription> parents;  // copies: opening children moves the originals
  for (ShardDescription& shard : stream.shards) {
    if (shard.ending_sequence) continue;
    ++open_count;
    if (shard.opened > rotation.opened_by) continue;
    opening.next = std::max(opening.next, CloseShard(shard, rotation.now, rotation.next));
    parents.push_back(shard);
  }
  if (parents.empty()) return std::nullopt;
  const std::size_t extra =
      rotation.shard_count > open_count ? rotation.shard_count - open_count : 0;
  const std::vector<std::uint32_t> counts = ChildCounts(parents, extra);
  for (std::size_t i = 0; i < parents.size(); ++i) {
    for (std::uint32_t part = 0; part < counts[i]; ++part) {
      OpenShard(stream, {&parents[i], PartOf(parents[i].hashes, part, counts[i])}, opening, random);
    }
  }
  return opening.next;
}

std::uint64_t CloseShards(StreamDescription& stream, TimePoint now, std::uint64_t next) {
  std::uint64_t after = next;
  for (ShardDescription& shard : stream.shards) {
    if (!shard.ending_sequence) after = std::max(after, CloseShard(shard, now, next));
  }
  return after;
}

}  // namespace pumice
