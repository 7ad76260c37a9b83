// SPDX-License-Identifier: Apache-2.0
#include "server/operations/consumed_capacity.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "model/attribute_json.h"

namespace pumice {
namespace {

void AppendUnits(std::string& out, double units) {
  fmt::format_to(std::back_inserter(out), "{:.1f}", units);
}

void AppendUnitsMembers(JsonMembers& members, double units, CapacityKind kind) {
  AppendUnits(members.Member("CapacityUnits"), units);
  if (kind == CapacityKind::kRead) AppendUnits(members.Member("ReadCapacityUnits"), units);
  if (kind == CapacityKind::kWrite) AppendUnits(members.Member("WriteCapacityUnits"), units);
}

void AppendUnitsObject(std::string& out, double units, CapacityKind kind) {
  JsonMembers members(out);
  AppendUnitsMembers(members, units, kind);
  members.End();
}

struct IndexMember {
  IndexKind kind;
  std::string_view name;
};

void AppendIndexes(JsonMembers& members, const CapacityUse& use, IndexMember member,
                   CapacityKind kind) {
  const auto of_kind = [&](const auto& entry) { return entry.first->kind == member.kind; };
  if (std::none_of(use.indexes.begin(), use.indexes.end(), of_kind)) return;
  std::string& out = members.Member(member.name);
  JsonMembers indexes(out);
  for (const auto& entry : use.indexes) {
    if (!of_kind(entry)) continue;
    AppendUnitsObject(indexes.Member(entry.first->name.value()), entry.second, kind);
  }
  indexes.End();
}

double CeilDivide(std::size_t bytes, std::size_t unit) {
  return static_cast<double>(std::max<std::size_t>(1, (bytes + unit - 1) / unit));
}

}  // namespace

double ReadUnits(std::size_t size_bytes, bool consistent) {
  const double units = CeilDivide(size_bytes, 4096);
  return consistent ? units : units / 2;
}

double WriteUnits(std::size_t size_bytes) { return CeilDivide(size_bytes, 1024); }

double CapacityUse::Total() const {
  double total = table;
  for (const auto& [index, units] : indexes) total += units;
  return total;
}

void CapacityUse::AddIndex(const IndexDescription& index, double units) {
  for (auto& entry : indexes) {
    if (entry.first->id == index.id) {
      entry.second += units;
      return;
    }
  }
  indexes.emplace_back(&index, units);
}

void CapacityUse::AddWrite(const TableDescription& table_description, const WriteOutcome& outcome) {
  table += WriteUnits(static_cast<std::size_t>(outcome.larger_size_bytes));
  for (const IndexUnits& units : outcome.index_units) {
    for (const IndexDescription& index : table_description.indexes) {
      if (index.id == units.index) AddIndex(index, static_cast<double>(units.write_units));
    }
  }
}

void CapacityUse::AddTransactRead(std::size_t size_bytes) {
  table += kTransactFactor * ReadUnits(size_bytes, true);
}

void CapacityUse::AddTransactWrite(const TableDescription& table_description,
                                   const WriteOutcome& outcome) {
  AddWrite(table_description, outcome);
  table += WriteUnits(static_cast<std::size_t>(outcome.larger_size_bytes));
}

void AppendConsumedCapacity(std::string& out, std::string_view table_name, const CapacityUse& use,
                            ReturnConsumedCapacity mode, CapacityKind kind) {
  if (mode == ReturnConsumedCapacity::kNone) return;
  JsonMembers members(out);
  AppendJsonString(members.Member("TableName"), table_name);
  AppendUnitsMembers(members, use.Total(), kind);
  if (mode == ReturnConsumedCapacity::kIndexes) {
    AppendUnitsObject(members.Member("Table"), use.table, kind);
    AppendIndexes(members, use, {IndexKind::kLocal, "LocalSecondaryIndexes"}, kind);
    AppendIndexes(members, use, {IndexKind::kGlobal, "GlobalSecondaryIndexes"}, kind);
  }
  members.End();
}

TableUse& TableUseOf(std::vector<TableUse>& tables, const TablePtr& table,
                     std::string_view table_name) {
  for (TableUse& known : tables) {
    if (known.table->id == table->id) return known;
  }
  tables.push_back({table, std::string(table_name), {}, {}});
  return tables.back();
}

void AppendConsumedCapacities(std::string& out, std::span<const TableUse> tables,
                              ReturnConsumedCapacity mode, CapacityKind kind) {
  out += '[';
  for (const TableUse& table : tables) {
    if (table.use.Total() == 0) continue;
    if (out.back() != '[') out += ',';
    AppendConsumedCapacity(out, table.table_name, table.use, mode, kind);
  }
  out += ']';
}

void AppendItemCollectionMetrics(std::string& out, const TableDescription& table,
                                 const AttributeValue& partition_key) {
  JsonMembers members(out);
  Item key;
  key.Set(table.key_schema.hash.front().name, partition_key);
  AppendItemJson(members.Member("ItemCollectionKey"), key);
  members.Member("SizeEstimateRangeGB") += "[0.0,1.0]";
  members.End();
}

void AppendItemCollectionMetrics(JsonMembers& members, std::span<const TableUse> tables) {
  const auto has_none = [](const TableUse& use) { return use.item_collection_keys.empty(); };
  if (std::all_of(tables.begin(), tables.end(), has_none)) return;
  JsonMembers metrics(members.Member("ItemCollectionMetrics"));
  for (const TableUse& use : tables) {
    if (has_none(use)) continue;
    std::string& list = metrics.NamedMember(use.table_name);
    list += '[';
    for (const AttributeValue& key : use.item_collection_keys) {
      if (list.back() != '[') list += ',';
      AppendItemCollectionMetrics(list, *use.table, key);
    }
    list += ']';
  }
  metrics.End();
}

}  // namespace pumice
