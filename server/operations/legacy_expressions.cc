// SPDX-License-Identifier: Apache-2.0
#include "server/operations/legacy_expressions.h"

#include <utility>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "expressions/legacy/attribute_updates.h"
#include "expressions/legacy/attributes_to_get.h"
#include "expressions/legacy/expected.h"
#include "expressions/legacy/key_conditions.h"
#include "server/protocol/value_problems.h"

namespace pumice {
namespace {

// Not in the SDKs' model, but AWS's validator had it in 2015, and the work has to be bounded.
constexpr std::size_t kMaxAttributesToGet = 255;

// ALL is AWS's own slip in the newer validator (measured on AWS, October 2026).
std::string UnknownConditionalOperator() {
  return "Failed to satisfy constraint: " + OneOf("ALL, OR");
}

bool IsConditionalOperator(std::string_view word) { return word == "AND" || word == "OR"; }

// Of the words inside the entries only the older spelling is on record.
void CheckEntries(const std::optional<SentConditions>& conditions, std::string_view parameter,
                  bool operator_required, ConstraintErrors& errors) {
  if (!conditions) return;
  for (const auto& [attribute, condition] : *conditions) {
    const auto path = [&] {
      return fmt::format("{}.{}.member.comparisonOperator", parameter, attribute);
    };
    if (!condition.comparison_operator) {
      if (operator_required) errors.AddNull(path());
    } else if (!ComparisonOperatorFromName(*condition.comparison_operator)) {
      errors.AddValue(*condition.comparison_operator, path(),
                      OneOf("IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, "
                            "BEGINS_WITH, GE, CONTAINS"));
    }
  }
}

// The order of the set is not measured.
void CheckActions(const std::optional<SentUpdates>& updates, ConstraintErrors& errors) {
  if (!updates) return;
  for (const auto& [attribute, update] : *updates) {
    if (!update.action || AttributeActionFromName(*update.action)) continue;
    errors.AddValue(*update.action, fmt::format("attributeUpdates.{}.member.action", attribute),
                    OneOf("ADD, PUT, DELETE"));
  }
}

/// The value, or its problem.
Result<AttributeValue> TakeValue(ParsedValue& parsed) {
  if (parsed.problem) return *std::move(parsed.problem);
  return std::move(parsed.value);
}

Result<std::vector<AttributeValue>> TakeValues(std::vector<ParsedValue>& list) {
  std::vector<AttributeValue> values;
  values.reserve(list.size());
  for (ParsedValue& parsed : list) {
    PUMICE_TRY(auto value, TakeValue(parsed));
    values.push_back(std::move(value));
  }
  return values;
}

Result<void> CheckAttributeName(std::string_view attribute) {
  if (!attribute.empty()) return Ok();
  return EmptyAttributeNameProblem();
}

Result<LegacyCondition> ToFilterCondition(SentCondition& sent) {
  LegacyCondition condition{*ComparisonOperatorFromName(*sent.comparison_operator), {}};
  if (sent.attribute_value_list) {
    PUMICE_TRY(condition.values, TakeValues(*sent.attribute_value_list));
  }
  PUMICE_TRY(CheckArguments(condition));
  return condition;
}

Result<LegacyCondition> ToExpectedCondition(std::string_view attribute, SentCondition& sent) {
  ExpectedEntry entry;
  if (sent.comparison_operator) {
    entry.comparison_operator = ComparisonOperatorFromName(*sent.comparison_operator);
  }
  if (sent.attribute_value_list) {
    PUMICE_TRY(entry.attribute_value_list, TakeValues(*sent.attribute_value_list));
  }
  if (sent.value) {
    PUMICE_TRY(entry.value, TakeValue(*sent.value));
  }
  entry.exists = sent.exists;
  return ToLegacyCondition(attribute, std::move(entry));
}

Result<LegacyConditions> ToFilterConditions(SentConditions& sent) {
  LegacyConditions conditions;
  for (auto& [attribute, entry] : sent) {
    PUMICE_TRY(CheckAttributeName(attribute));
    PUMICE_TRY(auto condition, ToFilterCondition(entry));
    conditions.emplace_hint(conditions.end(), attribute, std::move(condition));
  }
  return conditions;
}

ConditionalOperator OperatorOf(const LegacyParameters& legacy) {
  return legacy.conditional_operator == "OR" ? ConditionalOperator::kOr : ConditionalOperator::kAnd;
}

}  // namespace

void CheckAttributesToGetCount(const ItemParameters& parameters, std::string_view path,
                               Spelling spelling, ConstraintErrors& errors) {
  if (!parameters.legacy || !parameters.legacy->attributes_to_get) return;
  const auto& attributes = *parameters.legacy->attributes_to_get;
  if (!attributes.empty() && attributes.size() <= kMaxAttributesToGet) return;
  const std::string constraint =
      attributes.empty() ? LengthAtLeast(1) : LengthAtMost(kMaxAttributesToGet);
  if (spelling == Spelling::kNewer) return errors.AddAt(path, constraint);
  errors.AddValue(fmt::format("[{}]", fmt::join(attributes, ", ")), path, constraint);
}

void CheckLegacyConstraints(const ItemParameters& parameters, Spelling spelling,
                            ConstraintErrors& errors) {
  if (!parameters.legacy) return;
  const LegacyParameters& legacy = *parameters.legacy;
  const bool newer = spelling == Spelling::kNewer;
  if (legacy.conditional_operator && !IsConditionalOperator(*legacy.conditional_operator)) {
    if (newer) {
      errors.AddText(UnknownConditionalOperator());
    } else {
      errors.AddValue(*legacy.conditional_operator, "conditionalOperator", OneOf("OR, AND"));
    }
  }
  CheckEntries(legacy.expected, "expected", false, errors);
  CheckEntries(legacy.query_filter, "queryFilter", true, errors);
  CheckEntries(legacy.scan_filter, "scanFilter", true, errors);
  CheckEntries(legacy.key_conditions, "keyConditions", true, errors);
  CheckActions(legacy.attribute_updates, errors);
  CheckAttributesToGetCount(parameters, newer ? "AttributesToGet" : "attributesToGet", spelling,
                            errors);
}

Result<void> CheckConditionalOperatorAlone(const ItemParameters& parameters) {
  if (!parameters.legacy || !parameters.legacy->conditional_operator ||
      IsConditionalOperator(*parameters.legacy->conditional_operator)) {
    return Ok();
  }
  return Error(ErrorCode::kValidation, UnknownConditionalOperator());
}

Result<void> CheckConditionalOperatorUse(const ItemParameters& parameters) {
  if (!parameters.legacy || !parameters.legacy->conditional_operator) return Ok();
  std::size_t count = 0;
  for (const auto member : {&LegacyParameters::expected, &LegacyParameters::query_filter,
                            &LegacyParameters::scan_filter}) {
    const auto& conditions = (*parameters.legacy).*member;
    if (conditions) count += conditions->size();
  }
  return CheckConditionalOperatorUse(count);
}

Result<std::optional<UpdateExpression>> LegacyUpdate(ItemParameters& parameters) {
  if (!parameters.legacy || !parameters.legacy->attribute_updates) {
    return std::optional<UpdateExpression>();
  }
  UpdateExpression expression;
  for (auto& [attribute, sent] : *parameters.legacy->attribute_updates) {
    PUMICE_TRY(CheckAttributeName(attribute));
    AttributeUpdate update;
    if (sent.action) update.action = *AttributeActionFromName(*sent.action);
    if (sent.value) {
      PUMICE_TRY(update.value, TakeValue(*sent.value));
    }
    PUMICE_TRY(AppendUpdate(attribute, std::move(update), expression));
  }
  return std::optional<UpdateExpression>(std::move(expression));
}

Result<std::optional<Condition>> LegacyExpectation(ItemParameters& parameters) {
  if (!parameters.legacy || !parameters.legacy->expected) return std::optional<Condition>();
  LegacyConditions conditions;
  for (auto& [attribute, sent] : *parameters.legacy->expected) {
    PUMICE_TRY(CheckAttributeName(attribute));
    PUMICE_TRY(auto condition, ToExpectedCondition(attribute, sent));
    conditions.emplace_hint(conditions.end(), attribute, std::move(condition));
  }
  return ToCondition(std::move(conditions), OperatorOf(*parameters.legacy));
}

Result<std::optional<Condition>> LegacyFilter(ItemParameters& parameters) {
  if (!parameters.legacy) return std::optional<Condition>();
  LegacyParameters& legacy = *parameters.legacy;
  auto& filter = legacy.query_filter ? legacy.query_filter : legacy.scan_filter;
  if (!filter) return std::optional<Condition>();
  PUMICE_TRY(auto conditions, ToFilterConditions(*filter));
  return ToCondition(std::move(conditions), OperatorOf(legacy));
}

Result<std::optional<ProjectionExpression>> LegacyProjection(ItemParameters& parameters) {
  if (!parameters.legacy || !parameters.legacy->attributes_to_get) {
    return std::optional<ProjectionExpression>();
  }
  for (const std::string& attribute : *parameters.legacy->attributes_to_get) {
    PUMICE_TRY(CheckAttributeName(attribute));
  }
  PUMICE_TRY(auto projection, ToProjection(*std::move(parameters.legacy->attributes_to_get)));
  return std::optional<ProjectionExpression>(std::move(projection));
}

Result<KeyConditionExpression> LegacyKeyCondition(ItemParameters& parameters) {
  PUMICE_TRY(auto conditions, ToFilterConditions(*parameters.legacy->key_conditions));
  return ToKeyCondition(std::move(conditions));
}

}  // namespace pumice
