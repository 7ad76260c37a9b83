// SPDX-License-Identifier: Apache-2.0
#pragma once
// TableDescription as the table operations answer it: the members that AWS shows, and none where
// AWS shows none. Thread rule: free functions, any thread.

#include <string>

#include "model/table.h"
#include "storage/table_catalog.h"

namespace pumice {

/// What is shown of a table at one moment.
struct ShownTable {
  TablePtr table;
  TableStatus status = TableStatus::kActive;  // as answered; it may differ from table->status
  ItemTotals totals;
  std::vector<ItemTotals> index_totals;  // in the order of table->indexes
};

/// Totals are read now.
ShownTable ShowTable(const TableCatalog& catalog, TablePtr table, TableStatus status);

/// {"TableName":…}
void AppendTableDescription(std::string& out, const ShownTable& shown);

/// DeleteTable's answer: without keys, definitions, indexes and creation time.
void AppendDeletedTableDescription(std::string& out, const ShownTable& shown);

/// "ACTIVE", …
std::string_view TableStatusName(TableStatus status);

/// Epoch seconds with milliseconds.
void AppendTime(std::string& out, TimePoint time);

}  // namespace pumice
