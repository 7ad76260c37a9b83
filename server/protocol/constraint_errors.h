// SPDX-License-Identifier: Apache-2.0
#pragma once
// ConstraintErrors: AWS's generic member constraints, collected in the operation's own order and
// answered as one
// "<n> validation error(s) detected: …; …". Two spellings, see ValidationLayer.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pumice {

class ConstraintErrors {
 public:
  /// Value '<echo>' at '<path>' failed to satisfy constraint: <constraint>     (older spelling,
  /// lowerCamel path)
  void AddValue(std::string_view echo, std::string_view path, std::string_view constraint);
  /// Value null at '<path>' failed to satisfy constraint: Member must not be null
  void AddNull(std::string_view path);
  /// Value at '<path>' failed to satisfy constraint: <constraint>              (newer spelling,
  /// UpperCamel path)
  void AddAt(std::string_view path, std::string_view constraint);
  /// Any other text, as it is.
  void AddText(std::string text);

  bool empty() const { return texts_.empty(); }
  /// Validation with all of them (at most ten), or Ok.
  Result<void> Check() const;

 private:
  std::vector<std::string> texts_;
};

// Constraint texts.
std::string LengthAtLeast(std::size_t n);  // "Member must have length greater than or equal to n"
std::string LengthAtMost(std::size_t n);
std::string ValueAtLeast(std::int64_t n);  // "Member must have value greater than or equal to n"
std::string ValueAtMost(std::int64_t n);
std::string OneOf(
    std::string_view comma_separated);  // "Member must satisfy enum value set: [a, b]"
inline constexpr std::string_view kNamePattern =
    "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+";

/// What every generic constraint error and every static error of the enveloped layer starts with.
inline constexpr std::string_view kEnvelope = "1 validation error detected: ";

}  // namespace pumice
