// SPDX-License-Identifier: Apache-2.0
#pragma once
// The event that a function is called with: {"Records":[…]}, and with a tumbling window its members
// beside them. AWS: "Using AWS Lambda with Amazon DynamoDB".

#include <cstddef>
#include <span>
#include <string>

#include "streams/handlers/feed_record.h"
#include "streams/handlers/tumbling_window.h"

namespace pumice {

/// The largest payload of a synchronous invocation.
inline constexpr std::size_t kMaxEventBytes = 6 * 1024 * 1024;

std::string MakeLambdaEvent(std::span<const FeedRecord> records);

/// {"Records":[…],"window":{"start","end"},"state":…,"shardId","eventSourceARN",
///  "isFinalInvokeForWindow","isWindowTerminatedEarly"}
std::string MakeLambdaWindowEvent(std::span<const FeedRecord> records, const ShardName& shard,
                                  const WindowCall& window);

/// What one record takes of an event, and what it has beside its records.
std::size_t EventBytes(const FeedRecord& record);
std::size_t EventBytesBesideRecords(std::size_t state_bytes);

}  // namespace pumice
