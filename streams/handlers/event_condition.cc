// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/event_condition.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace pumice {
namespace {

using Kind = EventJson::Kind;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool SameLetter(char a, char b) { return Lower(a) == Lower(b); }

bool Same(std::string_view a, std::string_view b, bool ignore_case) {
  if (!ignore_case) return a == b;
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), SameLetter);
}

/// A star stands for any text, also for none. Goes back to the latest star only, which is enough:
/// an earlier one could take nothing that the latest cannot.
bool MatchesWildcard(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t behind_star = std::string_view::npos;
  std::size_t star_took = 0;
  while (t < text.size() || p < pattern.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      behind_star = ++p;
      star_took = t;
      continue;
    }
    const std::size_t escaped = p < pattern.size() && pattern[p] == '\\' ? 1 : 0;
    if (p < pattern.size() && t < text.size() && pattern[p + escaped] == text[t]) {
      p += 1 + escaped;
      ++t;
      continue;
    }
    if (behind_star == std::string_view::npos || star_took >= text.size()) return false;
    p = behind_star;
    t = ++star_took;
  }
  return true;
}

std::optional<CidrCondition::Address> ParseAddress(const std::string& text) {
  CidrCondition::Address address;
  if (inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) {
    address.bits = 32;
    return address;
  }
  if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) {
    address.bits = 128;
    return address;
  }
  return std::nullopt;
}

bool SameStart(const CidrCondition::Address& a, const CidrCondition::Address& b, std::size_t bits) {
  const std::size_t whole = bits / 8;
  if (!std::equal(a.bytes.begin(), a.bytes.begin() + whole, b.bytes.begin())) return false;
  if (bits % 8 == 0) return true;
  const unsigned mask = 0xff00U >> (bits % 8) & 0xffU;
  return (a.bytes[whole] & mask) == (b.bytes[whole] & mask);
}

bool Check(const LiteralCondition& condition, const EventJson& value) {
  return condition.kind == value.kind && condition.text == value.text;
}

bool Check(const TextCondition& condition, const EventJson& value) {
  if (value.kind != Kind::kString) return false;
  const std::string_view text = value.text;
  switch (condition.form) {
    case TextCondition::Form::kPrefix:
      return Same(text.substr(0, condition.text.size()), condition.text, condition.ignore_case);
    case TextCondition::Form::kSuffix:
      return text.size() >= condition.text.size() &&
             Same(text.substr(text.size() - condition.text.size()), condition.text,
                  condition.ignore_case);
    case TextCondition::Form::kWhole: return Same(text, condition.text, condition.ignore_case);
    case TextCondition::Form::kWildcard: return MatchesWildcard(condition.text, text);
  }
  return false;
}

bool Check(const AnythingButCondition& condition, const EventJson& value) {
  return std::none_of(condition.but.begin(), condition.but.end(), [&](const auto& but) {
    return std::visit([&](const auto& one) { return Check(one, value); }, but);
  });
}

bool Check(const NumericCondition& condition, const EventJson& value) {
  if (value.kind != Kind::kNumber) return false;
  double number = 0;
  const char* const end = value.text.data() + value.text.size();
  if (std::from_chars(value.text.data(), end, number).ec != std::errc()) return false;
  const bool above = !condition.low || number > condition.low->value ||
                     (condition.low->inclusive && number == condition.low->value);
  const bool below = !condition.high || number < condition.high->value ||
                     (condition.high->inclusive && number == condition.high->value);
  return above && below;
}

bool Check(const CidrCondition& condition, const EventJson& value) {
  if (value.kind != Kind::kString) return false;
  const auto address = ParseAddress(value.text);
  return address && address->bits == condition.network.bits &&
         SameStart(*address, condition.network, condition.prefix_bits);
}

bool Check(const ExistsCondition& condition, const EventJson&) { return condition.wanted; }

}  // namespace

std::optional<CidrCondition> CidrCondition::Parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto network = ParseAddress(std::string(text.substr(0, slash)));
  if (!network) return std::nullopt;
  CidrCondition condition{.network = *network, .prefix_bits = network->bits};
  if (slash == std::string_view::npos) return condition;
  const std::string_view digits = text.substr(slash + 1);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), condition.prefix_bits);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  if (!whole || condition.prefix_bits > network->bits) return std::nullopt;
  return condition;
}

bool Meets(const EventJson& value, const EventCondition& condition) {
  return std::visit([&](const auto& one) { return Check(one, value); }, condition);
}

bool IsWildcard(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*' && i + 1 < text.size() && text[i + 1] == '*') return false;
    if (text[i] != '\\') continue;
    if (++i == text.size() || (text[i] != '*' && text[i] != '\\')) return false;
  }
  return true;
}

}  // namespace pumice
