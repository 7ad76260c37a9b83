// SPDX-License-Identifier: Apache-2.0
#include "server/operations/update_table.h"

#include <utility>

#include "server/operations/existing_table.h"
#include "server/operations/table_change.h"
#include "server/operations/table_status.h"
#include "server/operations/throttle.h"
#include "server/protocol/json_members.h"

namespace pumice {

Result<UpdateTable::Request> UpdateTable::Request::FromJson(std::string& body) {
  TableParameters changes;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name != "GlobalSecondaryIndexUpdates") return ReadTableParameter(name, value, changes);
    PUMICE_TRY(changes.index_updates, ReadIndexUpdates(value));
    return Ok();
  }));
  PUMICE_TRY(auto table, ResolveTable(changes.table_name));
  ConstraintErrors errors;
  CheckTableConstraints(changes, false, errors);
  PUMICE_TRY(errors.Check());
  PUMICE_TRY(CheckSupported(changes));
  PUMICE_TRY(CheckTableChanges(changes));
  return Request{std::move(table), std::move(changes)};
}

Result<UpdateTable::Response> UpdateTable::Run(const Request& request, OperationContext& context) {
  PUMICE_TRY(const auto before, FindNamedTable(context, request.table));
  TableCatalog& catalog = context.database.catalog();
  const ChangeSettings settings{context.identity, context.random, context.clock.Now(),
                                context.options.delay_transient_statuses};
  const auto change = [&](const TableDescription& current) -> Result<TableDescription> {
    PUMICE_TRY(CheckNotBeingCreated(current, context));
    PUMICE_TRY(auto table, ChangeTable(current, request.changes, settings));
    // Behind what is told of the one index that is being created.
    PUMICE_TRY(CheckNotBeingChanged(current));
    return table;
  };
  PUMICE_TRY(auto table, catalog.Update(request.table.name.value(), change));
  if (context.throttle != nullptr) {
    context.throttle->ChangeRates(context.database, *before, *table);
  }
  const TableStatus status =
      ShowsUpdating(request.changes) ? TableStatus::kUpdating : table->status;
  return Response{ShowTable(catalog, std::move(table), status)};
}

void UpdateTable::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  AppendTableDescription(members.Member("TableDescription"), shown);
  members.End();
}

}  // namespace pumice
