// SPDX-License-Identifier: Apache-2.0
#include "expressions/legacy/expected.h"

#include <utility>

#include <fmt/core.h>

namespace pumice {
namespace {

Error Invalid(std::string_view attribute, std::string_view what) {
  return Error(ErrorCode::kValidation,
               fmt::format("One or more parameter values were invalid: {} for Attribute: {}", what,
                           attribute));
}

bool TakesNoArgument(ComparisonOperator comparison_operator) {
  return comparison_operator == ComparisonOperator::kNull ||
         comparison_operator == ComparisonOperator::kNotNull;
}

Result<LegacyCondition> WithOperator(std::string_view attribute, ExpectedEntry entry) {
  if (entry.exists) {
    return Invalid(attribute, "Exists and ComparisonOperator cannot be used together");
  }
  LegacyCondition condition{*entry.comparison_operator, {}};
  if (entry.attribute_value_list) {
    condition.values = *std::move(entry.attribute_value_list);
  } else if (entry.value) {
    condition.values.push_back(*std::move(entry.value));
  } else if (!TakesNoArgument(condition.comparison_operator)) {
    return Invalid(attribute,
                   fmt::format("Value or AttributeValueList must be used with ComparisonOperator: "
                               "{}",
                               ComparisonOperatorName(condition.comparison_operator)));
  }
  PUMICE_TRY(CheckArguments(condition));
  return condition;
}

Result<LegacyCondition> WithoutOperator(std::string_view attribute, ExpectedEntry entry) {
  if (entry.attribute_value_list) {
    return Invalid(attribute, "AttributeValueList can only be used with a ComparisonOperator");
  }
  if (!entry.exists.value_or(true)) {
    if (entry.value) return Invalid(attribute, "Value cannot be used when Exists is false");
    return LegacyCondition{ComparisonOperator::kNull, {}};
  }
  if (!entry.value) {
    return Invalid(attribute, fmt::format("Value must be provided when Exists is {}",
                                          entry.exists ? "true" : "null"));
  }
  LegacyCondition condition{ComparisonOperator::kEq, {}};
  condition.values.push_back(*std::move(entry.value));
  return condition;
}

}  // namespace

Result<LegacyCondition> ToLegacyCondition(std::string_view attribute, ExpectedEntry entry) {
  if (entry.attribute_value_list && entry.value) {
    return Invalid(attribute, "Value and AttributeValueList cannot be used together");
  }
  if (entry.comparison_operator) return WithOperator(attribute, std::move(entry));
  return WithoutOperator(attribute, std::move(entry));
}

}  // namespace pumice
