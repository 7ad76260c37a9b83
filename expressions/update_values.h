// SPDX-License-Identifier: Apache-2.0
#pragma once
// The values that the actions of an update make from the old item.
// Errors of all: Validation, in the words that evaluate.h lists.

#include <optional>

#include "base/result.h"
#include "expressions/ast.h"

namespace pumice {

Result<AttributeValue> EvaluateSetValue(const SetValue& value, const Item& old_item);

/// ADD: `old_value` null where the item has nothing there.
Result<AttributeValue> Added(const AttributeValue* old_value, const AttributeValue& added);

/// DELETE from a set that is there. None: nothing is left.
Result<std::optional<AttributeValue>> WithoutMembers(const AttributeValue& old_value,
                                                     const AttributeValue& deleted);

}  // namespace pumice
