// SPDX-License-Identifier: Apache-2.0
#include "server/operations/existing_table.h"

#include <optional>

#include <fmt/core.h>

#include "server/protocol/json_reader.h"

namespace pumice {

Result<TableReference> ReadTableReference(std::string& body) {
  std::optional<std::string> name;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view member, JsonValue& value) -> Result<void> {
    if (member == "TableName") {
      PUMICE_TRY(name, value.String());
    }
    return Ok();
  }));
  return ResolveTable(name);
}

Result<TablePtr> FindNamedTable(OperationContext& context, const TableReference& table) {
  const std::string& name = table.name.value();
  context.notes.table = name;
  TablePtr found = context.database.catalog().Find(name);
  if (found) return found;
  return Error(ErrorCode::kResourceNotFound,
               fmt::format("Requested resource not found: Table: {} not found", name));
}

}  // namespace pumice
