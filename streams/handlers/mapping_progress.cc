// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/mapping_progress.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pumice {
namespace {

using nlohmann::json;

std::string StateName(const MappingConfig& mapping) {
  if (!mapping.uuid.empty()) return "handlers/mapping/" + mapping.uuid;
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

std::int64_t Micros(TimePoint time) { return time.time_since_epoch().count(); }

std::optional<TimePoint> ParseMicros(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return TimePoint(std::chrono::microseconds(found->get<std::int64_t>()));
}

json WindowJson(const WindowProgress& window) {
  json value = {{"floor", Micros(window.floor)}};
  if (!window.open) return value;
  value["start"] = Micros(window.open->start);
  value["state"] = window.open->state;
  value["early"] = window.open->terminated_early;
  return value;
}

std::optional<WindowProgress> ParseWindow(const json& value) {
  if (!value.is_object()) return std::nullopt;
  const auto floor = ParseMicros(value, "floor");
  if (!floor) return std::nullopt;
  WindowProgress window{.floor = *floor};
  const auto state = value.find("state");
  if (state == value.end()) return window;
  const auto start = ParseMicros(value, "start");
  const auto early = value.find("early");
  if (!start || !state->is_string() || early == value.end() || !early->is_boolean()) {
    return std::nullopt;
  }
  window.open = WindowProgress::Open{
      .start = *start, .state = state->get<std::string>(), .terminated_early = early->get<bool>()};
  return window;
}

/// Of the whole value, which has none in the progress of older versions.
std::optional<ShardWindows> ParseWindows(const json& value) {
  ShardWindows windows;
  const auto found = value.find("windows");
  if (found == value.end()) return windows;
  if (!found->is_object()) return std::nullopt;
  for (const auto& [shard, text] : found->items()) {
    auto window = ParseWindow(text);
    if (!window) return std::nullopt;
    windows.emplace(ShardId(shard), std::move(*window));
  }
  return windows;
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
  auto windows = ParseWindows(value);
  if (!windows) return false;
  windows_ = std::move(*windows);
  return true;
}

Result<void> MappingProgress::Save() {
  json streams = json::object();
  for (const auto& [arn, positions] : streams_) {
    json& shards = streams[arn.value()] = json::object();
    for (const auto& [shard, next] : positions)
      shards[shard.value()] = std::to_string(next.value());
  }
  json value = {{"since", Micros(since_)}, {"streams", std::move(streams)}};
  for (const auto& [shard, window] : windows_) value["windows"][shard.value()] = WindowJson(window);
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

void MappingProgress::Advance(const StreamArn& stream, const ShardId& shard, SequenceNumber next) {
  streams_[stream][shard] = next;
}

const WindowProgress* MappingProgress::FindWindow(const ShardId& shard) const {
  const auto found = windows_.find(shard);
  return found == windows_.end() ? nullptr : &found->second;
}

void MappingProgress::SetWindow(const ShardId& shard, WindowProgress window) {
  windows_[shard] = std::move(window);
}

void MappingProgress::ForgetOtherShards(const StreamDescription& stream) {
  const auto is_there = [&](const ShardId& id) {
    return std::any_of(stream.shards.begin(), stream.shards.end(),
                       [&](const ShardDescription& shard) { return shard.id == id; });
  };
  const auto found = streams_.find(stream.arn);
  if (found == streams_.end()) return;
  std::erase_if(found->second, [&](const auto& entry) {
    if (is_there(entry.first)) return false;
    windows_.erase(entry.first);
    return true;
  });
}

Result<void> MappingProgress::Forget(const StreamArn& stream) {
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return Ok();
  for (const auto& [shard, next] : found->second) windows_.erase(shard);
  streams_.erase(found);
  return Save();
}

Result<void> MappingProgress::Remove(StateStore& store, const MappingConfig& mapping) {
  return store.Delete(StateName(mapping));
}

}  // namespace pumice
