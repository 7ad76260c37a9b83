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
#include "storage/item_store.h"

namespace pumice {

/// ceil(size / 4 KB), at least one; halved for an eventually consistent read.
double ReadUnits(std::size_t size_bytes, bool consistent);
/// ceil(size / 1 KB), at least one.
double WriteUnits(std::size_t size_bytes);

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

/// {"TableName":…,"CapacityUnits":…}, with "Table" and index members for kIndexes, and
/// "ReadCapacityUnits" or "WriteCapacityUnits" beside each "CapacityUnits" for a kind. table_name
/// as the client sent it. Writes nothing for kNone.
void AppendConsumedCapacity(std::string& out, std::string_view table_name, const CapacityUse& use,
                            ReturnConsumedCapacity mode,
                            CapacityKind kind = CapacityKind::kUnnamed);

/// "ItemCollectionMetrics" of a table with a local index: the partition key and its size bounds in
/// gigabytes.
void AppendItemCollectionMetrics(std::string& out, const TableDescription& table,
                                 const AttributeValue& partition_key);

}  // namespace pumice
