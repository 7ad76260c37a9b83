// SPDX-License-Identifier: Apache-2.0
#include "storage/totals.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "storage/bytes.h"
#include "storage/key_format.h"

namespace pumice {
namespace {

using Entries = std::vector<TotalsDelta>;

/// False: not a totals record.
bool Parse(std::string_view record, Entries& entries) {
  while (!record.empty()) {
    const auto id = TakeVarint(record);
    const auto count = TakeVarint(record);
    const auto size = TakeVarint(record);
    if (!id || !count || !size) return false;
    entries.push_back({static_cast<std::uint32_t>(*id), static_cast<std::int64_t>(*count),
                       static_cast<std::int64_t>(*size)});
  }
  return true;
}

void Append(std::string& record, const TotalsDelta& entry) {
  AppendVarint(record, entry.id);
  AppendVarint(record, static_cast<std::uint64_t>(entry.item_count));
  AppendVarint(record, static_cast<std::uint64_t>(entry.size_bytes));
}

Error Damaged() {
  return Error(ErrorCode::kInternal, "The stored data is damaged.", "a totals record is damaged");
}

}  // namespace

Result<void> AddToTotals(Transaction& transaction, std::string_view stripe_key,
                         std::span<const TotalsDelta> deltas) {
  thread_local Entries entries;
  thread_local std::string record;
  entries.clear();
  record.clear();
  PUMICE_TRY(const auto stored, transaction.Get(Family::kTotals, stripe_key));
  if (stored && !Parse(*stored, entries)) return Damaged();
  for (const TotalsDelta& delta : deltas) {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const TotalsDelta& entry) { return entry.id == delta.id; });
    TotalsDelta& entry = found != entries.end() ? *found : entries.emplace_back(delta.id, 0, 0);
    entry.item_count += delta.item_count;
    entry.size_bytes += delta.size_bytes;
  }
  for (const TotalsDelta& entry : entries) {
    if (entry.item_count < 0 || entry.size_bytes < 0) return Damaged();
    if (entry.item_count > 0) Append(record, entry);
  }
  transaction.Put(Family::kTotals, stripe_key, record);
  return Ok();
}

std::vector<TotalsDelta>& TotalsOfStripes::Of(const std::string& stripe_key) {
  for (auto& [key, deltas] : stripes_) {
    if (key == stripe_key) return deltas;
  }
  return stripes_.emplace_back(stripe_key, std::vector<TotalsDelta>()).second;
}

Result<void> TotalsOfStripes::AddTo(Transaction& transaction) const {
  for (const auto& [key, deltas] : stripes_) {
    if (deltas.empty()) continue;
    PUMICE_TRY(AddToTotals(transaction, key, deltas));
  }
  return Ok();
}

Result<void> DropFromTotals(Transaction& transaction, std::string_view stripe_key,
                            std::uint32_t id) {
  PUMICE_TRY(const auto stored, transaction.Get(Family::kTotals, stripe_key));
  if (!stored) return Ok();
  Entries entries;
  if (!Parse(*stored, entries)) return Damaged();
  if (std::erase_if(entries, [&](const TotalsDelta& entry) { return entry.id == id; }) == 0) {
    return Ok();
  }
  std::string record;
  for (const TotalsDelta& entry : entries) Append(record, entry);
  transaction.Put(Family::kTotals, stripe_key, record);
  return Ok();
}

Result<ItemTotals> ReadTotals(const Engine& engine, TableId table, std::uint32_t id) {
  ItemTotals totals;
  Entries entries;
  const auto cursor =
      engine.NewCursor(Family::kTotals, WholeRange(table.value()), Direction::kForward);
  for (; cursor->Valid(); cursor->Next()) {
    entries.clear();
    if (!Parse(cursor->value(), entries)) return Damaged();
    for (const TotalsDelta& entry : entries) {
      if (entry.id != id) continue;
      totals.item_count += entry.item_count;
      totals.size_bytes += entry.size_bytes;
    }
  }
  PUMICE_TRY(cursor->status());
  return totals;
}

}  // namespace pumice
