// SPDX-License-Identifier: Apache-2.0
#pragma once
// What can be told of one event source mapping: its state, its last error, its counts. All counts
// are since the start of the server, or since the mapping came into being.
// Thread rule: any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/shared_value.h"

namespace pumice {

struct MappingReport {
  // State: Creating, Enabling, Enabled, Disabling, Disabled, Updating; and Stopped with the server.
  std::string state = "Creating";
  std::string stream_arn;  // the one being read; empty: there is none yet, or it is gone
  std::string last_result = "No records processed";  // LastProcessingResult
  std::string last_error;          // of the newest failed attempt; stays after a success
  std::string last_failed_record;  // its first record's sequence number
  /// How old the last record of the batch was that was invoked last, when the invocation ended.
  std::int64_t iterator_age_ms = 0;
  std::int64_t records_read = 0;
  std::int64_t records_filtered = 0;
  std::int64_t records_delivered = 0;      // accepted by the function
  std::int64_t records_retried = 0;        // once for each time that they came again
  std::int64_t records_given_up = 0;       // for whatever reason
  std::int64_t records_dead_lettered = 0;  // of these: named to the OnFailure destination
  std::int64_t records_unreported = 0;     // of these: the destination could not be written
  std::int64_t failed_attempts = 0;
  std::int64_t in_flight = 0;  // invocations
};

using MappingStatus = SharedValue<MappingReport>;

}  // namespace pumice
