// SPDX-License-Identifier: Apache-2.0
#include "streams/shard_iterator.h"

#include <chrono>

#include <gtest/gtest.h>

namespace pumice {
namespace {

using namespace std::chrono_literals;

ShardIterator Sample() {
  return {"arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026-09-21T14:13:20.000", 3,
          SequenceNumber(1ULL << 40), TimePoint(1'790'000'000s + 123ms)};
}

// Golden text: iterators are told to clients, who may bring them back after an update of the
// server.
TEST(ShardIterator, HasAStableText) {
  EXPECT_EQ(ShardIteratorText(Sample()).substr(0, 100),
            "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026-09-21T14:13:20.000|1|"
            "AAAAAwAAAQAAAAAAAAA");
}

TEST(ShardIterator, ReadsWhatItWrote) {
  const auto read = ParseShardIterator(ShardIteratorText(Sample()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->stream_arn, Sample().stream_arn);
  EXPECT_EQ(read->shard_number, 3U);
  EXPECT_EQ(read->position, Sample().position);
  EXPECT_EQ(read->issued, Sample().issued);
}

TEST(ShardIterator, ReadsNothingElse) {
  const std::string text = ShardIteratorText(Sample());
  EXPECT_FALSE(ParseShardIterator(""));
  EXPECT_FALSE(ParseShardIterator("garbage"));
  EXPECT_FALSE(ParseShardIterator("arn|1|AAAA"));
  EXPECT_FALSE(ParseShardIterator("x" + text));
  for (std::size_t i = text.find("|1|"); i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = damaged[i] == 'B' ? 'C' : 'B';
    EXPECT_FALSE(ParseShardIterator(damaged)) << i;
    EXPECT_FALSE(ParseShardIterator(text.substr(0, i))) << i;
  }
}

}  // namespace
}  // namespace pumice
