// SPDX-License-Identifier: Apache-2.0
#pragma once
// From the comparators of a condition to the operators that a sort key can be asked with. Pure.

#include "expressions/ast.h"
#include "model/item_key.h"

namespace pumice {

/// Precondition: not <>, which no key can be asked with.
SortCondition::Operator SortOperatorOf(Comparator comparator);

/// The operator with its operands exchanged: :v < a is a > :v.
SortCondition::Operator Mirrored(SortCondition::Operator op);

}  // namespace pumice
