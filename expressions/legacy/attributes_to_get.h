// SPDX-License-Identifier: Apache-2.0
#pragma once
// AttributesToGet: top-level attributes that a read answers.
// AWS: Developer Guide, "AttributesToGet (legacy)".

#include <string>
#include <vector>

#include "base/result.h"
#include "expressions/ast.h"

namespace pumice {

/// Errors: "One or more parameter values were invalid: Duplicate value in attribute name: <a>".
Result<ProjectionExpression> ToProjection(std::vector<std::string> attributes);

}  // namespace pumice
