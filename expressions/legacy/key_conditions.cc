// SPDX-License-Identifier: Apache-2.0
#include "expressions/legacy/key_conditions.h"

#include <optional>
#include <utility>

namespace pumice {
namespace {

std::optional<SortCondition::Operator> OperatorOf(ComparisonOperator comparison_operator) {
  switch (comparison_operator) {
    case ComparisonOperator::kEq: return SortCondition::Operator::kEqual;
    case ComparisonOperator::kLt: return SortCondition::Operator::kLess;
    case ComparisonOperator::kLe: return SortCondition::Operator::kLessOrEqual;
    case ComparisonOperator::kGt: return SortCondition::Operator::kGreater;
    case ComparisonOperator::kGe: return SortCondition::Operator::kGreaterOrEqual;
    case ComparisonOperator::kBetween: return SortCondition::Operator::kBetween;
    case ComparisonOperator::kBeginsWith: return SortCondition::Operator::kBeginsWith;
    default: return std::nullopt;
  }
}

KeyClause ToClause(const std::string& attribute, LegacyCondition condition) {
  KeyClause clause{.attribute = attribute, .condition = {}};
  const auto op = OperatorOf(condition.comparison_operator);
  if (!op) {
    clause.indexable = false;
    return clause;
  }
  clause.condition.op = *op;
  clause.condition.low = std::move(condition.values.front());
  if (condition.values.size() > 1) clause.condition.high = std::move(condition.values.back());
  return clause;
}

}  // namespace

Result<KeyConditionExpression> ToKeyCondition(LegacyConditions conditions) {
  // Older than keys of more than two attributes. More conditions than the schema has keys are
  // BindKeyCondition's to refuse, in its newer words.
  if (conditions.empty()) {
    return Error(ErrorCode::kValidation, "Conditions can be of length 1 or 2 only");
  }
  KeyConditionExpression expression;
  expression.clauses.reserve(conditions.size());
  for (auto& [attribute, condition] : conditions) {
    expression.clauses.push_back(ToClause(attribute, std::move(condition)));
  }
  return expression;
}

}  // namespace pumice
