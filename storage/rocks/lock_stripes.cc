// SPDX-License-Identifier: Apache-2.0
#include "storage/rocks/lock_stripes.h"

#include <algorithm>

#include "storage/hash.h"

namespace pumice {

std::uint32_t LockStripes::StripeOf(std::string_view key) {
  return static_cast<std::uint32_t>(Hash64(key) % kCount);
}

LockStripes::Guard::Guard(LockStripes& stripes, std::span<const std::string_view> keys)
    : stripes_(stripes) {
  if (keys.size() == 1) {
    single_ = StripeOf(keys.front());
    stripes_.stripes_[single_].mutex.lock();
    return;
  }
  many_.reserve(keys.size());
  for (const std::string_view key : keys) many_.push_back(StripeOf(key));
  // One order for everybody: no two guards can wait for each other.
  std::sort(many_.begin(), many_.end());
  many_.erase(std::unique(many_.begin(), many_.end()), many_.end());
  if (many_.empty()) many_.push_back(0);
  for (const std::uint32_t stripe : many_) stripes_.stripes_[stripe].mutex.lock();
}

LockStripes::Guard::~Guard() {
  if (many_.empty()) {
    stripes_.stripes_[single_].mutex.unlock();
    return;
  }
  for (const std::uint32_t stripe : many_) stripes_.stripes_[stripe].mutex.unlock();
}

}  // namespace pumice
