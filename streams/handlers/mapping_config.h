// SPDX-License-Identifier: Apache-2.0
#pragma once
// MappingConfig: what one event source mapping was told. Plain values. AWS:
// API_CreateEventSourceMapping, "Lambda parameters for Amazon DynamoDB event source mappings".

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pumice {

/// A stream is named by its own ARN, or by its table: then the table's newest stream is meant,
/// whenever it comes into being.
struct EventSource {
  std::string stream_arn;  // empty: table_name tells
  std::string table_name;
  std::string region;  // of the ARN; empty for a bare table name
};

enum class StartingPosition : std::uint8_t { kTrimHorizon, kLatest };

struct MappingConfig {
  std::string uuid;              // UUID; empty: of a handlers.json, which names none
  std::string event_source_arn;  // EventSourceArn as it was written
  EventSource source;
  std::string function_name;     // the key of the function: see FunctionConfig::Key
  std::size_t batch_size = 100;  // BatchSize
  StartingPosition starting_position = StartingPosition::kLatest;  // StartingPosition
  bool enabled = true;                                             // Enabled
  std::optional<std::int64_t> max_retries;  // MaximumRetryAttempts; none: until they expire
  std::optional<std::chrono::seconds> max_record_age;  // MaximumRecordAgeInSeconds
  std::chrono::seconds batching_window{0};             // MaximumBatchingWindowInSeconds
  std::size_t parallelization_factor = 1;              // ParallelizationFactor
  bool bisect_on_error = false;                        // BisectBatchOnFunctionError
  std::chrono::seconds tumbling_window{0};             // TumblingWindowInSeconds
  bool reports_item_failures = false;                  // FunctionResponseTypes
  std::vector<std::string> filter_patterns;            // FilterCriteria.Filters[].Pattern, JSON
  std::string on_failure;  // DestinationConfig.OnFailure.Destination, an ARN; empty: none

  /// How HandlerService names it.
  std::string Key() const { return uuid.empty() ? event_source_arn + "|" + function_name : uuid; }
};

}  // namespace pumice
