// SPDX-License-Identifier: Apache-2.0
#include "server/maintenance.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace pumice {
namespace {

constexpr std::chrono::minutes kTidyInterval{1};
/// For each table and call: some ten milliseconds of work, more where commits are synced.
constexpr std::size_t kMaxSweptItems = 1000;
/// For each database and call: a few milliseconds of work.
constexpr std::size_t kMaxSweptTokens = 10'000;

}  // namespace

Maintenance::Maintenance(Databases& databases, Options options, const Clock& clock, Log& log)
    : databases_(databases),
      options_(std::move(options)),
      clock_(clock),
      log_(log),
      setbacks_(clock, log) {
  const TimePoint now = clock.Now();
  tasks_ = {{kTidyInterval, now, &Maintenance::TrimStreams},
            {kTidyInterval, now, &Maintenance::ForgetOldTokens}};
  if (options_.ttl_interval > std::chrono::seconds(0)) {
    tasks_.push_back({options_.ttl_interval, std::nullopt, &Maintenance::DeleteExpired});
  }
  if (options_.shard_lifetime > std::chrono::milliseconds(0)) {
    const std::chrono::microseconds interval = options_.shard_lifetime / 4;
    tasks_.push_back({std::min<std::chrono::microseconds>(interval, kTidyInterval), std::nullopt,
                      &Maintenance::RotateShards});
  }
}

std::chrono::microseconds Maintenance::Task::DueIn(TimePoint now) const {
  // A clock that was set back must not put everything off.
  if (!last || now < *last) return std::chrono::microseconds(0);
  return std::max(interval - (now - *last), std::chrono::microseconds(0));
}

std::chrono::microseconds Maintenance::DoWhatIsDue() {
  const TimePoint now = clock_.Now();
  std::chrono::microseconds next = kTidyInterval;
  for (Task& task : tasks_) {
    if (task.DueIn(now) == std::chrono::microseconds(0)) {
      task.last = (this->*task.run)() ? std::nullopt : std::optional(now);
    }
    next = std::min(next, task.DueIn(now));
  }
  return next;
}

bool Maintenance::ForEach(const std::string& name, FunctionRef<Result<bool>(Database&)> work) {
  bool more = false;
  Result<void> outcome = Ok();
  databases_.ForEach([&](Database& database) {
    if (options_.stopped()) {
      more = true;
      return;
    }
    Result<bool> done = work(database);
    if (done) {
      more = more || done.value();
    } else if (outcome) {
      outcome = std::move(done).error();
    }
  });
  setbacks_.Note(name, outcome);
  return more;
}

bool Maintenance::DeleteExpired() {
  return ForEach("Deleting expired items", [&](Database& database) -> Result<bool> {
    const SweepOutcome swept = database.expiry().Sweep(kMaxSweptItems, options_.stopped);
    if (swept.deleted_count > 0) log_.Debug("{} expired items deleted", swept.deleted_count);
    return swept.more;
  });
}

bool Maintenance::RotateShards() {
  return ForEach("Replacing old shards", [this](Database& database) -> Result<bool> {
    PUMICE_TRY(database.changes().RotateOldShards(options_.shard_lifetime));
    return false;
  });
}

bool Maintenance::TrimStreams() {
  return ForEach("Trimming the streams", [](Database& database) -> Result<bool> {
    PUMICE_TRY(database.changes().Trim());
    return false;
  });
}

bool Maintenance::ForgetOldTokens() {
  return ForEach("Removing old request tokens", [](Database& database) {
    return database.items().ForgetOldTokens(kMaxSweptTokens);
  });
}

}  // namespace pumice
