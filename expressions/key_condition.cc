// SPDX-License-Identifier: Apache-2.0
// A KeyConditionExpression is parsed as any condition; what a key cannot be asked is refused
// afterwards.
#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "expressions/parse.h"
#include "expressions/problems.h"
#include "expressions/sort_operator.h"
#include "model/limits.h"

namespace pumice {
namespace {

using Operator = SortCondition::Operator;

Error Validation(std::string text) { return Error(ErrorCode::kValidation, std::move(text)); }

Error InvalidOperator(std::string_view name) {
  return Validation(fmt::format("Invalid operator used in KeyConditionExpression: {}", name));
}

Error InvalidCondition(std::string_view what) {
  return Validation(fmt::format("Invalid condition in KeyConditionExpression: {}", what));
}

Error InvalidKeyCondition(std::string_view what) {
  return InvalidExpression("KeyConditionExpression", what);
}

/// The one attribute that the operands of a clause name.
Result<const DocumentPath*> KeyAttributeOf(std::initializer_list<const Operand*> operands) {
  const DocumentPath* key = nullptr;
  for (const Operand* const operand : operands) {
    if (std::holds_alternative<SizeOf>(*operand)) {
      return InvalidKeyCondition("KeyConditionExpressions cannot contain nested operations");
    }
    const auto* const path = std::get_if<DocumentPath>(operand);
    if (path == nullptr) continue;
    if (key != nullptr) return InvalidCondition("Multiple attribute names used in one condition");
    if (!path->IsTopLevel()) {
      return InvalidKeyCondition(
          "KeyConditionExpressions cannot have conditions on nested attributes");
    }
    key = path;
  }
  if (key == nullptr) return InvalidCondition("No key attribute specified");
  return key;
}

/// Collects the clauses in the order of the text. Recursion is bounded as that of the condition is.
class ClauseCollector {
 public:
  Result<void> Collect(const Condition& condition) { return std::visit(*this, condition.node); }
  std::vector<KeyClause> Take() && { return std::move(clauses_); }

  Result<void> operator()(const And& both) {
    PUMICE_TRY(Collect(*both.left));
    return Collect(*both.right);
  }

  Result<void> operator()(const Comparison& comparison) {
    if (comparison.comparator == Comparator::kNotEqual) return InvalidOperator("<>");
    PUMICE_TRY(const auto* const key, KeyAttributeOf({&comparison.left, &comparison.right}));
    const auto* const left = std::get_if<AttributeValue>(&comparison.left);
    const Operator op = SortOperatorOf(comparison.comparator);
    if (left != nullptr) return Append(*key, {Mirrored(op), *left, {}});
    return Append(*key, {op, std::get<AttributeValue>(comparison.right), {}});
  }

  Result<void> operator()(const Between& between) {
    PUMICE_TRY(CheckFirstOperand("BETWEEN", between.value));
    PUMICE_TRY(const auto* const key,
               KeyAttributeOf({&between.value, &between.low, &between.high}));
    return Append(*key, {Operator::kBetween, std::get<AttributeValue>(between.low),
                         std::get<AttributeValue>(between.high)});
  }

  Result<void> operator()(const BeginsWith& begins_with) {
    PUMICE_TRY(CheckFirstOperand("begins_with", begins_with.value));
    PUMICE_TRY(const auto* const key, KeyAttributeOf({&begins_with.value, &begins_with.prefix}));
    return Append(*key, {Operator::kBeginsWith, std::get<AttributeValue>(begins_with.prefix), {}});
  }

  Result<void> operator()(const Or&) { return InvalidOperator("OR"); }
  Result<void> operator()(const Not&) { return InvalidOperator("NOT"); }
  Result<void> operator()(const In&) { return InvalidOperator("IN"); }
  Result<void> operator()(const Contains&) { return InvalidOperator("contains"); }
  Result<void> operator()(const AttributeTypeIs&) { return InvalidOperator("attribute_type"); }
  Result<void> operator()(const AttributeExists& exists) {
    return InvalidOperator(exists.exists ? "attribute_exists" : "attribute_not_exists");
  }

 private:
  static Result<void> CheckFirstOperand(std::string_view name, const Operand& first) {
    if (std::holds_alternative<DocumentPath>(first)) return Ok();
    return InvalidCondition(
        fmt::format("{} operator must have the key attribute as its first operand", name));
  }

  Result<void> Append(const DocumentPath& key, SortCondition condition) {
    for (const KeyClause& clause : clauses_) {
      if (clause.attribute != key.attribute()) continue;
      return InvalidKeyCondition("KeyConditionExpressions must only contain one condition per key");
    }
    clauses_.push_back({key.attribute(), std::move(condition)});
    return Ok();
  }

  std::vector<KeyClause> clauses_;
};

// ---- against the schema
// ----------------------------------------------------------------------------------

const KeyClause* FindClause(const KeyConditionExpression& expression, std::string_view name) {
  for (const KeyClause& clause : expression.clauses) {
    if (clause.attribute == name) return &clause;
  }
  return nullptr;
}

Error MissedElement(const KeyAttribute& attribute) {
  return Validation(fmt::format("Query condition missed key schema element: {}", attribute.name));
}

Error NotSupported() { return Validation("Query key condition not supported"); }

bool IsEmpty(const AttributeValue& value) {
  const auto* const text = value.As<std::string>();
  const auto* const binary = value.As<Binary>();
  return (text != nullptr && text->empty()) || (binary != nullptr && binary->bytes.empty());
}

Result<void> CheckKeyValue(const KeyAttribute& attribute, const AttributeValue& value) {
  if (value.type() != attribute.type) {
    return Validation(
        "One or more parameter values were invalid: Condition parameter type does not "
        "match schema type");
  }
  if (IsEmpty(value)) {
    return Validation(fmt::format(
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        "contain an empty {} value. Key: {}",
        attribute.type == AttributeType::kB ? "binary" : "string", attribute.name));
  }
  return Ok();
}

/// The operator, types and empty values.
Result<void> CheckClause(const KeyAttribute& attribute, const KeyClause& clause) {
  if (!clause.indexable) {
    return Validation("Attempted conditional constraint is not an indexable operation");
  }
  const SortCondition& condition = clause.condition;
  PUMICE_TRY(CheckKeyValue(attribute, condition.low));
  if (condition.op == Operator::kBetween) return CheckKeyValue(attribute, condition.high);
  return Ok();
}

Result<void> CheckHashSize(const AttributeValue& value) {
  if (ValueSizeBytes(value) <= kMaxPartitionKeyBytes) return Ok();
  return Validation(
      "One or more parameter values were invalid: Size of hashkey has exceeded the "
      "maximum size limit of2048 bytes");
}

Result<void> CheckSortSize(const SortCondition& condition) {
  const bool between = condition.op == Operator::kBetween;
  if (ValueSizeBytes(condition.low) <= kMaxSortKeyBytes &&
      (!between || ValueSizeBytes(condition.high) <= kMaxSortKeyBytes)) {
    return Ok();
  }
  return Validation(
      "One or more parameter values were invalid: Aggregated size of all range keys "
      "has exceeded the size limit of 1024 bytes");
}

/// Every hash attribute is held equal.
Result<void> BindHash(const KeyConditionExpression& expression, const KeySchema& schema,
                      KeyCondition& bound) {
  for (const KeyAttribute& attribute : schema.hash) {
    const KeyClause* const clause = FindClause(expression, attribute.name);
    if (clause == nullptr) return MissedElement(attribute);
    PUMICE_TRY(CheckClause(attribute, *clause));
    if (clause->condition.op != Operator::kEqual) return NotSupported();
    PUMICE_TRY(CheckHashSize(clause->condition.low));
    bound.hash.push_back(clause->condition.low);
  }
  return Ok();
}

/// All range attributes before the last one with a condition are held equal.
Result<void> CheckNoGap(const KeyConditionExpression& expression, const KeySchema& schema,
                        std::size_t last) {
  std::string not_equal;
  for (std::size_t i = 0; i < last; ++i) {
    const KeyClause* const clause = FindClause(expression, schema.range[i].name);
    if (clause != nullptr && clause->condition.op == Operator::kEqual) continue;
    if (!not_equal.empty()) not_equal += ", ";
    not_equal += schema.range[i].name;
  }
  if (not_equal.empty()) return Ok();
  return Validation(
      fmt::format("RANGE key attributes {} must have equality conditions specified in the query "
                  "because a condition is present on key attribute {}",
                  not_equal, schema.range[last].name));
}

Result<void> BindRange(const KeyConditionExpression& expression, const KeySchema& schema,
                       KeyCondition& bound) {
  std::size_t named = 0;  // range attributes up to the last one with a condition
  for (std::size_t i = 0; i < schema.range.size(); ++i) {
    const KeyClause* const clause = FindClause(expression, schema.range[i].name);
    if (clause == nullptr) continue;
    PUMICE_TRY(CheckClause(schema.range[i], *clause));
    PUMICE_TRY(CheckSortSize(clause->condition));
    named = i + 1;
  }
  if (named == 0) return Ok();
  PUMICE_TRY(CheckNoGap(expression, schema, named - 1));
  for (std::size_t i = 0; i + 1 < named; ++i) {
    bound.sort_equals.push_back(FindClause(expression, schema.range[i].name)->condition.low);
  }
  bound.sort = FindClause(expression, schema.range[named - 1].name)->condition;
  return Ok();
}

/// A clause on an attribute that is no key: AWS names the key that it should have been on.
Result<void> CheckOnlyKeys(const KeyConditionExpression& expression, const KeySchema& schema) {
  const bool only_keys =
      std::all_of(expression.clauses.begin(), expression.clauses.end(),
                  [&](const KeyClause& clause) { return schema.Names(clause.attribute); });
  if (only_keys) return Ok();
  for (const KeyAttribute& attribute : schema.range) {
    if (FindClause(expression, attribute.name) == nullptr) return MissedElement(attribute);
  }
  return NotSupported();
}

}  // namespace

Result<KeyConditionExpression> ParseKeyCondition(std::string_view text,
                                                 Placeholders& placeholders) {
  PUMICE_TRY(const auto condition,
             ParseCondition(ConditionKind::kKeyCondition, text, placeholders));
  ClauseCollector collector;
  PUMICE_TRY(collector.Collect(condition));
  return KeyConditionExpression{std::move(collector).Take()};
}

Result<KeyCondition> BindKeyCondition(const KeyConditionExpression& expression,
                                      const KeySchema& schema) {
  const std::size_t conditions = expression.clauses.size();
  const std::size_t keys = schema.hash.size() + schema.range.size();
  // With a hash key alone AWS has another answer (CheckOnlyKeys).
  if (conditions > keys && keys > 1) {
    return Validation(
        fmt::format("The number of query conditions ({}) exceeds the number of key attributes "
                    "defined in the schema ({})",
                    conditions, keys));
  }
  KeyCondition bound;
  PUMICE_TRY(BindHash(expression, schema, bound));
  PUMICE_TRY(CheckOnlyKeys(expression, schema));
  PUMICE_TRY(BindRange(expression, schema, bound));
  return bound;
}

}  // namespace pumice
