// SPDX-License-Identifier: Apache-2.0
#include "storage/index_filler.h"

#include <algorithm>
#include <cstdint>

#include "storage/index_maintainer.h"
#include "storage/item_batch.h"

namespace pumice {
namespace {

/// Null: it is gone or going.
const IndexDescription* FindIndex(const LiveTablePtr& table, IndexId id) {
  if (table == nullptr) return nullptr;
  const auto& indexes = table->description->indexes;
  const auto found = std::find_if(indexes.begin(), indexes.end(),
                                  [&](const IndexDescription& index) { return index.id == id; });
  const bool there = found != indexes.end() && found->status != IndexStatus::kDeleting;
  return there ? &*found : nullptr;
}

/// A write that came in between has made the entry already.
Result<void> FillOne(const LockedItem& locked, const TableDescription& table,
                     const IndexDescription& index) {
  const std::optional<IndexEntry> entry = MakeIndexEntry(table, index, locked.key, locked.item);
  if (!entry) return Ok();
  PUMICE_TRY(const auto there, locked.transaction.Get(Family::kIndexes, entry->key));
  if (there) return Ok();
  locked.transaction.Put(Family::kIndexes, entry->key, entry->value);
  locked.deltas.push_back({index.id.value(), 1, entry->size_bytes});
  return Ok();
}

}  // namespace

Result<std::optional<std::string>> FillIndex(const FillJob& job, std::string_view from,
                                             FunctionRef<LiveTablePtr()> current) {
  bool gone = false;
  const auto fill = [&](const LockedItem& locked) -> Result<void> {
    const LiveTablePtr live = current();
    const IndexDescription* const index = FindIndex(live, job.index);
    gone = index == nullptr;
    return gone ? Result<void>(Ok()) : FillOne(locked, *live->description, *index);
  };
  PUMICE_TRY(auto next, VisitItems({job.engine, job.table, from}, fill));
  if (gone) next.reset();
  return next;
}

}  // namespace pumice
