// SPDX-License-Identifier: Apache-2.0
#pragma once
// TokenBucket: how much of a rate is there to be used. It fills by the clock, keeps what is not
// used for five minutes (AWS: "Burst capacity"), and may be overdrawn by whoever found it above
// zero: what a request costs is known only when it is done. A value; thread rule: none.

#include <chrono>

#include "base/clock.h"

namespace pumice {

inline constexpr std::chrono::seconds kBurst{300};

class TokenBucket {
 public:
  /// With the units of one second at `start`.
  TokenBucket(double units_per_second, TimePoint start)
      : units_(units_per_second), units_per_second_(units_per_second), filled_(start) {}

  /// Changes the rate from now on; what is there is kept as far as it fits.
  void SetRate(double units_per_second, TimePoint now);

  /// Whether more than `pending` units are there.
  bool HasMoreThan(double pending, TimePoint now);
  void Take(double units, TimePoint now);

 private:
  void Fill(TimePoint now);

  double units_;
  double units_per_second_;
  TimePoint filled_;
};

}  // namespace pumice
