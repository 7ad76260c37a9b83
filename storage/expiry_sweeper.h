// SPDX-License-Identifier: Apache-2.0
#pragma once
// ExpirySweeper: deletes the items whose time to live has passed, and gives the items of a table
// whose time to live was enabled later their expiry entries. It does a bounded piece of work when
// it is called and none by itself. What is done is kept in the store, so it goes on after a
// restart. Thread rule: one call at a time; beside it the table may be used by any thread.

#include <cstddef>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/function_ref.h"
#include "base/log.h"
#include "base/result.h"
#include "storage/catalog_store.h"
#include "storage/engine.h"
#include "storage/item_store.h"
#include "storage/setbacks.h"

namespace pumice {

struct SweepOutcome {
  std::size_t deleted_count = 0;
  bool more = false;  // there is more to do at once: a limit was reached
};

class ExpirySweeper {
 public:
  static constexpr auto kNeverStopped = [] { return false; };

  ExpirySweeper(Engine& engine, CatalogStore& catalog, ItemStore& items, const Clock& clock,
                Log& log)
      : engine_(engine), catalog_(catalog), items_(items), clock_(clock), setbacks_(clock, log) {}

  /// For each table with time to live, looks at no more than `max_items` items that have no entry
  /// yet and at no more than `max_items` entries that are due; between two commits it ends at once
  /// if stopped() says so. An item is deleted if it is still expired when its key is locked; its
  /// stream record names the service. What fails (a full disk, damaged data) is logged once, holds
  /// no other table back, and is done by a later call.
  SweepOutcome Sweep(std::size_t max_items, FunctionRef<bool()> stopped = kNeverStopped);

 private:
  /// One table's part of a call.
  struct Turn {
    const TableDescription& table;
    std::size_t max_items;
    FunctionRef<bool()> stopped;
    SweepOutcome& outcome;
  };
  /// The items of a batch of entries.
  struct Batch;

  Result<void> RemoveLeftovers();
  Result<void> SweepTable(const Turn& turn);
  Result<void> Fill(const Turn& turn);
  Result<void> EndFilling(const TableDescription& table);
  Result<void> DeleteExpired(const Turn& turn);
  Result<Batch> TakeBatch(Cursor& due, const TableDescription& table, std::size_t max_items) const;
  Result<std::size_t> Delete(const TableDescription& table, Batch batch);

  Engine& engine_;
  CatalogStore& catalog_;
  ItemStore& items_;
  const Clock& clock_;
  Setbacks setbacks_;
  bool leftovers_removed_ = false;
  /// How far the filling of each came: the key of the next item.
  std::map<ExpiryId, std::string> next_to_fill_;
  /// How far the deleting came that a limit ended: the next entry. What is deleted leaves marks
  /// that every walk from the beginning would go over again.
  std::map<ExpiryId, std::string> next_due_;
};

}  // namespace pumice
