// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the dispatcher knows of time that passes: "call me in 200 ms". A test turns the hands
// itself. Thread rule: the handlers' thread only.

#include <chrono>
#include <functional>
#include <memory>

namespace pumice {

/// A call that is still to come; dropping it calls it off.
class Timer {
 public:
  virtual ~Timer() = default;
};

class Scheduler {
 public:
  virtual ~Scheduler() = default;
  /// Calls `work` once after `delay`, never before this function has returned. `work` may drop the
  /// timer.
  [[nodiscard]] virtual std::unique_ptr<Timer> After(std::chrono::milliseconds delay,
                                                     std::function<void()> work) = 0;
};

}  // namespace pumice
