// SPDX-License-Identifier: Apache-2.0
#pragma once
// DestinationFolder: where the destinations of failed batches are kept: queues/, topics/, s3/. One
// for all databases of a server, as AWS's queues belong to an account.
// Thread rule: any thread. Lifetime: the clock and the random source outlive it.

#include <filesystem>

#include "base/clock.h"
#include "streams/handlers/local_queue.h"

namespace pumice {

class DestinationFolder {
 public:
  /// `folder` empty: a temporary one, made with the first message and removed with this object.
  DestinationFolder(std::filesystem::path folder, const Clock& clock, RandomSource& random);
  ~DestinationFolder();
  DestinationFolder(const DestinationFolder&) = delete;
  DestinationFolder& operator=(const DestinationFolder&) = delete;

  LocalQueues& queues() { return queues_; }  // what stands in for SQS
  LocalQueues& topics() { return topics_; }  // what stands in for SNS
  std::filesystem::path s3() const { return path_ / "s3"; }

 private:
  const bool temporary_;
  const std::filesystem::path path_;
  LocalQueues queues_;
  LocalQueues topics_;
};

}  // namespace pumice
