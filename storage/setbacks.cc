// SPDX-License-Identifier: Apache-2.0
#include "storage/setbacks.h"

namespace pumice {

std::chrono::microseconds Setbacks::Left(const std::string& work) const {
  constexpr std::chrono::microseconds kNow{0};
  const auto failed = retry_at_.find(work);
  if (failed == retry_at_.end()) return kNow;
  const std::chrono::microseconds left = failed->second - clock_.Now();
  // A clock that was set back must not put anything off.
  return left > kRetryAfter || left < kNow ? kNow : left;
}

bool Setbacks::Note(const std::string& work, const Result<void>& outcome) {
  if (outcome) {
    retry_at_.erase(work);
    return true;
  }
  const auto [at, first] = retry_at_.insert_or_assign(work, clock_.Now() + kRetryAfter);
  if (first) log_.Error("{} failed and is tried again: {}", work, outcome.error().log_text());
  return false;
}

}  // namespace pumice
