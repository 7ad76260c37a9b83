// SPDX-License-Identifier: Apache-2.0
#pragma once
// What can be told of one event source mapping: its state, its last error, its counts.
// Thread rule: any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/mutex.h"

namespace pumice {

struct MappingReport {
  std::string state = "Enabling";  // Enabling, Enabled, Disabled, WaitingForStream, Stopped
  std::string stream_arn;          // the one being read; empty: none
  std::string last_result = "No records processed";  // as AWS's LastProcessingResult
  std::string last_error;          // of the newest failed attempt; stays after a success
  std::string last_failed_record;  // its first record's sequence number
  std::int64_t records_delivered = 0;
  std::int64_t records_given_up = 0;
  std::int64_t failed_attempts = 0;
};

class MappingStatus {
 public:
  MappingReport Read() const {
    const MutexLock lock(mutex_);
    return report_;
  }

  template <class Change>
  void Update(Change change) {
    const MutexLock lock(mutex_);
    change(report_);
  }

 private:
  mutable Mutex mutex_;
  MappingReport report_ GUARDED_BY(mutex_);
};

}  // namespace pumice
