// SPDX-License-Identifier: Apache-2.0
#include "streams/sequence_number.h"

#include <charconv>
#include <cstddef>

#include <fmt/core.h>

namespace pumice {
namespace {

constexpr std::size_t kSuffixDigits = 20;

std::optional<std::uint64_t> Parse(std::string_view digits) {
  std::uint64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

}  // namespace

std::string SequenceNumberText(SequenceNumber sequence) {
  return fmt::format("{}{:020}", sequence.value(), sequence.value());
}

std::optional<SequenceNumber> ParseSequenceNumber(std::string_view text) {
  if (text.size() <= kSuffixDigits) return std::nullopt;
  const auto number = Parse(text.substr(0, text.size() - kSuffixDigits));
  if (!number || SequenceNumberText(SequenceNumber(*number)) != text) return std::nullopt;
  return SequenceNumber(*number);
}

}  // namespace pumice
