// SPDX-License-Identifier: Apache-2.0
#include "server/operations/table_status.h"

#include <algorithm>

#include <fmt/core.h>

namespace pumice {
namespace {

Error InUse(std::string_view what_happens, const TableDescription& table) {
  return Error(ErrorCode::kResourceInUse,
               fmt::format("Attempt to change a resource which is still in use: Table is being {}: "
                           "{}",
                           what_happens, table.name.value()));
}

}  // namespace

TableStatus StatusNow(const TableDescription& table, const OperationContext& context) {
  if (!context.options.delay_transient_statuses) return table.status;
  return context.clock.Now() < table.created + kTransientDelay ? TableStatus::kCreating
                                                               : table.status;
}

Result<void> CheckNotBeingCreated(const TableDescription& table, const OperationContext& context) {
  if (StatusNow(table, context) != TableStatus::kCreating) return Ok();
  return InUse("created", table);
}

Result<void> CheckNotBeingDeleted(const TableDescription& table) {
  if (table.status != TableStatus::kDeleting) return Ok();
  return InUse("deleted", table);
}

Result<void> CheckNotBeingChanged(const TableDescription& table) {
  if (table.status == TableStatus::kUpdating) return InUse("updated", table);
  return CheckNotBeingDeleted(table);
}

Result<void> CheckNoIndexBeingChanged(const TableDescription& table) {
  const bool lasts = std::all_of(
      table.indexes.begin(), table.indexes.end(),
      [](const IndexDescription& index) { return index.status == IndexStatus::kActive; });
  if (lasts) return Ok();
  return Error(ErrorCode::kResourceInUse,
               "Attempt to change a resource which is still in use: Cannot delete table while "
               "indexes are being created, updated, or deleted.");
}

}  // namespace pumice
