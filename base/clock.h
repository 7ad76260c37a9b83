// SPDX-License-Identifier: Apache-2.0
#pragma once
// Time and randomness as everything above gets them: by reference, so that a test (and later a
// virtual clock over the wire) decides what time it is. No other code reads the system's clock or
// draws numbers.

#include <chrono>
#include <cstdint>

namespace pumice {

using TimePoint = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// Thread rule: Now() from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint Now() const override;
};

/// Stands still until it is moved. For tests. Thread rule: one thread moves it while none reads.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(TimePoint start) : now_(start) {}
  TimePoint Now() const override { return now_; }
  void Advance(std::chrono::microseconds by) { now_ += by; }

 private:
  TimePoint now_;
};

/// Thread rule: Next() from any thread.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual std::uint64_t Next() = 0;
};

/// One generator per thread, seeded from the system.
class SystemRandom final : public RandomSource {
 public:
  std::uint64_t Next() override;
};

}  // namespace pumice
