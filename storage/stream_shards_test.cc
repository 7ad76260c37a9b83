// SPDX-License-Identifier: Apache-2.0
#include "storage/stream_shards.h"

#include <algorithm>
#include <regex>

#include <gtest/gtest.h>

namespace pumice {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1'795'228'250s};
constexpr std::uint64_t kLastHash = ~std::uint64_t{0};

StreamDescription NewStream(std::uint32_t shard_count) {
  StreamDescription stream;
  stream.created = kStart;
  SystemRandom random;
  OpenFirstShards(stream, shard_count, random);
  return stream;
}

std::optional<std::uint64_t> Rotate(StreamDescription& stream, std::uint32_t shard_count,
                                    std::uint64_t next, TimePoint opened_by = TimePoint::max()) {
  SystemRandom random;
  return RotateShards(stream, {kStart + 1h, opened_by, shard_count, next}, random);
}

std::vector<ShardDescription> OpenOnes(const StreamDescription& stream) {
  std::vector<ShardDescription> open;
  for (const ShardDescription& shard : stream.shards) {
    if (!shard.ending_sequence) open.push_back(shard);
  }
  std::sort(open.begin(), open.end(),
            [](const auto& a, const auto& b) { return a.hashes.first < b.hashes.first; });
  return open;
}

void ExpectAllHashesOnce(const StreamDescription& stream) {
  const std::vector<ShardDescription> open = OpenOnes(stream);
  EXPECT_EQ(open.front().hashes.first, 0U);
  EXPECT_EQ(open.back().hashes.last, kLastHash);
  for (std::size_t i = 1; i < open.size(); ++i) {
    EXPECT_EQ(open[i].hashes.first, open[i - 1].hashes.last + 1) << i;
  }
}

TEST(StreamShards, BeginWithAsManyAsAreAskedFor) {
  const StreamDescription one = NewStream(1);
  ASSERT_EQ(one.shards.size(), 1U);
  EXPECT_EQ(one.shards[0].number, 0U);
  EXPECT_EQ(one.shards[0].parent, std::nullopt);
  EXPECT_EQ(one.shards[0].starting_sequence, SequenceNumber(1));
  EXPECT_EQ(one.shards[0].opened, kStart);
  EXPECT_TRUE(std::regex_match(one.shards[0].id.value(),
                               std::regex("shardId-00000001795228250000-[0-9a-f]{8}")));
  for (const std::uint32_t count : {1U, 2U, 3U, 7U, kMaxOpenShards}) {
    const StreamDescription stream = NewStream(count);
    EXPECT_EQ(stream.shards.size(), count);
    ExpectAllHashesOnce(stream);
  }
}

TEST(StreamShards, AreInTheOrderOfTheirIds) {
  StreamDescription stream = NewStream(4);
  for (std::uint64_t next = 2; next < 12; ++next) Rotate(stream, 4, next);
  EXPECT_EQ(stream.shards.size(), 44U);
  for (std::size_t i = 0; i < stream.shards.size(); ++i) {
    EXPECT_EQ(stream.shards[i].number, i);
    EXPECT_EQ(stream.Shard(stream.shards[i].number), &stream.shards[i]);
    if (i == 0) continue;
    EXPECT_LT(stream.shards[i - 1].id, stream.shards[i].id);
  }
  EXPECT_EQ(stream.Shard(44), nullptr);
}

TEST(StreamShards, AreFollowedByOneChild) {
  StreamDescription stream = NewStream(1);
  EXPECT_EQ(Rotate(stream, 1, 10), 10U);
  ASSERT_EQ(stream.shards.size(), 2U);
  const ShardDescription& parent = stream.shards[0];
  const ShardDescription& child = stream.shards[1];
  EXPECT_EQ(parent.ending_sequence, SequenceNumber(9));
  EXPECT_EQ(parent.closed, kStart + 1h);
  EXPECT_EQ(child.parent, parent.id);
  EXPECT_EQ(child.starting_sequence, SequenceNumber(10));
  EXPECT_EQ(child.opened, kStart + 1h);
  EXPECT_FALSE(child.ending_sequence);
}

// Its EndingSequenceNumber is not below its StartingSequenceNumber, so the child begins behind.
TEST(StreamShards, EndWhereTheyBeganIfTheyGotNoRecord) {
  StreamDescription stream = NewStream(1);
  EXPECT_EQ(Rotate(stream, 1, 1), 2U);
  EXPECT_EQ(stream.shards[0].ending_sequence, SequenceNumber(1));
  EXPECT_EQ(stream.shards[1].starting_sequence, SequenceNumber(2));
}

TEST(StreamShards, AreSplitUntilThereAreEnough) {
  StreamDescription stream = NewStream(1);
  Rotate(stream, 4, 10);
  EXPECT_EQ(OpenOnes(stream).size(), 4U);
  ExpectAllHashesOnce(stream);
  for (const ShardDescription& child : OpenOnes(stream)) {
    EXPECT_EQ(child.parent, stream.shards[0].id);
    EXPECT_EQ(child.hashes.last - child.hashes.first, kLastHash / 4);
  }
}

TEST(StreamShards, TheWidestIsSplitFirst) {
  StreamDescription stream = NewStream(3);
  Rotate(stream, 4, 10);
  ExpectAllHashesOnce(stream);
  Rotate(stream, 6, 20);
  EXPECT_EQ(OpenOnes(stream).size(), 6U);
  ExpectAllHashesOnce(stream);
  for (const ShardDescription& shard : OpenOnes(stream)) {
    EXPECT_NEAR(static_cast<double>(shard.hashes.last - shard.hashes.first),
                static_cast<double>(kLastHash / 6), 10.0);
  }
}

// Each child has one parent: DynamoDB splits, and merges nothing.
TEST(StreamShards, AreNotMerged) {
  StreamDescription stream = NewStream(4);
  Rotate(stream, 1, 10);
  EXPECT_EQ(OpenOnes(stream).size(), 4U);
  for (std::uint32_t i = 0; i < 4; ++i) {
    EXPECT_EQ(stream.shards[4 + i].parent, stream.shards[i].id);
    EXPECT_EQ(stream.shards[4 + i].hashes.first, stream.shards[i].hashes.first);
  }
}

TEST(StreamShards, AreLeftAloneWhileTheyAreYoung) {
  StreamDescription stream = NewStream(2);
  EXPECT_EQ(Rotate(stream, 2, 10, kStart - 1us), std::nullopt);
  EXPECT_EQ(stream.shards.size(), 2U);
  stream.shards[1].opened = kStart + 1s;
  EXPECT_EQ(Rotate(stream, 2, 10, kStart), 10U);
  EXPECT_EQ(stream.shards.size(), 3U);
  EXPECT_TRUE(stream.shards[0].ending_sequence);
  EXPECT_FALSE(stream.shards[1].ending_sequence);
  ExpectAllHashesOnce(stream);
}

TEST(StreamShards, AllEndWithTheirStream) {
  StreamDescription stream = NewStream(2);
  Rotate(stream, 2, 10);
  EXPECT_EQ(CloseShards(stream, kStart + 2h, 30), 30U);
  EXPECT_TRUE(OpenOnes(stream).empty());
  EXPECT_EQ(stream.shards[0].ending_sequence, SequenceNumber(9));
  EXPECT_EQ(stream.shards[3].ending_sequence, SequenceNumber(29));
  EXPECT_EQ(Rotate(stream, 2, 30), std::nullopt);
}

}  // namespace
}  // namespace pumice
