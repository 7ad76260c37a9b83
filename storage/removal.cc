// SPDX-License-Identifier: Apache-2.0
#include "storage/removal.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "storage/catalog_keys.h"
#include "storage/key_format.h"
#include "storage/totals.h"

namespace pumice {
namespace {

// A range deletion costs every later read of the family a little until it is compacted away; single
// deletions cost the most when there are many. Tests make and drop small tables all the time.
constexpr std::size_t kFewKeys = 4096;

/// The keys of a range if they are few, else none.
Result<std::optional<std::vector<std::string>>> FewKeys(const Engine& engine, Family family,
                                                        const KeyRange& range) {
  std::vector<std::string> keys;
  const auto cursor = engine.NewCursor(family, range, Direction::kForward);
  for (; cursor->Valid(); cursor->Next()) {
    if (keys.size() == kFewKeys) return std::optional<std::vector<std::string>>();
    keys.emplace_back(cursor->key());
  }
  PUMICE_TRY(cursor->status());
  return std::optional(std::move(keys));
}

Result<void> RemoveRange(Engine& engine, Family family, const KeyRange& range) {
  PUMICE_TRY(const auto keys, FewKeys(engine, family, range));
  if (keys && keys->empty()) return Ok();
  const std::string_view lock_key = range.begin;
  return engine.Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
    if (!keys) transaction.DeleteRange(family, range);
    if (keys) {
      for (const std::string& key : *keys) transaction.Delete(family, key);
    }
    return Ok();
  });
}

/// Takes an index out of the totals of a table that stays.
Result<void> RemoveFromTotals(Engine& engine, TableId table, std::uint32_t index) {
  const std::vector<std::string> stripes = AllStripeKeys(table);
  const std::vector<std::string_view> lock_keys(stripes.begin(), stripes.end());
  return engine.Transact(lock_keys, [&](Transaction& transaction) -> Result<void> {
    for (const std::string& stripe : stripes) {
      PUMICE_TRY(DropFromTotals(transaction, stripe, index));
    }
    return Ok();
  });
}

Result<void> RemoveIndex(Engine& engine, const Removal& removal, const KeyRange& range) {
  PUMICE_TRY(RemoveRange(engine, Family::kIndexes, range));
  if (removal.index_of == TableId()) return Ok();
  return RemoveFromTotals(engine, removal.index_of, removal.id);
}

Result<void> RemoveTable(Engine& engine, const KeyRange& range) {
  PUMICE_TRY(RemoveRange(engine, Family::kItems, range));
  return RemoveRange(engine, Family::kTotals, range);
}

Result<void> RemoveEntries(Engine& engine, const Removal& removal) {
  const KeyRange range = WholeRange(removal.id);
  switch (removal.kind) {
    case RemovalKind::kTable: return RemoveTable(engine, range);
    case RemovalKind::kIndex: return RemoveIndex(engine, removal, range);
    case RemovalKind::kExpiry: return RemoveRange(engine, Family::kExpiry, range);
  }
  return Error(ErrorCode::kInternal, {}, "a removal of an unknown kind is noted");
}

}  // namespace

std::vector<Removal> RemovalsOf(const TableDescription& table) {
  std::vector<Removal> removals = {{RemovalKind::kTable, table.id.value(), {}}};
  for (const IndexDescription& index : table.indexes) {
    removals.push_back({RemovalKind::kIndex, index.id.value(), {}});
  }
  if (table.TimeToLiveEnabled()) {
    removals.push_back({RemovalKind::kExpiry, table.time_to_live->id.value(), {}});
  }
  return removals;
}

void NoteRemovals(Transaction& transaction, std::span<const Removal> removals) {
  for (const Removal& removal : removals) {
    std::string value(1, static_cast<char>(removal.kind));
    if (removal.kind == RemovalKind::kIndex) AppendU32(value, removal.index_of.value());
    transaction.Put(Family::kCatalog, CatalogKey(kRemovalPrefix, removal.id), value);
  }
}

Result<std::vector<Removal>> NotedRemovals(const Engine& engine) {
  std::vector<Removal> removals;
  const auto cursor = engine.NewCursor(
      Family::kCatalog, {std::string(1, kRemovalPrefix), std::string(1, kRemovalPrefix + 1)},
      Direction::kForward);
  for (; cursor->Valid(); cursor->Next()) {
    std::string_view id = cursor->key().substr(1);
    std::string_view value = cursor->value();
    Removal removal;
    removal.id = TakeU32(id).value_or(0);
    if (!value.empty()) {
      removal.kind = static_cast<RemovalKind>(value.front());
      value.remove_prefix(1);
    }
    removal.index_of = TableId(TakeU32(value).value_or(0));
    removals.push_back(removal);
  }
  PUMICE_TRY(cursor->status());
  return removals;
}

Result<void> DoRemoval(Engine& engine, const Removal& removal) {
  PUMICE_TRY(RemoveEntries(engine, removal));
  const std::string record_key = CatalogKey(kRemovalPrefix, removal.id);
  const std::string_view lock_key = record_key;
  return engine.Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
    transaction.Delete(Family::kCatalog, record_key);
    return Ok();
  });
}

}  // namespace pumice
