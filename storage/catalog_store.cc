// SPDX-License-Identifier: Apache-2.0
#include "storage/catalog_store.h"

#include <algorithm>
#include <utility>

#include "storage/catalog_keys.h"
#include "storage/description_json.h"
#include "storage/key_format.h"
#include "storage/removal.h"
#include "storage/table_state.h"
#include "storage/totals.h"

namespace pumice {
namespace {

Error TableNotFound(std::string_view name) {
  return Error(ErrorCode::kResourceNotFound,
               "Requested resource not found: Table: " + std::string(name) + " not found");
}

bool HasIndex(const TableDescription& table, IndexId id) {
  return std::any_of(table.indexes.begin(), table.indexes.end(),
                     [&](const IndexDescription& index) { return index.id == id; });
}

KeyRange PrefixRange(char prefix) {
  return {std::string(1, prefix), std::string(1, static_cast<char>(prefix + 1))};
}

}  // namespace

Result<std::unique_ptr<CatalogStore>> CatalogStore::Open(Engine& engine, ChangeLogStore& changes,
                                                         Log& log) {
  std::unique_ptr<CatalogStore> catalog(new CatalogStore(engine, changes, log));
  PUMICE_TRY(catalog->Load());
  PUMICE_TRY(const auto removals, NotedRemovals(engine));
  catalog->AddRemovals(removals);
  return catalog;
}

Result<void> CatalogStore::Load() {
  PUMICE_TRY(const auto next_id, engine_.Get(Family::kCatalog, kNextIdKey));
  if (next_id) {
    std::string_view bytes = *next_id;
    const MutexLock lock(change_mutex_);
    next_id_ = TakeU32(bytes).value_or(0);
    if (next_id_ == 0) {
      return Error(ErrorCode::kInternal, "The stored data is damaged.", "damaged id counter");
    }
  }
  const auto cursor =
      engine_.NewCursor(Family::kCatalog, PrefixRange(kTablePrefix), Direction::kForward);
  for (; cursor->Valid(); cursor->Next()) {
    PUMICE_TRY(auto description, ReadTableJson(cursor->value()));
    auto live = std::make_shared<LiveTable>();
    for (IndexDescription& index : description.indexes) {
      PUMICE_TRY(const auto filling,
                 engine_.Get(Family::kCatalog, CatalogKey(kBackfillPrefix, index.id.value())));
      if (!filling) continue;
      live->filling.push_back(index.id);
      // Version 0.1.0 noted no status; what it left is to be filled, nothing else.
      if (index.status == IndexStatus::kActive) {
        index.status = IndexStatus::kCreating;
        index.backfilling = true;
      }
    }
    live->description = std::make_shared<const TableDescription>(std::move(description));
    Publish(std::move(live));
  }
  return cursor->status();
}

std::vector<LiveTablePtr> CatalogStore::Unfinished() const {
  std::vector<LiveTablePtr> unfinished;
  const ReaderLock lock(mutex_);
  for (const auto& [id, live] : by_id_) {
    if (IsUnfinished(*live->description)) unfinished.push_back(live);
  }
  return unfinished;
}

TablePtr CatalogStore::Find(std::string_view name) const {
  const LiveTablePtr live = FindLive(name);
  return live != nullptr ? live->description : nullptr;
}

LiveTablePtr CatalogStore::FindLive(std::string_view name) const {
  const ReaderLock lock(mutex_);
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

LiveTablePtr CatalogStore::Current(TableId id) const {
  const ReaderLock lock(mutex_);
  const auto found = by_id_.find(id.value());
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<TablePtr> CatalogStore::TablesWithTimeToLive() const {
  std::vector<TablePtr> tables;
  const ReaderLock lock(mutex_);
  for (const auto& [name, live] : by_name_) {
    if (live->description->TimeToLiveEnabled()) tables.push_back(live->description);
  }
  return tables;
}

std::vector<std::string> CatalogStore::List(std::string_view start_after, std::size_t limit) const {
  std::vector<std::string> names;
  const ReaderLock lock(mutex_);
  for (auto at = by_name_.upper_bound(start_after); at != by_name_.end() && names.size() < limit;
       ++at) {
    names.push_back(at->first);
  }
  return names;
}

void CatalogStore::Publish(LiveTablePtr table) {
  const WriterLock lock(mutex_);
  by_id_[table->description->id.value()] = table;
  by_name_[table->description->name.value()] = std::move(table);
}

void CatalogStore::Withdraw(const TableDescription& table) {
  const WriterLock lock(mutex_);
  by_id_.erase(table.id.value());
  by_name_.erase(table.name.value());
}

void CatalogStore::PutTable(Transaction& transaction, const TableDescription& table) {
  std::string next_id;
  AppendU32(next_id, next_id_);
  transaction.Put(Family::kCatalog, kNextIdKey, next_id);
  transaction.Put(Family::kCatalog, CatalogKey(kTablePrefix, table.name.value()), TableJson(table));
}

Result<TablePtr> CatalogStore::Create(TableDescription description) {
  const MutexLock lock(change_mutex_);
  const std::string& name = description.name.value();
  if (FindLive(name) != nullptr) {
    return Error(ErrorCode::kResourceInUse, "Table already exists: " + name);
  }
  description.id = TableId(TakeId());
  for (IndexDescription& index : description.indexes) index.id = IndexId(TakeId());
  if (description.TimeToLiveEnabled()) description.time_to_live->id = ExpiryId(TakeId());
  const bool streams = description.StreamEnabled();
  const StreamId stream_id(streams ? TakeId() : 0);
  TablePtr created;
  const std::string_view lock_key = kNextIdKey;
  PUMICE_TRY(engine_.Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
    if (streams) {
      description.stream =
          changes_.OpenStream(transaction, description, stream_id, description.stream->view_type);
    }
    PutTable(transaction, description);
    auto live = std::make_shared<LiveTable>();
    live->description = created = std::make_shared<const TableDescription>(description);
    transaction.OnCommit([this, live = std::move(live)] { Publish(live); });
    return Ok();
  }));
  return created;
}

Result<TablePtr> CatalogStore::Update(
    std::string_view name, FunctionRef<Result<TableDescription>(const TableDescription&)> change) {
  Replacement updated;
  {
    const MutexLock lock(change_mutex_);
    const LiveTablePtr current = FindLive(name);
    if (current == nullptr) return TableNotFound(name);
    PUMICE_TRY(auto wanted, change(*current->description));
    PUMICE_TRY(updated, Replace(*current, std::move(wanted)));
  }
  Follow(updated);
  return updated.table->description;
}

Result<void> CatalogStore::Advance(
    TableId id, FunctionRef<Result<TableDescription>(const TableDescription&)> change) {
  Replacement updated;
  {
    const MutexLock lock(change_mutex_);
    const LiveTablePtr current = Current(id);
    if (current == nullptr) return Ok();
    PUMICE_TRY(auto wanted, change(*current->description));
    PUMICE_TRY(updated, Replace(*current, std::move(wanted)));
  }
  Follow(updated);
  return Ok();
}

void CatalogStore::Follow(const Replacement& replacement) {
  if (IsUnfinished(*replacement.table->description) || !replacement.dropped.empty()) Notify();
}

void CatalogStore::Notify() const {
  if (notify_unfinished_) notify_unfinished_();
}

Result<CatalogStore::Replacement> CatalogStore::Replace(const LiveTable& current,
                                                        TableDescription wanted) {
  const TableDescription& old = *current.description;
  std::vector<IndexId> filling;
  for (IndexDescription& index : wanted.indexes) {
    if (index.id == IndexId()) {
      index.id = IndexId(TakeId());
      index.status = IndexStatus::kCreating;
      index.backfilling = false;
      wanted.status = TableStatus::kUpdating;
    }
    if (index.status == IndexStatus::kCreating) filling.push_back(index.id);
  }
  Replacement replacement;
  for (const IndexDescription& index : old.indexes) {
    if (!HasIndex(wanted, index.id)) {
      replacement.dropped.push_back({RemovalKind::kIndex, index.id.value(), old.id});
    }
  }
  if (const auto dropped = ReplaceTimeToLive(old, wanted)) replacement.dropped.push_back(*dropped);
  const StreamId stream_id(TakeId());
  const std::vector<std::string> stripes = AllStripeKeys(old.id);
  const std::vector<std::string_view> lock_keys(stripes.begin(), stripes.end());
  PUMICE_TRY(engine_.Transact(lock_keys, [&](Transaction& transaction) -> Result<void> {
    TableDescription table = wanted;
    ReplaceStream(transaction, old, table, stream_id);
    replacement.table = std::make_shared<const LiveTable>(
        LiveTable{std::make_shared<const TableDescription>(std::move(table)), filling});
    PutReplacement(transaction, current, replacement);
    transaction.OnCommit([this, live = replacement.table, dropped = replacement.dropped] {
      Publish(live);
      AddRemovals(dropped);
    });
    return Ok();
  }));
  return replacement;
}

std::optional<Removal> CatalogStore::ReplaceTimeToLive(const TableDescription& current,
                                                       TableDescription& wanted) {
  if (wanted.TimeToLiveEnabled() && wanted.time_to_live->id == ExpiryId()) {
    wanted.time_to_live->id = ExpiryId(TakeId());
  }
  if (!current.TimeToLiveEnabled()) return std::nullopt;
  const ExpiryId id = current.time_to_live->id;
  if (wanted.TimeToLiveEnabled() && wanted.time_to_live->id == id) return std::nullopt;
  return Removal{RemovalKind::kExpiry, id.value(), {}};
}

void CatalogStore::PutReplacement(Transaction& transaction, const LiveTable& current,
                                  const Replacement& replacement) {
  const TableDescription& table = *replacement.table->description;
  NoteRemovals(transaction, replacement.dropped);
  for (const IndexId id : current.filling) {
    transaction.Delete(Family::kCatalog, CatalogKey(kBackfillPrefix, id.value()));
  }
  for (const IndexId id : replacement.table->filling) {
    transaction.Put(Family::kCatalog, CatalogKey(kBackfillPrefix, id.value()), table.name.value());
  }
  PutTable(transaction, table);
}

void CatalogStore::ReplaceStream(Transaction& transaction, const TableDescription& current,
                                 TableDescription& wanted, StreamId new_id) {
  const bool was_open = current.StreamEnabled();
  const bool open = wanted.StreamEnabled();
  const bool same = was_open && open && wanted.stream->id == current.stream->id &&
                    wanted.stream->view_type == current.stream->view_type;
  if (same) return;
  if (was_open) changes_.CloseStream(transaction, current.stream->id);
  if (open) {
    wanted.stream = changes_.OpenStream(transaction, wanted, new_id, wanted.stream->view_type);
  }
}

Result<TablePtr> CatalogStore::Delete(std::string_view name,
                                      FunctionRef<Result<void>(const TableDescription&)> check) {
  TablePtr deleted;
  {
    const MutexLock lock(change_mutex_);
    deleted = Find(name);
    if (deleted == nullptr) return TableNotFound(name);
    PUMICE_TRY(check(*deleted));
    PUMICE_TRY(Erase(*deleted));
  }
  Notify();
  return deleted;
}

Result<void> CatalogStore::Drop(TableId id) {
  {
    const MutexLock lock(change_mutex_);
    const LiveTablePtr live = Current(id);
    if (live == nullptr) return Ok();
    PUMICE_TRY(Erase(*live->description));
  }
  Notify();
  return Ok();
}

Result<void> CatalogStore::Erase(const TableDescription& table) {
  const std::vector<std::string> stripes = AllStripeKeys(table.id);
  const std::vector<std::string_view> lock_keys(stripes.begin(), stripes.end());
  const std::vector<Removal> left = RemovalsOf(table);
  return engine_.Transact(lock_keys, [&](Transaction& transaction) -> Result<void> {
    transaction.Delete(Family::kCatalog, CatalogKey(kTablePrefix, table.name.value()));
    for (const IndexDescription& index : table.indexes) {
      transaction.Delete(Family::kCatalog, CatalogKey(kBackfillPrefix, index.id.value()));
    }
    NoteRemovals(transaction, left);
    if (table.StreamEnabled()) changes_.CloseStream(transaction, table.stream->id);
    transaction.OnCommit([this, left, gone = Current(table.id)] {
      Withdraw(*gone->description);
      AddRemovals(left);
    });
    return Ok();
  });
}

void CatalogStore::AddRemovals(std::span<const Removal> removals) {
  const WriterLock lock(mutex_);
  removals_.insert(removals_.end(), removals.begin(), removals.end());
}

void CatalogStore::RemoveLeftover(const Removal& leftover) {
  {
    const WriterLock lock(mutex_);
    const bool known = std::any_of(removals_.begin(), removals_.end(), [&](const Removal& removal) {
      return removal.id == leftover.id;
    });
    if (known) return;
    removals_.push_back(leftover);
  }
  Notify();
}

std::vector<Removal> CatalogStore::Removals() const {
  const ReaderLock lock(mutex_);
  return removals_;
}

Result<void> CatalogStore::EndRemoval(const Removal& removal) {
  PUMICE_TRY(DoRemoval(engine_, removal));
  const WriterLock lock(mutex_);
  std::erase_if(removals_, [&](const Removal& known) { return known.id == removal.id; });
  return Ok();
}

ItemTotals CatalogStore::Totals(const TableDescription& table,
                                const IndexDescription* index) const {
  const Result<ItemTotals> totals =
      ReadTotals(engine_, table.id, index != nullptr ? index->id.value() : table.id.value());
  if (totals) return totals.value();
  log_.Error("reading the totals of table {}: {}", table.name.value(), totals.error().log_text());
  return {};
}

}  // namespace pumice
