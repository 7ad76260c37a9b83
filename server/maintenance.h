// SPDX-License-Identifier: Apache-2.0
#pragma once
// Maintenance: what the open databases need now and then. Items whose time to live has passed are
// deleted, shards that have been open for long are replaced; once a minute streams are trimmed and
// old request tokens forgotten. It has no thread: the main thread calls it while it waits for a
// signal. Each call does a bounded piece of work, and ends between two commits once it is told to
// stop, so that a signal does not wait. Thread rule: one thread.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/function_ref.h"
#include "base/log.h"
#include "base/result.h"
#include "storage/databases.h"
#include "storage/setbacks.h"

namespace pumice {

class Maintenance {
 public:
  struct Options {
    /// From one look for expired items to the next; 0: none is ever deleted.
    std::chrono::seconds ttl_interval{};
    /// Whether to stop; asked often.
    std::function<bool()> stopped = [] { return false; };
    /// After which an open shard is replaced, within a quarter of that time more; 0: never.
    std::chrono::milliseconds shard_lifetime{0};
  };

  Maintenance(Databases& databases, Options options, const Clock& clock, Log& log);

  /// Does what is due. Answers how long nothing else will be. Failures are logged, once until it
  /// goes well again, and tried again.
  std::chrono::microseconds DoWhatIsDue();

 private:
  /// One thing that is done again and again.
  struct Task {
    std::chrono::microseconds interval{};
    std::optional<TimePoint> last;  // none: at once
    bool (Maintenance::*run)();     // answers whether there is more to do at once

    std::chrono::microseconds DueIn(TimePoint now) const;
  };

  bool DeleteExpired();
  bool RotateShards();
  bool TrimStreams();
  bool ForgetOldTokens();
  /// For each database as long as nothing says stop: what work() answers is whether there is more.
  bool ForEach(const std::string& name, FunctionRef<Result<bool>(Database&)> work);

  Databases& databases_;
  const Options options_;
  const Clock& clock_;
  Log& log_;
  Setbacks setbacks_;
  std::vector<Task> tasks_;
};

}  // namespace pumice
