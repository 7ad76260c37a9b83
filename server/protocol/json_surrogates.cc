// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/json_surrogates.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pumice {
namespace {

constexpr std::size_t kEscapeBytes = 6;  // \ud83d
constexpr std::string_view kQuestionMark = "\\u003f";

/// The code unit of the \uXXXX that the text starts with; none: it starts with something else.
std::optional<std::uint16_t> EscapedUnit(std::string_view text) {
  if (text.size() < kEscapeBytes || !text.starts_with("\\u")) return std::nullopt;
  std::uint16_t unit = 0;
  const char* const end = text.data() + kEscapeBytes;
  const auto [at, error] = std::from_chars(text.data() + 2, end, unit, 16);
  if (error != std::errc() || at != end) return std::nullopt;
  return unit;
}

bool IsSurrogate(std::uint16_t unit) { return unit >= 0xD800 && unit <= 0xDFFF; }
bool IsHigh(std::uint16_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }

}  // namespace

void ReplaceLoneSurrogates(std::string& json) {
  std::size_t at = json.find('\\');
  while (at != std::string::npos) {
    const std::string_view rest = std::string_view(json).substr(at);
    const auto unit = EscapedUnit(rest);
    if (!unit) {
      at = json.find('\\', at + 2);  // what is escaped is no backslash that escapes
      continue;
    }
    const auto next =
        IsHigh(*unit) ? EscapedUnit(rest.substr(kEscapeBytes)) : std::optional<std::uint16_t>();
    if (next && IsSurrogate(*next) && !IsHigh(*next)) {
      at = json.find('\\', at + 2 * kEscapeBytes);
      continue;
    }
    if (IsSurrogate(*unit)) json.replace(at, kEscapeBytes, kQuestionMark);
    at = json.find('\\', at + kEscapeBytes);
  }
}

}  // namespace pumice
