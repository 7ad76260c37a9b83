// SPDX-License-Identifier: Apache-2.0
#pragma once
// The state of a table as clients are told it. Tables are there at once; with
// delay_transient_statuses the table operations say CREATING for a little while, as DynamoDB Local
// does, so that a client's waiting is put to the test. Items can be written and read all the while.
// DELETING is never delayed.

#include <chrono>

#include "base/result.h"
#include "model/table.h"
#include "server/operations/operation.h"

namespace pumice {

inline constexpr std::chrono::seconds kDelayedCreation{2};
/// The same for ENABLING and DISABLING of time to live.
inline constexpr std::chrono::seconds kDelayedChange{2};

TableStatus StatusNow(const TableDescription& table, const OperationContext& context);

/// Errors: ResourceInUse, while the table is being created.
Result<void> CheckNotBeingCreated(const TableDescription& table, const OperationContext& context);

}  // namespace pumice
