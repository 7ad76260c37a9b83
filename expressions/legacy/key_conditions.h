// SPDX-License-Identifier: Apache-2.0
#pragma once
// KeyConditions: what a Query wants of the keys.
// AWS: Developer Guide, "KeyConditions (legacy)".

#include "base/result.h"
#include "expressions/legacy/conditions.h"
#include "expressions/parse.h"

namespace pumice {

/// What only the schema can tell is left to BindKeyCondition, also that a key cannot be asked with
/// NE, IN, CONTAINS, NOT_CONTAINS, NULL or NOT_NULL. Precondition: CheckArguments of each.
/// Errors: "Conditions can be of length 1 or 2 only" if there are none.
Result<KeyConditionExpression> ToKeyCondition(LegacyConditions conditions);

}  // namespace pumice
