// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/shard_source.h"

#include <functional>
#include <utility>

#include "streams/handlers/lambda_event.h"
#include "streams/record_json.h"

namespace pumice {

ShardSource::ShardSource(const ChangeLog& changes, const EventFilter& filter, ShardPosition at)
    : changes_(changes), filter_(filter), at_(std::move(at)) {
  name_.stream_arn = at_.stream->arn.value();
  if (const ShardDescription* shard = at_.stream->Shard(at_.shard_number); shard != nullptr)
    name_.shard_id = shard->id.value();
}

Result<ShardSource::Page> ShardSource::Read(std::size_t max_count) {
  PUMICE_TRY(const auto changes,
             changes_.Read(*at_.stream, at_.shard_number, at_.next, max_count, kMaxEventBytes));
  Page page;
  page.read_count = changes.size();
  for (const ChangeRecord& change : changes) {
    FeedRecord record{.sequence = change.sequence, .created = change.created, .json = {}};
    AppendLambdaRecordJson(record.json, *at_.stream, change);
    if (!filter_.Passes(record.json)) continue;
    record.key_hash = std::hash<std::string>()(change.keys);
    page.records.push_back(std::move(record));
  }
  if (!changes.empty()) at_.next = After(changes.back().sequence);
  return page;
}

void ShardSource::Update(StreamPtr stream) { at_.stream = std::move(stream); }

bool ShardSource::IsComplete() const {
  const ShardDescription* shard = at_.stream->Shard(at_.shard_number);
  if (shard == nullptr || changes_.Find(at_.stream->arn.value()) == nullptr) return true;
  if (!shard->ending_sequence) return false;
  // A record of a closed shard may still be on its way into the log.
  return at_.next > *shard->ending_sequence ||
         changes_.ReadableEnd(*at_.stream, at_.shard_number) > *shard->ending_sequence;
}

}  // namespace pumice
