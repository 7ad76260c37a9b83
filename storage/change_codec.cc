// SPDX-License-Identifier: Apache-2.0
#include "storage/change_codec.h"

#include <fmt/core.h>

#include "storage/bytes.h"

namespace pumice {
namespace {

constexpr char kVersion = '\x01';
constexpr std::size_t kFixedBytes = 4;  // version, kind, actor, images
constexpr unsigned kHasNewImage = 1;
constexpr unsigned kHasOldImage = 2;

std::optional<std::string> TakeText(std::string_view& bytes) {
  const std::optional<std::string_view> block = TakeBlock(bytes);
  if (!block) return std::nullopt;
  return std::string(*block);
}

}  // namespace

std::string ChangeKey(StreamId stream, std::uint32_t shard_number, SequenceNumber sequence) {
  std::string key;
  AppendU32(key, stream.value());
  AppendU32(key, shard_number);
  AppendU64(key, sequence.value());
  return key;
}

KeyRange ChangeRange(StreamId stream, std::uint32_t shard_number, std::uint64_t from,
                     std::uint64_t end) {
  return {ChangeKey(stream, shard_number, SequenceNumber(from)),
          ChangeKey(stream, shard_number, SequenceNumber(end))};
}

std::optional<SequenceNumber> SequenceOfChangeKey(std::string_view key) {
  if (key.size() != 16) return std::nullopt;
  key.remove_prefix(8);
  return SequenceNumber(*TakeU64(key));
}

void AppendChangeRecord(std::string& out, const ChangeRecordView& record) {
  out.push_back(kVersion);
  out.push_back(static_cast<char>(record.kind));
  out.push_back(static_cast<char>(record.actor));
  out.push_back(static_cast<char>((record.new_image ? kHasNewImage : 0) |
                                  (record.old_image ? kHasOldImage : 0)));
  AppendU64(out, static_cast<std::uint64_t>(record.created.time_since_epoch().count()));
  AppendU64(out, record.event_id[0]);
  AppendU64(out, record.event_id[1]);
  AppendVarint(out, static_cast<std::uint64_t>(record.size_bytes));
  AppendBlock(out, record.keys);
  if (record.new_image) AppendBlock(out, *record.new_image);
  if (record.old_image) AppendBlock(out, *record.old_image);
}

std::optional<TimePoint> ReadChangeTime(std::string_view value) {
  if (value.size() < kFixedBytes || value.front() != kVersion) return std::nullopt;
  value.remove_prefix(kFixedBytes);
  const std::optional<std::uint64_t> micros = TakeU64(value);
  if (!micros) return std::nullopt;
  return TimePoint(std::chrono::microseconds(static_cast<std::int64_t>(*micros)));
}

std::optional<ChangeRecord> ReadChangeRecord(SequenceNumber sequence, std::string_view value) {
  const std::optional<TimePoint> created = ReadChangeTime(value);
  if (!created || value[1] > 2 || value[2] > 1) return std::nullopt;
  ChangeRecord record;
  record.sequence = sequence;
  record.kind = static_cast<ChangeKind>(value[1]);
  record.actor = static_cast<ChangeActor>(value[2]);
  record.created = *created;
  const unsigned images = static_cast<unsigned char>(value[3]);
  value.remove_prefix(kFixedBytes + 8);
  const auto high = TakeU64(value);
  const auto low = TakeU64(value);
  const auto size = TakeVarint(value);
  if (!high || !low || !size) return std::nullopt;
  record.event_id = fmt::format("{:016x}{:016x}", *high, *low);
  record.size_bytes = static_cast<std::int64_t>(*size);
  std::optional<std::string> keys = TakeText(value);
  if (!keys) return std::nullopt;
  record.keys = *std::move(keys);
  if (images & kHasNewImage) {
    record.new_image = TakeText(value);
    if (!record.new_image) return std::nullopt;
  }
  if (images & kHasOldImage) {
    record.old_image = TakeText(value);
    if (!record.old_image) return std::nullopt;
  }
  return value.empty() ? std::optional(std::move(record)) : std::nullopt;
}

}  // namespace pumice
