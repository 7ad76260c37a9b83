// SPDX-License-Identifier: Apache-2.0
#pragma once
// Goes over a table's items in batches of one commit each, while reads and writes go on: for what
// gives the items of before something new. Thread rule: free function, any thread.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "model/table.h"
#include "storage/engine.h"
#include "storage/item_codec.h"
#include "storage/totals.h"

namespace pumice {

/// What work in the background does in one commit at most. A commit costs far more than an item,
/// above all where it is synced; but the writes of a table wait while its stripes are held, and so
/// do all that share the thread.
inline constexpr std::size_t kMaxBatchItems = 64;
inline constexpr std::size_t kMaxBatchBytes = 1024 * 1024;

struct ItemBatch {
  Engine& engine;
  TableId table;
  std::string_view from;  // the key of the first item; empty: of the table's first
  std::size_t max_items = kMaxBatchItems;
};

/// An item as it is under its lock.
struct LockedItem {
  Transaction& transaction;
  std::string_view key;
  const EncodedItemView& item;
  std::vector<TotalsDelta>& deltas;  // of its stripe: to add to
};

/// Shows each item of the batch to visit, and commits what that wrote. Answers the key that the
/// next batch begins with; none: there is no item left. Errors: those of visit; Internal.
Result<std::optional<std::string>> VisitItems(const ItemBatch& batch,
                                              FunctionRef<Result<void>(const LockedItem&)> visit);

}  // namespace pumice
