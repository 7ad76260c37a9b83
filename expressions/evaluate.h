// SPDX-License-Identifier: Apache-2.0
#pragma once
// Meaning + item -> answer. Pure functions.

#include <cstddef>

#include "base/result.h"
#include "expressions/ast.h"
#include "model/attribute_value.h"

namespace pumice {

/// A missing item is evaluated as an empty one.
bool Evaluate(const Condition& condition, const Item& item);

/// The item after the update; `old_item` is the stored item, or just the key attributes where none
/// is stored. All right-hand sides read old_item. Errors (Validation, bare): "The provided
/// expression refers to an attribute that does not exist in the item", "An operand in the update
/// expression has an incorrect data type" (of AttributeUpdates "Type mismatch for attribute to
/// update"), "The document path provided in the update expression is invalid for update", number
/// overflow, nesting. item_exists false: REMOVE and DELETE of nested
/// paths are ignored.
Result<Item> ApplyUpdate(const UpdateExpression& update, const Item& old_item, bool item_exists);

/// What UPDATED_NEW (item = new) and UPDATED_OLD (item = old) show: only the addressed paths, in
/// their hierarchy.
Item UpdatedPart(const UpdateExpression& update, const Item& item);

/// The addressed parts of the item, in their structure; list elements compacted in index order.
Item Project(const ProjectionExpression& projection, const Item& item);

/// What the statement itself is charged at the 400 KB gate of UpdateItem (measured on AWS, October
/// 2026); nothing for AttributeUpdates.
std::size_t StatementChargeBytes(const UpdateExpression& update);

}  // namespace pumice
