// SPDX-License-Identifier: Apache-2.0
#pragma once
// Expected: what a conditional write wants of the stored item.
// AWS: API_ExpectedAttributeValue. An entry has either an operator (with AttributeValueList or
// Value), or Value or Exists alone, which mean EQ and NULL.

#include <optional>
#include <string_view>
#include <vector>

#include "expressions/legacy/conditions.h"

namespace pumice {

struct ExpectedEntry {
  std::optional<ComparisonOperator> comparison_operator = std::nullopt;
  std::optional<std::vector<AttributeValue>> attribute_value_list = std::nullopt;
  std::optional<AttributeValue> value = std::nullopt;
  std::optional<bool> exists = std::nullopt;
};

/// Errors: what AWS says of members that do not go together, each ending in "for Attribute: <a>";
/// those of CheckArguments.
Result<LegacyCondition> ToLegacyCondition(std::string_view attribute, ExpectedEntry entry);

}  // namespace pumice
