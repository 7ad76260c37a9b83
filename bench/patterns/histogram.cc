// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace pumice::patterns {

// Up to 2^(kPrecisionBits+1) each number has a bucket of its own; from there on the topmost
// kPrecisionBits + 1 bits of a number say which is its bucket.
std::size_t Histogram::BucketOf(std::uint64_t nanoseconds) {
  const int width = std::bit_width(nanoseconds);
  const int shift = std::max(0, width - static_cast<int>(kPrecisionBits) - 1);
  return (static_cast<std::size_t>(shift) << kPrecisionBits) + (nanoseconds >> shift);
}

std::uint64_t Histogram::LastIn(std::size_t bucket) {
  const std::size_t row = bucket >> kPrecisionBits;
  if (row < 2) return bucket;
  const std::size_t shift = row - 1;
  return ((bucket - (shift << kPrecisionBits) + 1) << shift) - 1;
}

void Histogram::Record(Nanoseconds duration) {
  const Nanoseconds counted = std::clamp(duration, Nanoseconds(0), kMost);
  ++counts_[BucketOf(static_cast<std::uint64_t>(counted.count()))];
  ++count_;
  max_ = std::max(max_, counted);
  sum_ += static_cast<double>(counted.count());
}

void Histogram::Add(const Histogram& other) {
  for (std::size_t i = 0; i < kBucketCount; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

Histogram::Nanoseconds Histogram::Mean() const {
  if (count_ == 0) return Nanoseconds(0);
  return Nanoseconds(std::llround(sum_ / static_cast<double>(count_)));
}

Histogram::Nanoseconds Histogram::Percentile(double percent) const {
  // A hair less, so that 99.9 % of 1000 is 999 and not 1000, whatever doubles make of 99.9.
  const double exact = percent / 100 * static_cast<double>(count_);
  const auto wanted =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(exact - 1e-6)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBucketCount; ++i) {
    seen += counts_[i];
    if (seen < wanted) continue;
    return std::min(max_, Nanoseconds(static_cast<std::int64_t>(LastIn(i))));
  }
  return max_;
}

}  // namespace pumice::patterns
