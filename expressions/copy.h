// SPDX-License-Identifier: Apache-2.0
#pragma once
// Copies of an AST, for who has to own what another request still needs.
// Thread rule: pure. Recursion is bounded as that of the AST is.

#include "expressions/ast.h"

namespace pumice {

Condition CopyOf(const Condition& condition);
UpdateExpression CopyOf(const UpdateExpression& update);

}  // namespace pumice
