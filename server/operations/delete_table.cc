// SPDX-License-Identifier: Apache-2.0
#include "server/operations/delete_table.h"

#include <utility>

#include "server/operations/existing_table.h"
#include "server/operations/table_status.h"
#include "server/protocol/json_members.h"

namespace pumice {

Result<DeleteTable::Request> DeleteTable::Request::FromJson(std::string& body) {
  PUMICE_TRY(auto table, ReadTableReference(body));
  return Request{std::move(table)};
}

Result<DeleteTable::Response> DeleteTable::Run(const Request& request, OperationContext& context) {
  PUMICE_TRY(auto table, FindNamedTable(context, request.table));
  TableCatalog& catalog = context.database.catalog();
  ShownTable shown = ShowTable(catalog, std::move(table), TableStatus::kDeleting);
  const auto check = [&](const TableDescription& current) -> Result<void> {
    PUMICE_TRY(CheckNotBeingCreated(current, context));
    PUMICE_TRY(CheckNoIndexBeingChanged(current));
    PUMICE_TRY(CheckNotBeingChanged(current));
    if (!current.deletion_protection) return Ok();
    return Error(
        ErrorCode::kValidation,
        "Resource cannot be deleted as it is currently protected against deletion. Disable "
        "deletion protection first.");
  };
  const std::string& name = request.table.name.value();
  if (!context.options.delay_transient_statuses) {
    PUMICE_TRY(shown.table, catalog.Delete(name, check));
    return Response{std::move(shown)};
  }
  PUMICE_TRY(shown.table,
             catalog.Update(name, [&](const TableDescription& current) -> Result<TableDescription> {
               PUMICE_TRY(check(current));
               TableDescription table = current;
               table.status = TableStatus::kDeleting;
               return table;
             }));
  return Response{std::move(shown)};
}

void DeleteTable::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  AppendDeletedTableDescription(members.Member("TableDescription"), shown);
  members.End();
}

}  // namespace pumice
