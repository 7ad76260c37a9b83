// SPDX-License-Identifier: Apache-2.0
#pragma once
// UpdateTable's work as pure functions on descriptions. Thread rule: free functions, any thread.

#include "base/clock.h"
#include "base/result.h"
#include "model/table.h"
#include "server/operations/operation.h"
#include "server/operations/table_parameters.h"

namespace pumice {

/// What the request alone tells: something to change, nothing that cannot go together, throughput
/// that fits the billing mode, a stream with its view. The constraints hold already. Errors:
/// Validation.
Result<void> CheckTableChanges(const TableParameters& changes);

/// What stands around a change.
struct ChangeSettings {
  const Identity& identity;
  RandomSource& random;
  TimePoint now;
  bool show_transient_statuses = false;  // the table and its indexes are UPDATING for a while
};

/// The table after the changes; may be called twice. Errors: Validation; those of ChangeIndexes
/// (index_change.h).
Result<TableDescription> ChangeTable(const TableDescription& current,
                                     const TableParameters& changes,
                                     const ChangeSettings& settings);

/// Whether AWS's answer says UPDATING: deletion protection and encryption leave the table ACTIVE.
bool ShowsUpdating(const TableParameters& changes);

}  // namespace pumice
