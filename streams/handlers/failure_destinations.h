// SPDX-License-Identifier: Apache-2.0
#pragma once
// FailureDestinations: where the records of given-up batches go: DestinationConfig.OnFailure.
//   arn:aws:sqs:<region>:<account>:<queue>   a message in the local queue of that name
//   arn:aws:sns:<region>:<account>:<topic>   a message in the local topic of that name
//   arn:aws:s3:::<bucket>                    a file <folder>/s3/<bucket>/<AWS's key>, with payload
// Thread rule: the handlers' thread only. Lifetime: all it is given outlives it.

#include <filesystem>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "streams/handlers/failure_record.h"
#include "streams/handlers/local_queue.h"
#include "streams/handlers/mapping_config.h"

namespace pumice {

class FailureDestinations {
 public:
  virtual ~FailureDestinations() = default;

  /// Completes `record` with what the mapping knows: the function, and a request id if it has none.
  /// `event`: the payload of the batch. Errors (log_text): Internal (the disk is full, nothing can
  /// be written there: it may be tried again), Validation (no destination, no folder for it).
  virtual Result<void> Send(const MappingConfig& mapping, FailureRecord record,
                            const std::string& event) = 0;
};

/// Errors (Validation): not an ARN of a queue, a topic or a bucket as above. Kafka is not
/// supported.
Result<void> CheckFailureDestination(std::string_view arn);

class LocalFailureDestinations final : public FailureDestinations {
 public:
  struct Parts {
    LocalQueues& queues;
    LocalQueues& topics;
    std::filesystem::path s3_folder;  // empty: there is none
    std::string region;               // of the functions
    RandomSource& random;
  };
  explicit LocalFailureDestinations(Parts parts) : parts_(std::move(parts)) {}

  Result<void> Send(const MappingConfig& mapping, FailureRecord record,
                    const std::string& event) override;

 private:
  Result<void> WriteObject(const MappingConfig& mapping, std::string_view bucket,
                           const FailureRecord& record, const std::string& text);

  Parts parts_;
};

}  // namespace pumice
