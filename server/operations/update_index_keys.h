// SPDX-License-Identifier: Apache-2.0
#pragma once
// Keys of secondary indexes under UpdateItem. What the update's own operands tell is refused before
// the condition, in PutItem's words where they name the type; what only the item tells is refused
// when the update is applied, in words of its own.

#include "base/result.h"
#include "expressions/ast.h"
#include "model/table.h"

namespace pumice {

/// The operands that go into index keys as they are, and the types that can be seen without the
/// item. Errors (Validation): "… Type mismatch for Index Key …", "… Size limit exceeded for Index
/// Key …", "… The update expression attempted to update a secondary index key to a value that is
/// not supported. …" (empty).
Result<void> CheckIndexKeyOperands(const UpdateExpression& update, const TableDescription& table);

/// Whether CheckIndexKeyOperands refuses the update for an empty value: AWS refuses a transaction
/// as a whole for that, but cancels it, with a reason for the one action, for the rest.
bool HasEmptyIndexKeyOperand(const UpdateExpression& update, const TableDescription& table);

/// The index keys that the update changed. Errors (Validation): "The update expression attempted to
/// update the secondary index key to unsupported type" / "… beyond allowed size limits", and the
/// one above for empty ones.
Result<void> CheckUpdatedIndexKeys(const TableDescription& table, const Item& old_item,
                                   const Item& new_item);

}  // namespace pumice
