// SPDX-License-Identifier: Apache-2.0
#include "server/operations/token_bucket.h"

#include <algorithm>

namespace pumice {

void TokenBucket::Fill(TimePoint now) {
  if (now <= filled_) return;  // a clock that was set back gives nothing
  const double seconds = std::chrono::duration<double>(now - filled_).count();
  const double capacity = units_per_second_ * static_cast<double>(kBurst.count());
  units_ = std::min(capacity, units_ + units_per_second_ * seconds);
  filled_ = now;
}

void TokenBucket::SetRate(double units_per_second, TimePoint now) {
  if (units_per_second == units_per_second_) return;
  Fill(now);
  units_per_second_ = units_per_second;
  units_ = std::min(units_, units_per_second * static_cast<double>(kBurst.count()));
}

bool TokenBucket::HasMoreThan(double pending, TimePoint now) {
  Fill(now);
  return units_ > pending;
}

void TokenBucket::Take(double units, TimePoint now) {
  Fill(now);
  units_ -= units;
}

}  // namespace pumice
