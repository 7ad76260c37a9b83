// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/histogram.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "bench/patterns/random.h"

namespace pumice::patterns {
namespace {

using Nanoseconds = Histogram::Nanoseconds;

constexpr double kPercentiles[] = {0, 10, 50, 90, 99, 99.9, 99.99, 100};

std::int64_t ExactPercentile(const std::vector<std::int64_t>& sorted, double percent) {
  const double exact = percent / 100 * static_cast<double>(sorted.size());
  const auto rank = static_cast<std::size_t>(std::ceil(exact - 1e-6));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

TEST(Histogram, IsWithinOnePercentOfTheExactPercentiles) {
  RandomNumbers random(7);
  std::vector<std::int64_t> durations;
  Histogram histogram;
  for (int i = 0; i < 100'000; ++i) {
    // From nanoseconds to minutes, all magnitudes alike.
    const auto duration = static_cast<std::int64_t>(random.Next() >> (25 + random.Below(39)));
    durations.push_back(duration);
    histogram.Record(Nanoseconds(duration));
  }
  std::sort(durations.begin(), durations.end());
  for (const double percent : kPercentiles) {
    const std::int64_t exact = ExactPercentile(durations, percent);
    const std::int64_t told = histogram.Percentile(percent).count();
    EXPECT_GE(told, exact) << percent;
    EXPECT_LE(static_cast<double>(told), static_cast<double>(exact) * 1.01) << percent;
  }
  EXPECT_EQ(histogram.max().count(), durations.back());
  EXPECT_EQ(histogram.count(), durations.size());
}

TEST(Histogram, IsExactForSmallNumbers) {
  Histogram histogram;
  for (int i = 1; i <= 200; ++i) histogram.Record(Nanoseconds(i));
  EXPECT_EQ(histogram.Percentile(50).count(), 100);
  EXPECT_EQ(histogram.Percentile(99.5).count(), 199);
  EXPECT_EQ(histogram.Percentile(100).count(), 200);
  EXPECT_EQ(histogram.Mean().count(), 101);  // 100.5, rounded
}

TEST(Histogram, CountsRanksAsTheyAreWritten) {
  Histogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.Record(Nanoseconds(i <= 999 ? 1 : 100));
  EXPECT_EQ(histogram.Percentile(99.9).count(), 1);
  EXPECT_EQ(histogram.Percentile(99.91).count(), 100);
}

TEST(Histogram, KeepsWhatIsOutOfRangeAtItsEnds) {
  Histogram histogram;
  histogram.Record(Nanoseconds(-5));
  histogram.Record(std::chrono::hours(1));
  EXPECT_EQ(histogram.Percentile(50).count(), 0);
  EXPECT_EQ(histogram.Percentile(100), Histogram::kMost);
}

TEST(Histogram, AddsUpAndIsEmptyAtFirst) {
  Histogram sum;
  EXPECT_EQ(sum.Percentile(99).count(), 0);
  EXPECT_EQ(sum.Mean().count(), 0);
  Histogram other;
  other.Record(Nanoseconds(10));
  other.Record(Nanoseconds(30));
  sum.Record(Nanoseconds(20));
  sum.Add(other);
  EXPECT_EQ(sum.count(), 3U);
  EXPECT_EQ(sum.Percentile(50).count(), 20);
  EXPECT_EQ(sum.max().count(), 30);
}

}  // namespace
}  // namespace pumice::patterns
