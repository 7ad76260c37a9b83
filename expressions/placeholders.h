// SPDX-License-Identifier: Apache-2.0
#pragma once
// Placeholders: the #names and :values of a request, and which of them its expressions have used.
// Thread rule: one request, one thread. Lifetime: outlives the parsing; parsed expressions hold
// copies.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/attribute_value.h"

namespace pumice {

class Placeholders {
 public:
  using Names = std::vector<std::pair<std::string, std::string>>;      // "#n" -> "attribute"
  using Values = std::vector<std::pair<std::string, AttributeValue>>;  // ":v" -> value

  Placeholders() = default;
  Placeholders(Names names, Values values);

  /// Keys of the right form, no empty maps: "ExpressionAttributeNames must not be empty",
  /// "ExpressionAttributeNames contains invalid key: Syntax error; key: "<k>"", Values alike.
  /// `names_given` and `values_given` tell an empty map from an absent one. Errors: Validation
  /// (bare texts).
  static Result<void> CheckKeys(const Names& names, bool names_given, const Values& values,
                                bool values_given);

  /// Null: not defined. Marks it used.
  const std::string* UseName(std::string_view token);
  const AttributeValue* UseValue(std::string_view token);

  /// "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}", then
  /// Values alike.
  Result<void> CheckAllUsed() const;

 private:
  Names names_;
  Values values_;
  std::vector<bool> name_used_;
  std::vector<bool> value_used_;
};

}  // namespace pumice
