// SPDX-License-Identifier: Apache-2.0
#include "storage/expiry_sweeper.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/bytes.h"
#include "storage/expiry.h"
#include "storage/item_batch.h"
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

/// Decides under its lock whether an item goes. One for each item of a batch.
class DeleteIfExpired {
 public:
  DeleteIfExpired(const CatalogStore& catalog, const TableDescription& table, TimePoint now)
      : catalog_(catalog), table_(table), expired_(ExpiredAt(now)) {}

  Result<std::optional<ItemChange>> operator()(const EncodedItemView* old) {
    const TimeToLive& time_to_live = *table_.time_to_live;
    deleted_ = false;
    if (old == nullptr || !StillSet(catalog_.Current(table_.id), time_to_live.id)) {
      return std::optional<ItemChange>();
    }
    const auto seconds = ExpirySeconds(*old, time_to_live.attribute_name);
    deleted_ = seconds && expired_.Contains(*seconds);
    return deleted_ ? std::optional(ItemChange{std::nullopt}) : std::nullopt;
  }
  bool deleted() const { return deleted_; }

 private:
  const CatalogStore& catalog_;
  const TableDescription& table_;
  const ExpiredSeconds expired_;
  bool deleted_ = false;
};

bool IsNotFound(const Error& error) { return error.code() == ErrorCode::kResourceNotFound; }

}  // namespace

struct ExpirySweeper::Batch {
  std::size_t entry_count = 0;
  std::vector<ItemKey> keys;  // of the items that are still there
};

SweepOutcome ExpirySweeper::Sweep(std::size_t max_items, FunctionRef<bool()> stopped) {
  SweepOutcome outcome;
  if (!leftovers_removed_) {
    leftovers_removed_ =
        setbacks_.Note("Looking for expiry entries of no table", RemoveLeftovers());
  }
  const std::vector<TablePtr> tables = catalog_.TablesWithTimeToLive();
  const auto is_gone = [&](const auto& position) {
    return std::none_of(tables.begin(), tables.end(), [&](const TablePtr& table) {
      return table->time_to_live->id == position.first;
    });
  };
  std::erase_if(next_to_fill_, is_gone);
  std::erase_if(next_due_, is_gone);
  for (const TablePtr& table : tables) {
    if (stopped()) {
      outcome.more = true;
      break;
    }
    const std::string work = "Deleting expired items of table " + table->name.value();
    if (setbacks_.Left(work) > std::chrono::microseconds(0)) continue;
    setbacks_.Note(work, SweepTable({*table, max_items, stopped, outcome}));
  }
  return outcome;
}

/// A server of version 0.1.0 drops the note of what is to be removed of them, which it does not
/// know, and leaves the entries. Any id is looked at once, not any entry.
Result<void> ExpirySweeper::RemoveLeftovers() {
  std::vector<std::uint32_t> ids;
  for (KeyRange rest;;) {
    const auto cursor = engine_.NewCursor(Family::kExpiry, rest, Direction::kForward);
    if (!cursor->Valid()) {
      PUMICE_TRY(cursor->status());
      break;
    }
    std::string_view key = cursor->key();
    ids.push_back(TakeU32(key).value_or(0));
    rest.begin = WholeRange(ids.back()).end;
  }
  // After the entries: a table has its time to live before the first of them.
  const std::vector<TablePtr> tables = catalog_.TablesWithTimeToLive();
  for (const std::uint32_t id : ids) {
    const bool owned = std::any_of(tables.begin(), tables.end(), [&](const TablePtr& table) {
      return table->time_to_live->id.value() == id;
    });
    if (!owned) catalog_.RemoveLeftover({RemovalKind::kExpiry, id, {}});
  }
  return Ok();
}

Result<void> ExpirySweeper::SweepTable(const Turn& turn) {
  if (!turn.table.time_to_live->filled) {
    PUMICE_TRY(Fill(turn));
  }
  return DeleteExpired(turn);
}

Result<void> ExpirySweeper::Fill(const Turn& turn) {
  const TimeToLive& time_to_live = *turn.table.time_to_live;
  std::string& next = next_to_fill_[time_to_live.id];
  // A write that came in between has left its entry already.
  const auto fill = [&](const LockedItem& locked) -> Result<void> {
    if (!StillSet(catalog_.Current(turn.table.id), time_to_live.id)) return Ok();
    UpdateExpiry(locked.transaction, time_to_live, {locked.key, nullptr, &locked.item});
    return Ok();
  };
  for (std::size_t left = turn.max_items; left > 0 && !turn.stopped();) {
    const std::size_t count = std::min(left, kMaxBatchItems);
    PUMICE_TRY(auto after, VisitItems({engine_, turn.table.id, next, count}, fill));
    if (!after) {
      next_to_fill_.erase(time_to_live.id);
      return EndFilling(turn.table);
    }
    next = *std::move(after);
    left -= count;
  }
  turn.outcome.more = true;
  return Ok();
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
  if (!updated && IsNotFound(updated.error())) return Ok();
  PUMICE_TRY(std::move(updated));
  return Ok();
}

Result<void> ExpirySweeper::DeleteExpired(const Turn& turn) {
  const ExpiryId id = turn.table.time_to_live->id;
  KeyRange range = ExpiryRange(id, ExpiredAt(clock_.Now()));
  if (const auto found = next_due_.find(id); found != next_due_.end()) {
    range.begin = std::max(range.begin, found->second);
  }
  const auto due = engine_.NewCursor(Family::kExpiry, range, Direction::kForward);
  for (std::size_t left = turn.max_items; due->Valid();) {
    if (left == 0 || turn.stopped()) {
      next_due_.insert_or_assign(id, std::string(due->key()));
      turn.outcome.more = true;
      return Ok();
    }
    PUMICE_TRY(auto batch, TakeBatch(*due, turn.table, std::min(left, kMaxBatchItems)));
    left -= batch.entry_count;
    PUMICE_TRY(const std::size_t deleted_count, Delete(turn.table, std::move(batch)));
    turn.outcome.deleted_count += deleted_count;
  }
  next_due_.erase(id);
  return due->status();
}

Result<ExpirySweeper::Batch> ExpirySweeper::TakeBatch(Cursor& due, const TableDescription& table,
                                                      std::size_t max_items) const {
  Batch batch;
  std::size_t bytes = 0;
  for (; due.Valid() && batch.entry_count < max_items && bytes < kMaxBatchBytes; due.Next()) {
    ++batch.entry_count;
    PUMICE_TRY(const auto item, engine_.Get(Family::kItems, ItemKeyOfExpiry(table.id, due.key())));
    if (!item) continue;
    PUMICE_TRY(auto key, KeyOf(table.key_schema, EncodedItemView(*item)));
    batch.keys.push_back(std::move(key));
    bytes += item->size();
  }
  return batch;
}

Result<std::size_t> ExpirySweeper::Delete(const TableDescription& table, Batch batch) {
  std::vector<DeleteIfExpired> changes(batch.keys.size(), {catalog_, table, clock_.Now()});
  std::vector<ItemWrite> writes;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    writes.push_back(ItemWrite{table, batch.keys[i], changes[i], ChangeActor::kTimeToLive});
  }
  if (writes.empty()) return 0;
  Result<std::vector<WriteOutcome>> written = items_.Write(writes);
  // The table may be deleted by now.
  if (!written && IsNotFound(written.error())) return 0;
  PUMICE_TRY(std::move(written));
  return static_cast<std::size_t>(
      std::count_if(changes.begin(), changes.end(),
                    [](const DeleteIfExpired& change) { return change.deleted(); }));
}

}  // namespace pumice
