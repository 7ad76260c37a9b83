// SPDX-License-Identifier: Apache-2.0
#pragma once
// Conditions of the legacy parameters: an operator and its arguments an attribute.
// AWS: Developer Guide, "Legacy conditional parameters"; API_Condition.
// Thread rule: pure.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expressions/ast.h"

namespace pumice {

enum class ComparisonOperator : std::uint8_t {
  kEq,
  kNe,
  kIn,
  kLe,
  kLt,
  kGe,
  kGt,
  kBetween,
  kNotNull,
  kNull,
  kContains,
  kNotContains,
  kBeginsWith
};
/// "EQ", "NE", ...
std::string_view ComparisonOperatorName(ComparisonOperator comparison_operator);
std::optional<ComparisonOperator> ComparisonOperatorFromName(std::string_view name);

/// How the conditions of one parameter are joined.
enum class ConditionalOperator : std::uint8_t { kAnd, kOr };

struct LegacyCondition {
  ComparisonOperator comparison_operator = ComparisonOperator::kEq;
  std::vector<AttributeValue> values;  // AttributeValueList
};
/// By attribute.
using LegacyConditions = std::map<std::string, LegacyCondition>;

/// Errors: "One or more parameter values were invalid: " with "Invalid number of argument(s) for
/// the <op> ComparisonOperator", "AttributeValues inside AttributeValueList must be of same type",
/// "ComparisonOperator <op> is not valid for <T> AttributeValue type"; "The BETWEEN condition was
/// provided a range where the lower bound is greater than the upper bound".
Result<void> CheckArguments(const LegacyCondition& condition);

/// ConditionalOperator joins at least two conditions. Errors: "ConditionalOperator cannot be used
/// without Filter or Expected", "ConditionalOperator can only be used when Filter or Expected has
/// two or more elements".
Result<void> CheckConditionalOperatorUse(std::size_t condition_count);

/// None: there are no conditions. Precondition: CheckArguments of each.
std::optional<Condition> ToCondition(LegacyConditions conditions,
                                     ConditionalOperator conditional_operator);

}  // namespace pumice
