// SPDX-License-Identifier: Apache-2.0
#include "server/maintenance.h"

#include <algorithm>
#include <cstddef>

namespace pumice {
namespace {

constexpr std::chrono::minutes kTrimInterval{1};
/// For each table and call: some ten milliseconds of work.
constexpr std::size_t kMaxSweptItems = 1000;

}  // namespace

Maintenance::Maintenance(Databases& databases, std::chrono::seconds ttl_interval,
                         const Clock& clock, Log& log)
    : databases_(databases), clock_(clock), log_(log), trim_{kTrimInterval, clock.Now()} {
  if (ttl_interval > std::chrono::seconds(0)) sweep_ = Task{ttl_interval, std::nullopt};
}

std::chrono::microseconds Maintenance::Task::DueIn(TimePoint now) const {
  // A clock that was set back must not put everything off.
  if (!last || now < *last) return std::chrono::microseconds(0);
  return std::max(interval - (now - *last), std::chrono::microseconds(0));
}

std::chrono::microseconds Maintenance::DoWhatIsDue() {
  const TimePoint now = clock_.Now();
  constexpr std::chrono::microseconds kNow{0};
  if (trim_.DueIn(now) == kNow) {
    Trim();
    trim_.last = now;
  }
  if (!sweep_) return trim_.DueIn(now);
  if (sweep_->DueIn(now) == kNow) {
    sweep_->last = Sweep() ? std::nullopt : std::optional(now);
  }
  return std::min(trim_.DueIn(now), sweep_->DueIn(now));
}

/// True: there is more to do at once.
bool Maintenance::Sweep() {
  bool more = false;
  databases_.ForEach([&](Database& database) {
    const Result<SweepOutcome> swept = database.expiry().Sweep(kMaxSweptItems);
    if (!swept) return log_.Error("Deleting expired items failed: {}", swept.error().log_text());
    if (swept.value().more) more = true;
    if (swept.value().deleted_count > 0) {
      log_.Debug("{} expired items deleted", swept.value().deleted_count);
    }
  });
  return more;
}

void Maintenance::Trim() {
  databases_.ForEach([&](Database& database) {
    const Result<void> trimmed = database.changes().Trim();
    if (!trimmed) log_.Error("Trimming the streams failed: {}", trimmed.error().log_text());
    const Result<void> forgotten = database.items().ForgetOldTokens();
    if (!forgotten) {
      log_.Error("Removing old request tokens failed: {}", forgotten.error().log_text());
    }
  });
}

}  // namespace pumice
