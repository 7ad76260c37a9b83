// SPDX-License-Identifier: Apache-2.0
#pragma once
// Text -> meaning. Each function parses the whole grammar, checks all that needs neither table nor
// item, resolves placeholders (marking them used) and answers the AST, or Validation "Invalid
// <Kind>: <what>" as AWS says it (bare: an operation of the enveloped layer adds its envelope).
// Thread rule: pure but for the marks in `placeholders`.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expressions/ast.h"
#include "expressions/placeholders.h"
#include "model/item_key.h"
#include "model/table.h"

namespace pumice {

/// Which parameter the text came in; its name stands in the errors ("Invalid FilterExpression: …").
enum class ConditionKind : std::uint8_t { kCondition, kFilter, kKeyCondition };

Result<Condition> ParseCondition(ConditionKind kind, std::string_view text,
                                 Placeholders& placeholders);
Result<UpdateExpression> ParseUpdate(std::string_view text, Placeholders& placeholders);
Result<ProjectionExpression> ParseProjection(std::string_view text, Placeholders& placeholders);

/// One clause of a KeyConditionExpression, or entry of KeyConditions: attribute, operator,
/// operands.
struct KeyClause {
  std::string attribute;
  SortCondition condition;
  bool indexable = true;  // false: KeyConditions with an operator that no key can be asked with
};
/// Clauses in the order of the text.
struct KeyConditionExpression {
  std::vector<KeyClause> clauses;
};

/// First pass, before the table is looked up: grammar, one condition a key, operand types.
Result<KeyConditionExpression> ParseKeyCondition(std::string_view text, Placeholders& placeholders);
/// Second pass, against the schema of the table or index that is queried: "Query condition missed
/// key schema element: pk", "One or more parameter values were invalid: Condition parameter type
/// does not match schema type", "Attempted conditional constraint is not an indexable operation",
/// "Query key condition not supported", multi-attribute rules, key lengths, empty key values.
Result<KeyCondition> BindKeyCondition(const KeyConditionExpression& expression,
                                      const KeySchema& schema);

/// Names of the top-level attributes that a condition reads, sorted, each once.
std::vector<std::string> TopLevelAttributes(const Condition& condition);
std::vector<std::string> TopLevelAttributes(const ProjectionExpression& projection);
std::vector<std::string> TopLevelAttributes(const UpdateExpression& update);  // read or written

/// "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed:
/// Key: <a>" if a path of the condition goes into a key attribute of `schema`. label: "Key" or
/// "IndexKey".
Result<void> CheckNoPathIntoKey(const Condition& condition, const KeySchema& schema,
                                std::string_view label);
Result<void> CheckNoPathIntoKey(const ProjectionExpression& projection, const KeySchema& schema,
                                std::string_view label);
Result<void> CheckNoPathIntoKey(const UpdateExpression& update, const KeySchema& schema,
                                std::string_view label);

}  // namespace pumice
