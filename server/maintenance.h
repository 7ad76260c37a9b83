// SPDX-License-Identifier: Apache-2.0
#pragma once
// Maintenance: what the open databases need now and then. Items whose time to live has passed are
// deleted, and streams are trimmed once a minute. It has no thread: the main thread calls it while
// it waits for a signal. Each call does a bounded piece of work, so that a signal does not wait.
// Thread rule: one thread.

#include <chrono>
#include <optional>

#include "base/clock.h"
#include "base/log.h"
#include "storage/databases.h"

namespace pumice {

class Maintenance {
 public:
  /// ttl_interval: from one look for expired items to the next; 0: none is ever deleted.
  Maintenance(Databases& databases, std::chrono::seconds ttl_interval, const Clock& clock,
              Log& log);

  /// Does what is due. Answers how long nothing else will be. Failures are logged and tried again.
  std::chrono::microseconds DoWhatIsDue();

 private:
  /// One thing that is done again and again.
  struct Task {
    std::chrono::microseconds interval{};
    std::optional<TimePoint> last;  // none: at once

    std::chrono::microseconds DueIn(TimePoint now) const;
  };

  bool Sweep();
  void Trim();

  Databases& databases_;
  const Clock& clock_;
  Log& log_;
  std::optional<Task> sweep_;
  Task trim_;
};

}  // namespace pumice
