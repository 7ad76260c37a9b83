// SPDX-License-Identifier: Apache-2.0
#pragma once
// The event that a function is called with: {"Records":[…]}. AWS: "Using AWS Lambda with Amazon
// DynamoDB".

#include <cstddef>
#include <span>
#include <string>

#include "storage/change_log.h"

namespace pumice {

/// The largest payload of a synchronous invocation.
inline constexpr std::size_t kMaxEventBytes = 6 * 1024 * 1024;

struct LambdaEvent {
  std::string text;
  std::size_t record_count = 0;
};

/// As many records from the front as fit into kMaxEventBytes, but at least one. Precondition: not
/// empty.
LambdaEvent MakeLambdaEvent(const StreamDescription& stream, std::span<const ChangeRecord> records);

}  // namespace pumice
