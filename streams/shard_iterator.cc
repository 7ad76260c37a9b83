// SPDX-License-Identifier: Apache-2.0
#include "streams/shard_iterator.h"

#include <fmt/core.h>

#include "model/attribute_json.h"

namespace pumice {
namespace {

// The part behind the ARN, before base64: shard number (4 bytes), position (8), time of issue in
// milliseconds (8), checksum over the ARN and all before it (4); big-endian. The checksum tells a
// mistyped iterator from a real one; it is no secret.
constexpr std::string_view kMark = "|1|";
constexpr std::size_t kFieldBytes = 4 + 8 + 8;

void AppendBigEndian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out += static_cast<char>((value >> shift) & 0xff);
  }
}

std::uint64_t ReadBigEndian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = (value << 8) | static_cast<unsigned char>(c);
  return value;
}

/// FNV-1a.
std::uint32_t Checksum(std::string_view arn, std::string_view fields) {
  std::uint32_t hash = 2166136261u;
  for (const std::string_view part : {arn, fields}) {
    for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  }
  return hash;
}

}  // namespace

std::string ShardIteratorText(const ShardIterator& iterator) {
  std::string fields;
  AppendBigEndian(fields, iterator.shard_number, 4);
  AppendBigEndian(fields, iterator.position.value(), 8);
  const auto issued =
      std::chrono::floor<std::chrono::milliseconds>(iterator.issued).time_since_epoch();
  AppendBigEndian(fields, static_cast<std::uint64_t>(issued.count()), 8);
  AppendBigEndian(fields, Checksum(iterator.stream_arn, fields), 4);
  std::string text = iterator.stream_arn;
  text += kMark;
  AppendBase64(text, fields);
  return text;
}

std::optional<ShardIterator> ParseShardIterator(std::string_view text) {
  const std::size_t mark = text.rfind(kMark);
  if (mark == std::string_view::npos) return std::nullopt;
  const auto fields = DecodeBase64(text.substr(mark + kMark.size()));
  if (!fields || fields->size() != kFieldBytes + 4) return std::nullopt;
  const std::string_view bytes = *fields;
  const std::string_view arn = text.substr(0, mark);
  if (ReadBigEndian(bytes.substr(kFieldBytes)) != Checksum(arn, bytes.substr(0, kFieldBytes))) {
    return std::nullopt;
  }
  const auto issued = std::chrono::milliseconds(ReadBigEndian(bytes.substr(12, 8)));
  return ShardIterator{std::string(arn),
                       static_cast<std::uint32_t>(ReadBigEndian(bytes.substr(0, 4))),
                       SequenceNumber(ReadBigEndian(bytes.substr(4, 8))),
                       TimePoint(std::chrono::duration_cast<std::chrono::microseconds>(issued))};
}

}  // namespace pumice
