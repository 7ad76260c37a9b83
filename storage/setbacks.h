// SPDX-License-Identifier: Apache-2.0
#pragma once
// Setbacks: work in the background that fails (a full disk, damaged data). It is said once, until
// the work succeeds again, and the work waits a while before it is tried again, so that nothing
// spins. Thread rule: one thread.

#include <chrono>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"

namespace pumice {

class Setbacks {
 public:
  static constexpr std::chrono::microseconds kRetryAfter = std::chrono::seconds(1);

  Setbacks(const Clock& clock, Log& log) : clock_(clock), log_(log) {}

  /// How long the work has to wait; zero: it can be tried. Looks at the clock only if it failed.
  std::chrono::microseconds Left(const std::string& work) const;
  /// What came of trying it. Answers whether that was good. `work` is what the log calls it.
  bool Note(const std::string& work, const Result<void>& outcome);

 private:
  const Clock& clock_;
  Log& log_;
  std::map<std::string, TimePoint> retry_at_;
};

}  // namespace pumice
