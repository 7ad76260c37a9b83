// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the operations on an existing table begin with.

#include <string>

#include "base/result.h"
#include "server/operations/operation.h"
#include "server/operations/table_name.h"
#include "storage/table_catalog.h"

namespace pumice {

/// Reads a request whose only member is TableName. Errors: Serialization, Validation.
Result<TableReference> ReadTableReference(std::string& body);

/// In the table operations' words, which name the table. Notes it for the request log. Errors:
/// ResourceNotFound.
Result<TablePtr> FindNamedTable(OperationContext& context, const TableReference& table);

}  // namespace pumice
