// SPDX-License-Identifier: Apache-2.0
#include "model/json_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "model/attribute_json.h"

namespace pumice {
namespace json_text {

bool TakeString(std::string_view& rest, std::string_view& escaped) {
  if (!TakeChar(rest, '"')) return false;
  std::size_t quote = rest.find('"');
  while (quote != std::string_view::npos) {
    // A quote belongs to the text if the backslashes before it are odd in number.
    std::size_t backslashes = 0;
    while (backslashes < quote && rest[quote - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) break;
    quote = rest.find('"', quote + 1);
  }
  if (quote == std::string_view::npos) return false;
  escaped = rest.substr(0, quote);
  rest.remove_prefix(quote + 1);
  return true;
}

bool TakeObject(std::string_view& rest, std::string_view& object) {
  const std::string_view whole = rest;
  std::size_t depth = 0;
  do {
    if (rest.empty()) return false;
    const char next = rest.front();
    if (next == '"') {
      std::string_view ignored;
      if (!TakeString(rest, ignored)) return false;
      continue;
    }
    depth += next == '{' ? 1 : 0;
    if (depth == 0) return false;
    depth -= next == '}' ? 1 : 0;
    rest.remove_prefix(1);
  } while (depth != 0);
  object = whole.substr(0, whole.size() - rest.size());
  return true;
}

}  // namespace json_text

namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighBits = 0x8080808080808080U;

constexpr bool NeedsEscape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

constexpr std::uint64_t ZeroBytes(std::uint64_t word) { return (word - kOnes) & ~word & kHighBits; }

/// Not zero iff one of the eight bytes needs an escape.
std::uint64_t EscapeMark(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  const std::uint64_t controls = (word - kOnes * 0x20) & ~word & kHighBits;
  return controls | ZeroBytes(word ^ (kOnes * '"')) | ZeroBytes(word ^ (kOnes * '\\'));
}

/// Index of the first byte from `at` on that needs an escape, or text.size(). Long clean runs are
/// the rule, so 32 bytes go for one branch, then 8.
std::size_t FindEscape(std::string_view text, std::size_t at) {
  const char* const data = text.data();
  for (; at + 32 <= text.size(); at += 32) {
    const std::uint64_t marks = EscapeMark(data + at) | EscapeMark(data + at + 8) |
                                EscapeMark(data + at + 16) | EscapeMark(data + at + 24);
    if (marks != 0) break;
  }
  while (at + 8 <= text.size() && EscapeMark(data + at) == 0) at += 8;
  // The rest in one go, with bytes before it that are clean already.
  if (at + 8 > text.size() && text.size() >= 8 && EscapeMark(data + text.size() - 8) == 0) {
    return text.size();
  }
  while (at < text.size() && !NeedsEscape(data[at])) ++at;
  return at;
}

void AppendEscape(std::string& out, char c) {
  switch (c) {
    case '"': out.append("\\\""); return;
    case '\\': out.append("\\\\"); return;
    case '\n': out.append("\\n"); return;
    case '\r': out.append("\\r"); return;
    case '\t': out.append("\\t"); return;
    case '\b': out.append("\\b"); return;
    case '\f': out.append("\\f"); return;
    default: break;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  const std::array<char, 6> escape{'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
  out.append(escape.data(), escape.size());
}

void AppendEscaped(std::string& out, std::string_view text) {
  std::size_t from = 0;
  while (true) {
    const std::size_t at = FindEscape(text, from);
    out.append(text, from, at - from);
    if (at == text.size()) return;
    AppendEscape(out, text[at]);
    from = at + 1;
  }
}

std::optional<unsigned> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  return std::nullopt;
}

/// Reads the escape at the front of `rest`, of those that AppendEscape writes.
std::optional<char> TakeEscape(std::string_view& rest) {
  if (rest.size() < 2) return std::nullopt;
  const char kind = rest[1];
  rest.remove_prefix(2);
  switch (kind) {
    case '"':
    case '\\': return kind;
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'u': break;
    default: return std::nullopt;
  }
  if (rest.size() < 4 || !rest.starts_with("00")) return std::nullopt;
  const std::optional<unsigned> high = HexDigit(rest[2]);
  const std::optional<unsigned> low = HexDigit(rest[3]);
  if (!high || !low || *high > 1) return std::nullopt;
  rest.remove_prefix(4);
  return static_cast<char>(*high * 16 + *low);
}

}  // namespace

void AppendJsonString(std::string& out, std::string_view text) {
  out.push_back('"');
  AppendEscaped(out, text);
  out.push_back('"');
}

std::string EscapedJson(std::string_view text) {
  std::string out;
  AppendEscaped(out, text);
  return out;
}

std::optional<std::string> UnescapedJson(std::string_view escaped) {
  std::string out;
  if (!json_text::AppendUnescaped(out, escaped)) return std::nullopt;
  return out;
}

namespace json_text {

bool AppendUnescaped(std::string& out, std::string_view escaped) {
  while (true) {
    const std::size_t at = std::min(escaped.find('\\'), escaped.size());
    out.append(escaped, 0, at);
    escaped.remove_prefix(at);
    if (escaped.empty()) return true;
    const std::optional<char> c = TakeEscape(escaped);
    if (!c) return false;
    out.push_back(*c);
  }
}

}  // namespace json_text
}  // namespace pumice
