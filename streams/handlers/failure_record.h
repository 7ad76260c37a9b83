// SPDX-License-Identifier: Apache-2.0
#pragma once
// FailureRecord: what is sent to an OnFailure destination about a batch that was given up. AWS:
// "Handling errors in DynamoDB and Lambda"; the form is AWS-recorded. Plain values.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "streams/handlers/feed_record.h"

namespace pumice {

/// Why a batch was given up, in AWS's words. kRecordAgeExceeded stands for MaximumRecordAge and for
/// the end of the stream's 24 hours.
enum class GiveUpReason : std::uint8_t { kRetryAttemptsExhausted, kRecordAgeExceeded };

struct FailureRecord {
  std::string request_id;  // of the last invocation, or a new one
  std::string function_arn;
  std::string executed_version = "$LATEST";
  GiveUpReason reason = GiveUpReason::kRetryAttemptsExhausted;
  std::int64_t invoke_count = 0;
  /// kRetryAttemptsExhausted only: whether the last invocation ended with an error, rather than
  /// with an answer that named records which failed.
  bool function_error = false;
  TimePoint time;
  ShardName shard;
  SequenceNumber first;
  SequenceNumber last;
  TimePoint first_arrival;
  TimePoint last_arrival;
  std::size_t batch_size = 0;
};

/// {"requestContext":…,"responseContext":…,"version":"1.0","timestamp":…,"DDBStreamBatchInfo":…},
/// with "payload" behind them if it is not empty: the event as a text, as S3 gets it.
/// AWS-recorded: kRecordAgeExceeded has no responseContext.
std::string FailureRecordJson(const FailureRecord& record, const std::string& payload);

}  // namespace pumice
