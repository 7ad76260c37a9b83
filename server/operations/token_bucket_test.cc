// SPDX-License-Identifier: Apache-2.0
#include "server/operations/token_bucket.h"

#include <gtest/gtest.h>

namespace pumice {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1'790'000'000s};

TEST(TokenBucket, BeginsWithOneSecond) {
  TokenBucket bucket(5, kStart);
  EXPECT_TRUE(bucket.HasMoreThan(4.5, kStart));
  EXPECT_FALSE(bucket.HasMoreThan(5, kStart));
}

TEST(TokenBucket, KeepsFiveMinutesOfWhatIsNotUsed) {
  TokenBucket bucket(2, kStart);
  EXPECT_TRUE(bucket.HasMoreThan(21, kStart + 10s));
  EXPECT_FALSE(bucket.HasMoreThan(22, kStart + 10s));
  EXPECT_FALSE(bucket.HasMoreThan(600, kStart + 1h));
  EXPECT_TRUE(bucket.HasMoreThan(599.5, kStart + 1h));
}

TEST(TokenBucket, CanBeOverdrawnAndRecovers) {
  TokenBucket bucket(10, kStart);
  bucket.Take(40, kStart);
  EXPECT_FALSE(bucket.HasMoreThan(0, kStart));
  EXPECT_FALSE(bucket.HasMoreThan(0, kStart + 3s));
  EXPECT_TRUE(bucket.HasMoreThan(0, kStart + 3100ms));
}

TEST(TokenBucket, ChangesItsRate) {
  TokenBucket bucket(100, kStart);
  bucket.SetRate(1, kStart + 10s);
  EXPECT_FALSE(bucket.HasMoreThan(300, kStart + 10s));
  EXPECT_TRUE(bucket.HasMoreThan(299, kStart + 10s));
  bucket.Take(300, kStart + 10s);
  bucket.SetRate(50, kStart + 10s);
  EXPECT_TRUE(bucket.HasMoreThan(49, kStart + 11s));
}

TEST(TokenBucket, AClockThatIsSetBackGivesAndTakesNothing) {
  TokenBucket bucket(5, kStart);
  EXPECT_TRUE(bucket.HasMoreThan(4, kStart - 1h));
  bucket.Take(5, kStart - 1h);
  EXPECT_FALSE(bucket.HasMoreThan(0, kStart));
}

}  // namespace
}  // namespace pumice
