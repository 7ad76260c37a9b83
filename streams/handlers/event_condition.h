// SPDX-License-Identifier: Apache-2.0
#pragma once
// One condition of a filter pattern's list: does a value meet it? Plain values, made by
// event_pattern.cc. Thread rule: none.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "streams/handlers/event_json.h"

namespace pumice {

/// "text", 300, true, null: of the same kind and written alike.
struct LiteralCondition {
  EventJson::Kind kind = EventJson::Kind::kNull;
  std::string text;
};

/// Of texts only.
struct TextCondition {
  enum class Form : std::uint8_t { kPrefix, kSuffix, kWhole, kWildcard };
  Form form = Form::kWhole;
  bool ignore_case = false;  // of ASCII letters
  std::string text;          // kWildcard: as written, with its escapes
};

struct AnythingButCondition {
  std::vector<std::variant<LiteralCondition, TextCondition>> but;
};

struct NumericCondition {
  struct Bound {
    double value = 0;
    bool inclusive = false;
  };
  std::optional<Bound> low;
  std::optional<Bound> high;
};

struct CidrCondition {
  /// An IPv4 address is four bytes, an IPv6 one sixteen.
  struct Address {
    std::array<unsigned char, 16> bytes{};
    std::size_t bits = 0;  // 32 or 128
  };
  Address network;
  std::size_t prefix_bits = 0;

  /// "10.0.0.0/24", "2001:db8::/32", or a single address. None: neither.
  static std::optional<CidrCondition> Parse(std::string_view text);
};

/// true: there is a value. false is not asked of a value, but of the whole event.
struct ExistsCondition {
  bool wanted = true;
};

using EventCondition = std::variant<LiteralCondition, TextCondition, AnythingButCondition,
                                    NumericCondition, CidrCondition, ExistsCondition>;

/// `value` is a scalar. ExistsCondition{false} is met by none.
bool Meets(const EventJson& value, const EventCondition& condition);

/// False: a backslash before something else than * and \, or two * beside each other.
bool IsWildcard(std::string_view text);

}  // namespace pumice
