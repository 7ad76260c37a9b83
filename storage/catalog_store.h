// SPDX-License-Identifier: Apache-2.0
#pragma once
// CatalogStore: the TableCatalog on an Engine. Descriptions are kept in memory and written through.
//
// How writes and changes of a table keep out of each other's way: a write holds one of the table's
// stripes and looks its description up while it does (Current); a change holds all of them and is
// published before it lets them go. So a write sees a table as it is or not at all, and none slips
// into a deleted one. Thread rule: any thread.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "base/mutex.h"
#include "storage/change_log_store.h"
#include "storage/engine.h"
#include "storage/removal.h"
#include "storage/table_catalog.h"

namespace pumice {

/// A table as writes must treat it.
struct LiveTable {
  TablePtr description;
  /// Indexes that were added later and are still being filled: an item may lack its entry.
  std::vector<IndexId> filling;
};
using LiveTablePtr = std::shared_ptr<const LiveTable>;

class CatalogStore final : public TableCatalog {
 public:
  /// Reads all descriptions, and what the last run left to be removed. Errors: Internal.
  static Result<std::unique_ptr<CatalogStore>> Open(Engine& engine, ChangeLogStore& changes,
                                                    Log& log);

  TablePtr Find(std::string_view name) const override;
  std::vector<std::string> List(std::string_view start_after, std::size_t limit) const override;
  Result<TablePtr> Create(TableDescription description) override;
  Result<TablePtr> Update(
      std::string_view name,
      FunctionRef<Result<TableDescription>(const TableDescription&)> change) override;
  Result<TablePtr> Delete(std::string_view name,
                          FunctionRef<Result<void>(const TableDescription&)> check) override;
  ItemTotals Totals(const TableDescription& table, const IndexDescription* index) const override;

  /// For a write that holds one of the table's stripes. Null: the table was deleted.
  LiveTablePtr Current(TableId id) const;

  /// In the order of their names.
  std::vector<TablePtr> TablesWithTimeToLive() const;

  /// For the TableFinisher. Tables in a state that does not last.
  std::vector<LiveTablePtr> Unfinished() const;
  /// What deleted tables and indexes and disabled times to live left behind.
  std::vector<Removal> Removals() const;
  /// Called after each change that leaves a table in such a state or something to be removed, by
  /// the thread that changed it. To be set before anything else is called.
  void OnUnfinished(std::function<void()> notify) { notify_unfinished_ = std::move(notify); }
  /// As Update and Delete, of this very table; nothing is done if it is gone. Errors: those of
  /// change; Internal.
  Result<void> Advance(TableId id,
                       FunctionRef<Result<TableDescription>(const TableDescription&)> change);
  Result<void> Drop(TableId id);
  /// Does one of Removals(). Errors: Internal; it is still to be done then, after a crash too.
  Result<void> EndRemoval(const Removal& removal);

  /// Something that nothing in the catalog names is to be removed. It is not noted on disk: who
  /// found it finds it again.
  void RemoveLeftover(const Removal& leftover);

 private:
  CatalogStore(Engine& engine, ChangeLogStore& changes, Log& log)
      : engine_(engine), changes_(changes), log_(log) {}

  Result<void> Load();

  LiveTablePtr FindLive(std::string_view name) const;
  void Publish(LiveTablePtr table);
  void Withdraw(const TableDescription& table);

  std::uint32_t TakeId() REQUIRES(change_mutex_) { return next_id_++; }
  void PutTable(Transaction& transaction, const TableDescription& table) REQUIRES(change_mutex_);
  struct Replacement {
    LiveTablePtr table;
    std::vector<Removal> dropped;
  };
  Result<Replacement> Replace(const LiveTable& current, TableDescription wanted)
      REQUIRES(change_mutex_);
  /// Answers what the change leaves to be removed.
  std::optional<Removal> ReplaceTimeToLive(const TableDescription& current,
                                           TableDescription& wanted) REQUIRES(change_mutex_);
  void PutReplacement(Transaction& transaction, const LiveTable& current,
                      const Replacement& replacement) REQUIRES(change_mutex_);
  void ReplaceStream(Transaction& transaction, const TableDescription& current,
                     TableDescription& wanted, StreamId new_id);

  Result<void> Erase(const TableDescription& table) REQUIRES(change_mutex_);
  void AddRemovals(std::span<const Removal> removals);
  /// After a change, without change_mutex_.
  void Follow(const Replacement& replacement);
  void Notify() const;

  Engine& engine_;
  ChangeLogStore& changes_;
  Log& log_;
  std::function<void()> notify_unfinished_;

  // Held during a change from its check to its publication; before mutex_.
  Mutex change_mutex_;
  std::uint32_t next_id_ GUARDED_BY(change_mutex_) = 1;

  mutable SharedMutex mutex_;
  std::map<std::string, LiveTablePtr, std::less<>> by_name_ GUARDED_BY(mutex_);
  std::unordered_map<std::uint32_t, LiveTablePtr> by_id_ GUARDED_BY(mutex_);
  std::vector<Removal> removals_ GUARDED_BY(mutex_);
};

}  // namespace pumice
