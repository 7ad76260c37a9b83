// SPDX-License-Identifier: Apache-2.0
#include "storage/expiry_sweeper.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/expiry.h"
#include "storage/key_format.h"

namespace pumice {
namespace {

/// Whether the table still has this time to live.
bool StillSet(const TableDescription& table, ExpiryId id) {
  return table.TimeToLiveEnabled() && table.time_to_live->id == id;
}
bool StillSet(const LiveTablePtr& live, ExpiryId id) {
  return live != nullptr && StillSet(*live->description, id);
}

Result<ItemKey> KeyOf(const KeySchema& schema, const EncodedItemView& item) {
  std::vector<std::string> names = {schema.hash.front().name};
  if (!schema.range.empty()) names.push_back(schema.range.front().name);
  std::optional<ItemKey> key = ExtractKey(schema, item.DecodeOnly(names));
  if (key) return *std::move(key);
  return Error(ErrorCode::kInternal, {}, "a stored item does not read back");
}

}  // namespace

Result<SweepOutcome> ExpirySweeper::Sweep(std::size_t max_items) {
  SweepOutcome outcome;
  const std::vector<TablePtr> tables = catalog_.TablesWithTimeToLive();
  std::erase_if(next_to_fill_, [&](const auto& filling) {
    return std::none_of(tables.begin(), tables.end(), [&](const TablePtr& table) {
      return table->time_to_live->id == filling.first;
    });
  });
  for (const TablePtr& table : tables) {
    if (!table->time_to_live->filled) {
      PUMICE_TRY(const bool filled, Fill(*table, max_items));
      if (!filled) outcome.more = true;
    }
    PUMICE_TRY(DeleteExpired(*table, max_items, outcome));
  }
  return outcome;
}

/// True: there is nothing left to fill.
Result<bool> ExpirySweeper::Fill(const TableDescription& table, std::size_t max_items) {
  const TimeToLive& time_to_live = *table.time_to_live;
  KeyRange range = WholeRange(table.id.value());
  if (const auto found = next_to_fill_.find(time_to_live.id); found != next_to_fill_.end()) {
    range.begin = found->second;
  }
  const auto cursor = engine_.NewCursor(Family::kItems, range, Direction::kForward);
  for (std::size_t count = 0; cursor->Valid(); cursor->Next(), ++count) {
    const std::string key(cursor->key());
    if (count == max_items) {
      next_to_fill_[time_to_live.id] = key;
      return false;
    }
    const std::string stripe_key = StripeKey(table.id, key);
    const std::string_view lock_key = stripe_key;
    // The item as it is under its lock; a write that came in between has left its entry already.
    PUMICE_TRY(engine_.Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
      if (!StillSet(catalog_.Current(table.id), time_to_live.id)) return Ok();
      PUMICE_TRY(const auto item, transaction.Get(Family::kItems, key));
      if (!item) return Ok();
      const EncodedItemView view(*item);
      UpdateExpiry(transaction, time_to_live, {key, nullptr, &view});
      return Ok();
    }));
  }
  PUMICE_TRY(cursor->status());
  PUMICE_TRY(EndFilling(table));
  next_to_fill_.erase(time_to_live.id);
  return true;
}

Result<void> ExpirySweeper::EndFilling(const TableDescription& table) {
  const ExpiryId id = table.time_to_live->id;
  Result<TablePtr> updated = catalog_.Update(
      table.name.value(), [&](const TableDescription& current) -> Result<TableDescription> {
        TableDescription filled = current;
        if (StillSet(current, id)) filled.time_to_live->filled = true;
        return filled;
      });
  // The table may be deleted by now.
  if (!updated && updated.error().code() == ErrorCode::kResourceNotFound) return Ok();
  PUMICE_TRY(std::move(updated));
  return Ok();
}

Result<void> ExpirySweeper::DeleteExpired(const TableDescription& table, std::size_t max_items,
                                          SweepOutcome& outcome) {
  const ExpiryId id = table.time_to_live->id;
  const auto cursor = engine_.NewCursor(Family::kExpiry, ExpiryRange(id, ExpiredAt(clock_.Now())),
                                        Direction::kForward);
  for (std::size_t count = 0; cursor->Valid(); cursor->Next(), ++count) {
    if (count == max_items) {
      outcome.more = true;
      return Ok();
    }
    PUMICE_TRY(const bool deleted,
               DeleteIfExpired(table, ItemKeyOfExpiry(table.id, cursor->key())));
    if (deleted) ++outcome.deleted_count;
  }
  return cursor->status();
}

Result<bool> ExpirySweeper::DeleteIfExpired(const TableDescription& table,
                                            const std::string& item_key_bytes) {
  const TimeToLive& time_to_live = *table.time_to_live;
  PUMICE_TRY(const auto stored, engine_.Get(Family::kItems, item_key_bytes));
  if (!stored) return false;
  bool deleted = false;
  const auto change = [&](const EncodedItemView* old) -> Result<std::optional<ItemChange>> {
    deleted = false;
    if (old == nullptr || !StillSet(catalog_.Current(table.id), time_to_live.id)) {
      return std::optional<ItemChange>();
    }
    const auto seconds = ExpirySeconds(*old, time_to_live.attribute_name);
    if (!seconds || !ExpiredAt(clock_.Now()).Contains(*seconds)) {
      return std::optional<ItemChange>();
    }
    deleted = true;
    return std::optional(ItemChange{std::nullopt});
  };
  PUMICE_TRY(const auto key, KeyOf(table.key_schema, EncodedItemView(*stored)));
  Result<WriteOutcome> written =
      items_.Write(ItemWrite{table, key, change, ChangeActor::kTimeToLive});
  // The table may be deleted by now.
  if (!written && written.error().code() == ErrorCode::kResourceNotFound) return false;
  PUMICE_TRY(std::move(written));
  return deleted;
}

}  // namespace pumice
