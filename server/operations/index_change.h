// SPDX-License-Identifier: Apache-2.0
#pragma once
// What UpdateTable's GlobalSecondaryIndexUpdates do to a table, as pure functions on descriptions:
// new indexes, indexes that go, indexes whose throughput changes. The constraints hold already.
// Thread rule: free functions, any thread.

#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "model/table.h"
#include "server/operations/table_parameters.h"

namespace pumice {

/// What the request alone tells: each element asks for one thing, no index is named twice, new keys
/// come with definitions. Errors: Validation.
Result<void> CheckIndexUpdates(const TableParameters& changes);

/// Whether there are indexes to be made or deleted.
bool ChangesIndexes(const TableParameters& changes);

/// The units that the request gives an index, or null.
const SentThroughput* IndexUnitsFor(const TableParameters& changes, std::string_view index_name);

/// Makes, deletes and updates; the billing mode is the new one already. New indexes get no id here.
/// Errors: Validation; ResourceNotFound (no such index); ResourceInUse (it is being created or
/// deleted); LimitExceeded (one at a time).
Result<void> ChangeIndexes(TableDescription& table, const TableParameters& changes, TimePoint now);

}  // namespace pumice
