// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/lambda_event.h"

#include <iterator>

#include <fmt/format.h>

#include "streams/handlers/utc_text.h"

namespace pumice {
namespace {

// More than all that stands beside the records and the state.
constexpr std::size_t kFrameBytes = 1024;

void AppendRecords(std::string& out, std::span<const FeedRecord> records) {
  std::size_t bytes = kFrameBytes;
  for (const FeedRecord& record : records) bytes += EventBytes(record);
  out.reserve(bytes);
  out += R"({"Records":[)";
  for (const FeedRecord& record : records) {
    if (&record != records.data()) out += ',';
    out += record.json;
  }
  out += ']';
}

}  // namespace

std::string MakeLambdaEvent(std::span<const FeedRecord> records) {
  std::string event;
  AppendRecords(event, records);
  event += '}';
  return event;
}

std::string MakeLambdaWindowEvent(std::span<const FeedRecord> records, const ShardName& shard,
                                  const WindowCall& window) {
  std::string event;
  AppendRecords(event, records);
  fmt::format_to(std::back_inserter(event),
                 R"(,"window":{{"start":"{}","end":"{}"}},"state":{},"shardId":"{}",)"
                 R"("eventSourceARN":"{}","isFinalInvokeForWindow":{},)"
                 R"("isWindowTerminatedEarly":{}}})",
                 UtcSeconds(window.start), UtcSeconds(window.end), window.state, shard.shard_id,
                 shard.stream_arn, window.is_final, window.terminated_early);
  return event;
}

std::size_t EventBytes(const FeedRecord& record) { return record.json.size() + 1; }

std::size_t EventBytesBesideRecords(std::size_t state_bytes) { return kFrameBytes + state_bytes; }

}  // namespace pumice
