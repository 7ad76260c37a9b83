// SPDX-License-Identifier: Apache-2.0
#pragma once
// The state of a table as clients are told it. Tables are there at once, changed at once and gone
// at once; only indexes are made and deleted in the background. With delay_transient_statuses each
// state is shown for a little while, as DynamoDB Local does, so that a client's waiting is put to
// the test: a new table as CREATING (its items can be written and read all the while), UPDATING,
// DELETING, and the states of indexes.

#include <chrono>

#include "base/result.h"
#include "model/table.h"
#include "server/operations/operation.h"

namespace pumice {

/// How long each state is shown then.
inline constexpr std::chrono::seconds kTransientDelay{2};

TableStatus StatusNow(const TableDescription& table, const OperationContext& context);

/// Errors: ResourceInUse, while the table is being created.
Result<void> CheckNotBeingCreated(const TableDescription& table, const OperationContext& context);

/// Errors: ResourceInUse, while the table is being deleted.
Result<void> CheckNotBeingDeleted(const TableDescription& table);

/// Errors: ResourceInUse, while the table is being updated or deleted.
Result<void> CheckNotBeingChanged(const TableDescription& table);

/// Errors: ResourceInUse, while one of its indexes is being created, updated or deleted.
Result<void> CheckNoIndexBeingChanged(const TableDescription& table);

}  // namespace pumice
