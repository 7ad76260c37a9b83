// SPDX-License-Identifier: Apache-2.0
#pragma once
// Terms -> values, conditions and updates of expressions/ast.h. Recursion is as deep as the terms,
// which the parser bounds.
// Errors of all: Validation, in AWS's words.

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expressions/ast.h"
#include "expressions/partiql/syntax.h"
#include "model/attribute_value.h"

namespace pumice::partiql {

using Parameters = std::span<const AttributeValue>;

/// Whether the term is a literal, a parameter or a container of such.
bool IsValue(const Term& term);
/// A value whose numbers and depth DynamoDB takes.
Result<AttributeValue> LowerValue(const Term& term, Parameters parameters);

Result<Condition> LowerCondition(const Term& term, Parameters parameters);

/// set_add and set_delete become ADD and DELETE.
Result<UpdateExpression> LowerUpdate(const std::vector<AssignmentSyntax>& assignments,
                                     Parameters parameters);

/// What AWS's parser calls an expression ("Unsupported operation: <name>").
std::string_view OperationName(const Term& term);

/// The operator as DynamoDB Local prints it: "like", "+", "and"; empty: the term is none.
std::string_view OperatorText(const Term& term);

/// Not deeper than a path may be.
Result<void> CheckPath(const DocumentPath& path);

}  // namespace pumice::partiql
