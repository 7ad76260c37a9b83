// SPDX-License-Identifier: Apache-2.0
#include "storage/item_batch.h"

#include <algorithm>
#include <utility>

#include "storage/key_format.h"

namespace pumice {
namespace {

struct BatchKeys {
  std::vector<std::string> keys;
  std::optional<std::string> next;
};

Result<BatchKeys> ReadKeys(const ItemBatch& batch) {
  KeyRange range = WholeRange(batch.table.value());
  if (!batch.from.empty()) range.begin = batch.from;
  BatchKeys found;
  std::size_t bytes = 0;
  const auto cursor = batch.engine.NewCursor(Family::kItems, range, Direction::kForward);
  for (; cursor->Valid(); cursor->Next()) {
    if (found.keys.size() == batch.max_items || bytes >= kMaxBatchBytes) {
      found.next.emplace(cursor->key());
      return found;
    }
    found.keys.emplace_back(cursor->key());
    bytes += cursor->value().size();
  }
  PUMICE_TRY(cursor->status());
  return found;
}

}  // namespace

Result<std::optional<std::string>> VisitItems(const ItemBatch& batch,
                                              FunctionRef<Result<void>(const LockedItem&)> visit) {
  PUMICE_TRY(BatchKeys found, ReadKeys(batch));
  const std::vector<std::string>& keys = found.keys;
  if (keys.empty()) return std::move(found.next);
  std::vector<std::string> stripes;
  for (const std::string& key : keys) stripes.push_back(StripeKey(batch.table, key));
  const std::vector<std::string_view> lock_keys(stripes.begin(), stripes.end());
  PUMICE_TRY(batch.engine.Transact(lock_keys, [&](Transaction& transaction) -> Result<void> {
    TotalsOfStripes totals;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      PUMICE_TRY(const auto item, transaction.Get(Family::kItems, keys[i]));
      if (!item) continue;
      PUMICE_TRY(visit({transaction, keys[i], EncodedItemView(*item), totals.Of(stripes[i])}));
    }
    return totals.AddTo(transaction);
  }));
  return std::move(found.next);
}

}  // namespace pumice
