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
#include "base/result.h"
#include "storage/catalog_store.h"
#include "storage/engine.h"
#include "storage/item_store.h"

namespace pumice {

struct SweepOutcome {
  std::size_t deleted_count = 0;
  bool more = false;  // there is more to do at once: a limit was reached
};

class ExpirySweeper {
 public:
  ExpirySweeper(Engine& engine, CatalogStore& catalog, ItemStore& items, const Clock& clock)
      : engine_(engine), catalog_(catalog), items_(items), clock_(clock) {}

  /// For each table with time to live, looks at no more than `max_items` items that have no entry
  /// yet and at no more than `max_items` entries that are due. An item is deleted if it is still
  /// expired when its key is locked; its stream record names the service. Errors: Internal; what is
  /// not done is done by a later call.
  Result<SweepOutcome> Sweep(std::size_t max_items);

 private:
  Result<bool> Fill(const TableDescription& table, std::size_t max_items);
  Result<void> EndFilling(const TableDescription& table);
  Result<void> DeleteExpired(const TableDescription& table, std::size_t max_items,
                             SweepOutcome& outcome);
  Result<bool> DeleteIfExpired(const TableDescription& table, const std::string& item_key_bytes);

  Engine& engine_;
  CatalogStore& catalog_;
  ItemStore& items_;
  const Clock& clock_;
  /// How far the filling of each came: the key of the next item.
  std::map<ExpiryId, std::string> next_to_fill_;
};

}  // namespace pumice
