// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/target.h"

#include <algorithm>

namespace pumice {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kBlanks = " \t";

std::string_view MediaType(std::string_view header) {
  header = header.substr(0, header.find(';'));
  const auto last = header.find_last_not_of(kBlanks);
  return last == std::string_view::npos ? std::string_view() : header.substr(0, last + 1);
}

/// Media types are case-insensitive (RFC 9110, 8.3.1). `lower` is in lower case.
bool Is(std::string_view media_type, std::string_view lower) {
  return std::equal(
      media_type.begin(), media_type.end(), lower.begin(), lower.end(),
      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

}  // namespace

std::optional<TargetView> ParseTarget(std::string_view header) {
  const auto dot = header.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  return TargetView{header.substr(0, dot), header.substr(dot + 1)};
}

std::optional<std::string_view> JsonContentType(std::string_view header) {
  const std::string_view media_type = MediaType(header);
  if (Is(media_type, kAmzJson)) return kAmzJson;
  if (Is(media_type, kJson)) return kJson;
  return std::nullopt;
}

}  // namespace pumice
