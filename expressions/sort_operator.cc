// SPDX-License-Identifier: Apache-2.0
#include "expressions/sort_operator.h"

namespace pumice {
namespace {
using Operator = SortCondition::Operator;
}  // namespace

Operator SortOperatorOf(Comparator comparator) {
  switch (comparator) {
    case Comparator::kLess: return Operator::kLess;
    case Comparator::kLessOrEqual: return Operator::kLessOrEqual;
    case Comparator::kGreater: return Operator::kGreater;
    case Comparator::kGreaterOrEqual: return Operator::kGreaterOrEqual;
    default: return Operator::kEqual;
  }
}

Operator Mirrored(Operator op) {
  switch (op) {
    case Operator::kLess: return Operator::kGreater;
    case Operator::kLessOrEqual: return Operator::kGreaterOrEqual;
    case Operator::kGreater: return Operator::kLess;
    case Operator::kGreaterOrEqual: return Operator::kLessOrEqual;
    default: return op;
  }
}

}  // namespace pumice
