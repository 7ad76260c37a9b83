// SPDX-License-Identifier: Apache-2.0
#pragma once
// How many items a table and its indexes hold, and how large they are: exact at any moment and
// after a crash. A table's items are counted in stripes. A stripe's record holds absolute values of
// the table and of every index; it is written in the batch of the write that changes it, under the
// stripe's lock.
//   totals record = (id:varint · item-count:varint · size-bytes:varint)*     id: of the table or an
//   index
// Thread rule: free functions; AddToTotals under the stripe's lock.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/table.h"
#include "storage/engine.h"

namespace pumice {

struct TotalsDelta {
  std::uint32_t id = 0;  // of the table or an index
  std::int64_t item_count = 0;
  std::int64_t size_bytes = 0;
};

/// Errors: Internal (disk, damaged record).
Result<void> AddToTotals(Transaction& transaction, std::string_view stripe_key,
                         std::span<const TotalsDelta> deltas);

/// What several writes of one commit add to the totals, a stripe at a time: two of them may share
/// one.
class TotalsOfStripes {
 public:
  /// Where the writes of a stripe note what they change. Lives until the next call.
  std::vector<TotalsDelta>& Of(const std::string& stripe_key);
  /// Once, at the end. Errors: as AddToTotals.
  Result<void> AddTo(Transaction& transaction) const;

 private:
  std::vector<std::pair<std::string, std::vector<TotalsDelta>>> stripes_;
};

/// Takes all that is counted for one id out of a stripe. Errors: as AddToTotals.
Result<void> DropFromTotals(Transaction& transaction, std::string_view stripe_key,
                            std::uint32_t id);

/// id: of the table itself or of one of its indexes. Errors: Internal.
Result<ItemTotals> ReadTotals(const Engine& engine, TableId table, std::uint32_t id);

}  // namespace pumice
