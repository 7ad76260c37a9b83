// SPDX-License-Identifier: Apache-2.0
#include "server/operations/table_status.h"

#include <fmt/core.h>

namespace pumice {

TableStatus StatusNow(const TableDescription& table, const OperationContext& context) {
  if (!context.options.delay_transient_statuses) return table.status;
  return context.clock.Now() < table.created + kDelayedCreation ? TableStatus::kCreating
                                                                : table.status;
}

Result<void> CheckNotBeingCreated(const TableDescription& table, const OperationContext& context) {
  if (StatusNow(table, context) != TableStatus::kCreating) return Ok();
  return Error(ErrorCode::kResourceInUse,
               fmt::format("Attempt to change a resource which is still in use: Table is being "
                           "created: {}",
                           table.name.value()));
}

}  // namespace pumice
