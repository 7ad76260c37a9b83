// SPDX-License-Identifier: Apache-2.0
#pragma once
// INSERT, UPDATE and DELETE: the statement on its table, and the write.

#include <optional>
#include <string>

#include "base/result.h"
#include "expressions/partiql/statement.h"
#include "server/operations/consumed_capacity.h"
#include "server/operations/operation.h"
#include "storage/table_catalog.h"

namespace pumice {

/// The one item that a statement is about.
struct StatementTarget {
  TablePtr table;
  std::string table_name;  // as the statement says it
  ItemKey key;
};

/// Precondition: an INSERT, UPDATE or DELETE. Errors: Validation (the item is too large),
/// ResourceNotFound, Validation (an index, no equality on all key attributes, types and sizes of
/// key values, an update of a key attribute).
Result<StatementTarget> FindTarget(const partiql::Statement& statement, OperationContext& context);

struct StatementWriteResult {
  std::string item;  // wire text of what RETURNING asks for; empty: nothing
  CapacityUse use;
};

/// Errors: DuplicateItem (INSERT of a key that is there), ConditionalCheckFailed (UPDATE of a
/// missing item, a WHERE that the item does not fulfil; with the item where it was asked for),
/// those of the update and of ItemStore::Write.
Result<StatementWriteResult> WriteStatement(const partiql::Statement& statement,
                                            const StatementTarget& target,
                                            bool return_item_on_failed_condition,
                                            OperationContext& context);

}  // namespace pumice
