// SPDX-License-Identifier: Apache-2.0
#include "storage/index_filler.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "storage/index_maintainer.h"
#include "storage/key_format.h"
#include "storage/totals.h"

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

/// The item as it is under its lock; a write that came in between has made the entry already.
Result<void> FillOne(Transaction& transaction, const LiveTable& table,
                     const IndexDescription& index, std::string_view item_key_bytes,
                     std::string_view stripe_key) {
  PUMICE_TRY(const auto item, transaction.Get(Family::kItems, item_key_bytes));
  if (!item) return Ok();
  const std::optional<IndexEntry> entry =
      MakeIndexEntry(*table.description, index, item_key_bytes, EncodedItemView(*item));
  if (!entry) return Ok();
  PUMICE_TRY(const auto there, transaction.Get(Family::kIndexes, entry->key));
  if (there) return Ok();
  transaction.Put(Family::kIndexes, entry->key, entry->value);
  const TotalsDelta delta{index.id.value(), 1, entry->size_bytes};
  return AddToTotals(transaction, stripe_key, {&delta, 1});
}

}  // namespace

Result<bool> FillIndex(const FillJob& job, FunctionRef<LiveTablePtr()> current) {
  bool gone = false;
  const auto cursor =
      job.engine.NewCursor(Family::kItems, WholeRange(job.table.value()), Direction::kForward);
  for (; cursor->Valid() && !gone && !job.stop; cursor->Next()) {
    const std::string_view key = cursor->key();
    const std::string stripe_key = StripeKey(job.table, key);
    const std::string_view lock_key = stripe_key;
    PUMICE_TRY(job.engine.Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
      const LiveTablePtr live = current();
      const IndexDescription* description = FindIndex(live, job.index);
      gone = description == nullptr;
      return gone ? Result<void>(Ok()) : FillOne(transaction, *live, *description, key, stripe_key);
    }));
  }
  if (gone || job.stop) return false;
  PUMICE_TRY(cursor->status());
  return true;
}

}  // namespace pumice
