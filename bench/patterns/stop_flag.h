// SPDX-License-Identifier: Apache-2.0
#pragma once
// Says that a run is to end early. Thread rule: any thread may set and read it, a signal handler
// may set it.

#include <atomic>

namespace pumice::patterns {

class StopFlag {
 public:
  void Set() { set_.store(true, std::memory_order_relaxed); }
  bool is_set() const { return set_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> set_{false};
};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

}  // namespace pumice::patterns
