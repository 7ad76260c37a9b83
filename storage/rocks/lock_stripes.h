// SPDX-License-Identifier: Apache-2.0
#pragma once
// LockStripes: a fixed number of mutexes that stand for any number of lock keys. Two keys may share
// one: that costs a wait, never a wrong answer. Thread rule: any thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

namespace pumice {

class LockStripes {
 public:
  static constexpr std::size_t kCount = 1024;

  /// Holds the stripes of a set of keys until it is destroyed.
  class Guard {
   public:
    Guard(LockStripes& stripes, std::span<const std::string_view> keys);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    LockStripes& stripes_;
    // One key is the common case and needs no vector.
    std::uint32_t single_ = 0;
    std::vector<std::uint32_t> many_;
  };

 private:
  // Apart by a cache line, so that two threads on neighbouring stripes do not slow each other.
  struct alignas(64) Stripe {
    std::mutex mutex;
  };

  static std::uint32_t StripeOf(std::string_view key);

  std::array<Stripe, kCount> stripes_;
};

}  // namespace pumice
