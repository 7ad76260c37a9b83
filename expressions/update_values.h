// SPDX-License-Identifier: Apache-2.0
#pragma once
// The values that the actions of an update make from the old item.
// Errors of all: Validation, in the words that evaluate.h lists. What is said of types that do not
// go together depends on how the update was written, see TypeMismatch.

#include <optional>
#include <string_view>

#include "base/result.h"
#include "expressions/ast.h"

namespace pumice {

Result<AttributeValue> EvaluateSetValue(const SetValue& value, const Item& old_item);

std::string_view TypeMismatch(const UpdateExpression& update);

/// ADD: `old_value` null where the item has nothing there.
Result<AttributeValue> Added(const AttributeValue* old_value, const AttributeValue& added,
                             std::string_view type_mismatch);

/// DELETE from a set that is there. None: nothing is left.
Result<std::optional<AttributeValue>> WithoutMembers(const AttributeValue& old_value,
                                                     const AttributeValue& deleted,
                                                     std::string_view type_mismatch);

}  // namespace pumice
