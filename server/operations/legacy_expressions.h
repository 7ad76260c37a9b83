// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the non-expression parameters of a request mean: their constraints, their static checks, and
// the same ASTs that expressions become (expressions/legacy). Where a request has none of them, all
// of these say at once that there is nothing.

#include <optional>
#include <string_view>

#include "base/result.h"
#include "expressions/ast.h"
#include "expressions/parse.h"
#include "server/operations/item_parameters.h"

namespace pumice {

// ---- constraints
// -----------------------------------------------------------------------------------------

/// Words that are none of ConditionalOperator, ComparisonOperator or Action, a condition of a
/// filter or a key without operator, too few or too many AttributesToGet.
void CheckLegacyConstraints(const ItemParameters& parameters, Spelling spelling,
                            ConstraintErrors& errors);
/// path: with the member's name, e.g. "AttributesToGet".
void CheckAttributesToGetCount(const ItemParameters& parameters, std::string_view path,
                               Spelling spelling, ConstraintErrors& errors);
/// Query: a ConditionalOperator that is none stands alone and without envelope (measured on AWS,
/// October 2026).
Result<void> CheckConditionalOperatorAlone(const ItemParameters& parameters);

// ---- static checks
// ---------------------------------------------------------------------------------------

/// "ConditionalOperator cannot be used without Filter or Expected" and the like.
Result<void> CheckConditionalOperatorUse(const ItemParameters& parameters);

// Each of these takes the parameter's contents out of `parameters`; none: it was not sent.
// Errors: the first problem of a value, else those of expressions/legacy, entry by entry in the
// order of the attributes' names.

Result<std::optional<UpdateExpression>> LegacyUpdate(ItemParameters& parameters);
Result<std::optional<Condition>> LegacyExpectation(ItemParameters& parameters);
/// QueryFilter or ScanFilter.
Result<std::optional<Condition>> LegacyFilter(ItemParameters& parameters);
Result<std::optional<ProjectionExpression>> LegacyProjection(ItemParameters& parameters);
/// Precondition: KeyConditions was sent.
Result<KeyConditionExpression> LegacyKeyCondition(ItemParameters& parameters);

}  // namespace pumice
