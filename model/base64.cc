// SPDX-License-Identifier: Apache-2.0
// Base64 as DynamoDB reads and writes it: RFC 4648 section 4, padded.
#include <array>
#include <cstdint>

#include "model/attribute_json.h"

namespace pumice {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoSextet = 0xFF;

constexpr auto kSextets = [] {
  std::array<std::uint8_t, 256> sextets{};
  sextets.fill(kNoSextet);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    sextets[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return sextets;
}();

std::uint32_t Sextet(char c) { return kSextets[static_cast<unsigned char>(c)]; }

std::uint32_t Byte(char c) { return static_cast<unsigned char>(c); }

/// The two or three characters of a padded last group. False: not canonical.
bool AppendTail(std::string& out, std::string_view group) {
  const bool one_byte = group[2] == '=';
  const std::uint32_t a = Sextet(group[0]);
  const std::uint32_t b = Sextet(group[1]);
  const std::uint32_t c = one_byte ? 0 : Sextet(group[2]);
  if ((a | b | c) > 63) return false;
  const std::uint32_t bits = a << 18 | b << 12 | c << 6;
  const std::uint32_t unused = one_byte ? bits & 0xFFFF : bits & 0xFF;
  if (unused != 0) return false;
  out.push_back(static_cast<char>(bits >> 16));
  if (!one_byte) out.push_back(static_cast<char>(bits >> 8));
  return true;
}

}  // namespace

void AppendBase64(std::string& out, std::string_view bytes) {
  const std::size_t start = out.size();
  out.resize(start + (bytes.size() + 2) / 3 * 4, '=');
  char* to = out.data() + start;
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3, to += 4) {
    const std::uint32_t bits = Byte(bytes[i]) << 16 | Byte(bytes[i + 1]) << 8 | Byte(bytes[i + 2]);
    to[0] = kAlphabet[bits >> 18];
    to[1] = kAlphabet[bits >> 12 & 63];
    to[2] = kAlphabet[bits >> 6 & 63];
    to[3] = kAlphabet[bits & 63];
  }
  const std::size_t left = bytes.size() - i;
  if (left == 0) return;
  const std::uint32_t bits = Byte(bytes[i]) << 16 | (left == 2 ? Byte(bytes[i + 1]) << 8 : 0);
  to[0] = kAlphabet[bits >> 18];
  to[1] = kAlphabet[bits >> 12 & 63];
  if (left == 2) to[2] = kAlphabet[bits >> 6 & 63];
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.empty()) return std::string();
  const bool padded = text.back() == '=';
  const std::size_t whole = text.size() - (padded ? 4 : 0);
  std::string out(whole / 4 * 3, '\0');
  char* to = out.data();
  for (std::size_t i = 0; i < whole; i += 4, to += 3) {
    const std::uint32_t a = Sextet(text[i]);
    const std::uint32_t b = Sextet(text[i + 1]);
    const std::uint32_t c = Sextet(text[i + 2]);
    const std::uint32_t d = Sextet(text[i + 3]);
    if ((a | b | c | d) > 63) return std::nullopt;
    const std::uint32_t bits = a << 18 | b << 12 | c << 6 | d;
    to[0] = static_cast<char>(bits >> 16);
    to[1] = static_cast<char>(bits >> 8);
    to[2] = static_cast<char>(bits);
  }
  if (padded && !AppendTail(out, text.substr(whole))) return std::nullopt;
  return out;
}

}  // namespace pumice
