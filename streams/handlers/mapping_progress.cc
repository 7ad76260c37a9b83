// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/mapping_progress.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pumice {
namespace {

using nlohmann::json;

std::string StateName(const MappingConfig& mapping) {
  const EventSource& source = mapping.source;
  return fmt::format("handlers/mapping/{}|{}",
                     source.stream_arn.empty() ? source.table_name : source.stream_arn,
                     mapping.function_name);
}

std::optional<SequenceNumber> ParsePosition(const json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return SequenceNumber(number);
}

std::optional<ShardPositions> ParsePositions(const json& value) {
  if (!value.is_object()) return std::nullopt;
  ShardPositions positions;
  for (const auto& [shard, text] : value.items()) {
    const auto position = ParsePosition(text);
    if (!position) return std::nullopt;
    positions.emplace(ShardId(shard), *position);
  }
  return positions;
}

}  // namespace

Result<MappingProgress> MappingProgress::Load(StateStore& store, const MappingConfig& mapping,
                                              TimePoint since) {
  MappingProgress progress(store, StateName(mapping));
  PUMICE_TRY(const auto stored, store.Get(progress.name_));
  if (!stored) {
    progress.since_ = since;
    PUMICE_TRY(progress.Save());
    return progress;
  }
  if (!progress.Parse(*stored)) {
    return Error(ErrorCode::kInternal, {},
                 fmt::format("The stored progress {} cannot be read: {}", progress.name_, *stored));
  }
  return progress;
}

bool MappingProgress::Parse(std::string_view text) {
  const json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) return false;
  const auto since = value.find("since");
  const auto streams = value.find("streams");
  if (since == value.end() || !since->is_number_integer()) return false;
  if (streams == value.end() || !streams->is_object()) return false;
  since_ = TimePoint(std::chrono::microseconds(since->get<std::int64_t>()));
  for (const auto& [arn, shards] : streams->items()) {
    auto positions = ParsePositions(shards);
    if (!positions) return false;
    streams_.emplace(StreamArn(arn), std::move(*positions));
  }
  return true;
}

Result<void> MappingProgress::Save() {
  json streams = json::object();
  for (const auto& [arn, positions] : streams_) {
    json& shards = streams[arn.value()] = json::object();
    for (const auto& [shard, next] : positions)
      shards[shard.value()] = std::to_string(next.value());
  }
  const json value = {{"since", since_.time_since_epoch().count()},
                      {"streams", std::move(streams)}};
  return store_->Put(name_, value.dump());
}

const ShardPositions* MappingProgress::Find(const StreamArn& stream) const {
  const auto found = streams_.find(stream);
  return found == streams_.end() ? nullptr : &found->second;
}

Result<void> MappingProgress::Begin(const StreamArn& stream, ShardPositions positions) {
  streams_[stream] = std::move(positions);
  return Save();
}

Result<void> MappingProgress::Advance(const StreamArn& stream, const ShardId& shard,
                                      SequenceNumber next) {
  streams_[stream][shard] = next;
  return Save();
}

Result<void> MappingProgress::Forget(const StreamArn& stream) {
  if (streams_.erase(stream) == 0) return Ok();
  return Save();
}

}  // namespace pumice
