// SPDX-License-Identifier: Apache-2.0
#pragma once
// BatchVerdict: what the outcome of an invocation says about the batch that it was called with.
// AWS: "Configuring partial batch response with DynamoDB and Lambda", "Implementing stateful
// DynamoDB stream processing". Thread rule: free functions, any thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "streams/functions/function_sink.h"
#include "streams/handlers/feed_record.h"

namespace pumice {

struct BatchVerdict {
  enum class Kind : std::uint8_t {
    kAccepted,
    kPartlyFailed,  // the records from accepted_count on have to come again
    kFailed,        // all of them
    kNotInvoked,    // all of them, and it does not count
  };
  Kind kind = Kind::kAccepted;
  std::size_t accepted_count = 0;
  std::string state;            // JSON; with a tumbling window, if the function returned
  std::string problem;          // for the log, empty if accepted
  std::string result = "OK";    // LastProcessingResult
  bool function_error = false;  // the function ended with an error rather than with an answer
};

struct VerdictRules {
  bool reports_item_failures = false;  // FunctionResponseTypes: ReportBatchItemFailures
  bool needs_state = false;            // TumblingWindowInSeconds
};

BatchVerdict JudgeBatch(const InvocationOutcome& outcome, std::span<const FeedRecord> records,
                        VerdictRules rules);

}  // namespace pumice
