// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reading and writing the integers of the stored format.
//   U32, U64   big-endian, so that byte order is numeric order (keys)
//   varint     7 bits a byte, low bits first, high bit set on all but the last byte (values)
// Thread rule: free functions, any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pumice {

inline void AppendU32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

inline void AppendU64(std::string& out, std::uint64_t value) {
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(value >> (56 - 8 * i));
  out.append(bytes, sizeof bytes);
}

inline void AppendVarint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

/// The Take functions remove what they read from the front of `bytes`; none: too short or too long
/// a form.
inline std::optional<std::uint32_t> TakeU32(std::string_view& bytes) {
  if (bytes.size() < 4) return std::nullopt;
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  bytes.remove_prefix(4);
  return value;
}

inline std::optional<std::uint64_t> TakeU64(std::string_view& bytes) {
  if (bytes.size() < 8) return std::nullopt;
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  bytes.remove_prefix(8);
  return value;
}

inline std::optional<std::uint64_t> TakeVarint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (bytes.empty()) return std::nullopt;
    const auto byte = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

/// varint length, then the bytes.
inline void AppendBlock(std::string& out, std::string_view block) {
  AppendVarint(out, block.size());
  out.append(block);
}

inline std::optional<std::string_view> TakeBlock(std::string_view& bytes) {
  const std::optional<std::uint64_t> size = TakeVarint(bytes);
  if (!size || *size > bytes.size()) return std::nullopt;
  const std::string_view block = bytes.substr(0, *size);
  bytes.remove_prefix(*size);
  return block;
}

}  // namespace pumice
