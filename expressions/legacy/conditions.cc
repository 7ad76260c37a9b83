// SPDX-License-Identifier: Apache-2.0
#include "expressions/legacy/conditions.h"

#include <algorithm>
#include <array>
#include <compare>
#include <iterator>
#include <span>
#include <utility>

#include <fmt/core.h>

namespace pumice {
namespace {

constexpr std::array<std::string_view, 13> kNames{
    "EQ",      "NE",       "IN",   "LE",       "LT",           "GE",         "GT",
    "BETWEEN", "NOT_NULL", "NULL", "CONTAINS", "NOT_CONTAINS", "BEGINS_WITH"};

Error Validation(std::string text) { return Error(ErrorCode::kValidation, std::move(text)); }

Error Invalid(std::string_view what) {
  return Validation(fmt::format("One or more parameter values were invalid: {}", what));
}

bool IsArgumentCount(ComparisonOperator comparison_operator, std::size_t count) {
  switch (comparison_operator) {
    case ComparisonOperator::kNull:
    case ComparisonOperator::kNotNull: return count == 0;
    case ComparisonOperator::kIn: return count > 0;
    case ComparisonOperator::kBetween: return count == 2;
    default: return count == 1;
  }
}

bool TakesType(ComparisonOperator comparison_operator, AttributeType type) {
  const bool ordered =
      type == AttributeType::kS || type == AttributeType::kN || type == AttributeType::kB;
  switch (comparison_operator) {
    case ComparisonOperator::kEq:
    case ComparisonOperator::kNe:
    case ComparisonOperator::kNull:
    case ComparisonOperator::kNotNull: return true;
    case ComparisonOperator::kContains:
    case ComparisonOperator::kNotContains:
      return ordered || type == AttributeType::kBool || type == AttributeType::kNull;
    case ComparisonOperator::kBeginsWith:
      return type == AttributeType::kS || type == AttributeType::kB;
    default: return ordered;
  }
}

ConditionPtr Pointer(Condition condition) {
  return std::make_unique<const Condition>(std::move(condition));
}

Condition Comparing(Comparator comparator, DocumentPath path, AttributeValue value) {
  return {Comparison{comparator, std::move(path), std::move(value)}};
}

/// One condition; NOT_CONTAINS wants the attribute to be there, NE does not.
Condition OneCondition(const std::string& attribute, LegacyCondition condition) {
  DocumentPath path{{attribute}};
  auto& values = condition.values;
  const auto compare = [&](Comparator comparator) {
    return Comparing(comparator, std::move(path), std::move(values.front()));
  };
  switch (condition.comparison_operator) {
    case ComparisonOperator::kEq: return compare(Comparator::kEqual);
    case ComparisonOperator::kNe: return compare(Comparator::kNotEqual);
    case ComparisonOperator::kLe: return compare(Comparator::kLessOrEqual);
    case ComparisonOperator::kLt: return compare(Comparator::kLess);
    case ComparisonOperator::kGe: return compare(Comparator::kGreaterOrEqual);
    case ComparisonOperator::kGt: return compare(Comparator::kGreater);
    case ComparisonOperator::kNotNull: return {AttributeExists{std::move(path), true}};
    case ComparisonOperator::kNull: return {AttributeExists{std::move(path), false}};
    case ComparisonOperator::kBetween:
      return {Between{std::move(path), std::move(values[0]), std::move(values[1])}};
    case ComparisonOperator::kBeginsWith:
      return {BeginsWith{std::move(path), std::move(values.front())}};
    case ComparisonOperator::kContains:
      return {Contains{std::move(path), std::move(values.front())}};
    case ComparisonOperator::kNotContains: {
      Condition exists{AttributeExists{path, true}};
      Condition contains{Contains{std::move(path), std::move(values.front())}};
      return {And{Pointer(std::move(exists)), Pointer({Not{Pointer(std::move(contains))}})}};
    }
    case ComparisonOperator::kIn: break;
  }
  std::vector<Operand> list(std::make_move_iterator(values.begin()),
                            std::make_move_iterator(values.end()));
  return {In{std::move(path), std::move(list)}};
}

/// A balanced tree, so that recursion over it stays shallow however many there are.
Condition Joined(std::span<Condition> conditions, ConditionalOperator conditional_operator) {
  if (conditions.size() == 1) return std::move(conditions.front());
  const std::size_t half = conditions.size() / 2;
  auto left = Pointer(Joined(conditions.first(half), conditional_operator));
  auto right = Pointer(Joined(conditions.subspan(half), conditional_operator));
  if (conditional_operator == ConditionalOperator::kOr) {
    return {Or{std::move(left), std::move(right)}};
  }
  return {And{std::move(left), std::move(right)}};
}

}  // namespace

std::string_view ComparisonOperatorName(ComparisonOperator comparison_operator) {
  return kNames[static_cast<std::size_t>(comparison_operator)];
}

std::optional<ComparisonOperator> ComparisonOperatorFromName(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<ComparisonOperator>(found - kNames.begin());
}

Result<void> CheckArguments(const LegacyCondition& condition) {
  const auto& values = condition.values;
  const std::string_view name = ComparisonOperatorName(condition.comparison_operator);
  if (!IsArgumentCount(condition.comparison_operator, values.size())) {
    return Invalid(
        fmt::format("Invalid number of argument(s) for the {} ComparisonOperator", name));
  }
  for (const AttributeValue& value : values) {
    if (!TakesType(condition.comparison_operator, value.type())) {
      return Invalid(fmt::format("ComparisonOperator {} is not valid for {} AttributeValue type",
                                 name, AttributeTypeName(value.type())));
    }
    if (value.type() != values.front().type()) {
      return Invalid("AttributeValues inside AttributeValueList must be of same type");
    }
  }
  if (condition.comparison_operator == ComparisonOperator::kBetween &&
      Compare(values[0], values[1]) == std::strong_ordering::greater) {
    return Validation(
        "The BETWEEN condition was provided a range where the lower bound is greater than the "
        "upper bound");
  }
  return Ok();
}

Result<void> CheckConditionalOperatorUse(std::size_t condition_count) {
  if (condition_count == 0) {
    return Validation("ConditionalOperator cannot be used without Filter or Expected");
  }
  if (condition_count == 1) {
    return Validation(
        "ConditionalOperator can only be used when Filter or Expected has two or more elements");
  }
  return Ok();
}

std::optional<Condition> ToCondition(LegacyConditions conditions,
                                     ConditionalOperator conditional_operator) {
  if (conditions.empty()) return std::nullopt;
  std::vector<Condition> each;
  each.reserve(conditions.size());
  for (auto& [attribute, condition] : conditions) {
    each.push_back(OneCondition(attribute, std::move(condition)));
  }
  return Joined(each, conditional_operator);
}

}  // namespace pumice
