// SPDX-License-Identifier: Apache-2.0
#pragma once
// Read and write units, and how they are told. AWS: "Capacity unit consumption".

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/table.h"
#include "server/operations/item_parameters.h"
#include "server/protocol/json_members.h"
#include "storage/item_store.h"
#include "storage/table_catalog.h"

namespace pumice {

/// ceil(size / 4 KB), at least one; halved for an eventually consistent read.
double ReadUnits(std::size_t size_bytes, bool consistent);
/// ceil(size / 1 KB), at least one.
double WriteUnits(std::size_t size_bytes);

/// How many units a transaction uses for one that the same read or write of a table uses alone.
inline constexpr double kTransactFactor = 2;

/// Transactions tell their units a second time under the name of their kind; nothing else does
/// (measured on AWS, October 2026).
enum class CapacityKind : std::uint8_t { kUnnamed, kRead, kWrite };

/// What one request used of one table.
struct CapacityUse {
  double table = 0;
  std::vector<std::pair<const IndexDescription*, double>> indexes;  // only those that were touched

  double Total() const;
  void AddIndex(const IndexDescription& index, double units);
  void AddWrite(const TableDescription& table_description, const WriteOutcome& outcome);

  /// A transaction's part: twice the units of the table, but not of its indexes.
  void AddTransactRead(std::size_t size_bytes);
  void AddTransactWrite(const TableDescription& table_description, const WriteOutcome& outcome);
};

/// What one request of several tables did to one of them.
struct TableUse {
  TablePtr table;
  std::string table_name;  // as the client sent it
  CapacityUse use;
  std::vector<AttributeValue> item_collection_keys;  // written, in a table with a local index
};

/// The table's entry; a new one, with this name, if there is none.
TableUse& TableUseOf(std::vector<TableUse>& tables, const TablePtr& table,
                     std::string_view table_name);

/// {"TableName":…,"CapacityUnits":…}, with "Table" and index members for kIndexes, and
/// "ReadCapacityUnits" or "WriteCapacityUnits" beside each "CapacityUnits" for a kind. table_name
/// as the client sent it. Writes nothing for kNone.
void AppendConsumedCapacity(std::string& out, std::string_view table_name, const CapacityUse& use,
                            ReturnConsumedCapacity mode,
                            CapacityKind kind = CapacityKind::kUnnamed);

/// A list of the same, one a table that something was used of: not where all of it is unprocessed.
void AppendConsumedCapacities(std::string& out, std::span<const TableUse> tables,
                              ReturnConsumedCapacity mode,
                              CapacityKind kind = CapacityKind::kUnnamed);

/// "ItemCollectionMetrics" of a table with a local index: the partition key and its size bounds in
/// gigabytes.
void AppendItemCollectionMetrics(std::string& out, const TableDescription& table,
                                 const AttributeValue& partition_key);

/// The member "ItemCollectionMetrics" with a list for each table, if any table has a local index.
void AppendItemCollectionMetrics(JsonMembers& members, std::span<const TableUse> tables);

}  // namespace pumice
