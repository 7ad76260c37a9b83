// SPDX-License-Identifier: Apache-2.0
#include "storage/table_finisher.h"

#include <algorithm>
#include <set>
#include <system_error>

#include <fmt/core.h>

#include "storage/index_filler.h"

namespace pumice {
namespace {

using std::chrono::microseconds;

using Description = Result<TableDescription>;

bool Contains(const std::vector<IndexId>& ids, IndexId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

bool HasStatus(const TableDescription& table, IndexStatus status) {
  return std::any_of(table.indexes.begin(), table.indexes.end(),
                     [&](const IndexDescription& index) { return index.status == status; });
}

/// Definitions that no key uses go with the last index that used them.
void DropUnusedDefinitions(TableDescription& table) {
  std::erase_if(table.attribute_definitions, [&](const KeyAttribute& definition) {
    return !table.key_schema.Names(definition.name) &&
           std::none_of(table.indexes.begin(), table.indexes.end(),
                        [&](const IndexDescription& index) {
                          return index.key_schema.Names(definition.name);
                        });
  });
}

TableDescription WithBackfilling(TableDescription table) {
  if (table.status == TableStatus::kDeleting) return table;
  table.status = TableStatus::kActive;
  for (IndexDescription& index : table.indexes) {
    if (index.status == IndexStatus::kCreating) index.backfilling = true;
  }
  return table;
}

TableDescription WithoutDeleted(TableDescription table) {
  if (table.status == TableStatus::kDeleting) return table;
  table.status = TableStatus::kActive;
  std::erase_if(table.indexes, [](const IndexDescription& index) {
    return index.status == IndexStatus::kDeleting;
  });
  DropUnusedDefinitions(table);
  return table;
}

}  // namespace

TableDescription WithActive(TableDescription table, IndexId filled) {
  const auto deleting = [](const IndexDescription& index) {
    return index.status == IndexStatus::kDeleting;
  };
  if (table.status == TableStatus::kDeleting ||
      std::any_of(table.indexes.begin(), table.indexes.end(), deleting)) {
    return table;
  }
  const bool one_index = filled != IndexId();
  if (!one_index) table.status = TableStatus::kActive;
  for (IndexDescription& index : table.indexes) {
    const bool is_filled =
        index.id == filled && index.status == IndexStatus::kCreating && index.backfilling;
    const bool is_updated = !one_index && index.status == IndexStatus::kUpdating;
    if (!is_filled && !is_updated) continue;
    index.status = IndexStatus::kActive;
    index.backfilling = false;
  }
  return table;
}

TableFinisher::TableFinisher(Engine& engine, CatalogStore& catalog, const Clock& clock, Log& log,
                             microseconds delay)
    : engine_(engine),
      catalog_(catalog),
      clock_(clock),
      log_(log),
      delay_(delay),
      setbacks_(clock, log) {}

TableFinisher::~TableFinisher() {
  std::thread thread;
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    thread = std::move(thread_);
  }
  changed_.notify_all();
  if (thread.joinable()) thread.join();
}

void TableFinisher::Wake() {
  const MutexLock lock(mutex_);
  woken_ = true;
  idle_ = false;
  changed_.notify_all();
  if (thread_.joinable() || stopping_) return;
  // The standard library has no other way to say that there is no thread.
  try {
    thread_ = std::thread([this] { Loop(); });
  } catch (const std::system_error& error) {
    idle_ = true;
    log_.Error("no thread to end changes of tables: {}", error.what());
  }
}

void TableFinisher::Settle() {
  Wake();
  const MutexLock lock(mutex_);
  while (!idle_) changed_.wait(mutex_);
}

void TableFinisher::Loop() {
  mutex_.lock();
  while (!stopping_) {
    woken_ = false;
    mutex_.unlock();
    const std::optional<microseconds> wait = Work();
    mutex_.lock();
    if (woken_ || stopping_) continue;
    idle_ = true;
    changed_.notify_all();
    const auto wanted = [this]() NO_THREAD_SAFETY_ANALYSIS { return woken_ || stopping_; };
    if (wait) {
      changed_.wait_for(mutex_, *wait, wanted);
    } else {
      changed_.wait(mutex_, wanted);
    }
  }
  idle_ = true;
  mutex_.unlock();
  changed_.notify_all();
}

TableFinisher::StepKey TableFinisher::Step::key() const {
  if (kind == Kind::kRemove) return {kind, removal.id};
  return {kind, index != IndexId() ? index.value() : table->description->id.value()};
}

std::string TableFinisher::Step::name() const {
  if (kind == Kind::kRemove) {
    return fmt::format("Removing what a deleted table or index left (id {})", removal.id);
  }
  return fmt::format("{} of table {}", kind == Kind::kFill ? "Filling an index" : "Ending a change",
                     table->description->name.value());
}

std::optional<microseconds> TableFinisher::Work() {
  for (;;) {
    std::optional<microseconds> wait;
    bool worked = false;
    const std::vector<Step> steps = FindSteps();
    Prune(steps);
    for (const Step& step : steps) {
      if (stopping_) return std::nullopt;
      microseconds left = TimeLeft(step);
      if (left == microseconds(0)) {
        if (setbacks_.Note(step.name(), Do(step))) {
          first_seen_.erase(step.key());
          worked = true;
          continue;
        }
        left = Setbacks::kRetryAfter;
      }
      wait = std::min(wait.value_or(left), left);
    }
    // What was done makes other steps possible, so the list is made anew.
    if (!worked) return wait;
  }
}

std::vector<TableFinisher::Step> TableFinisher::FindSteps() const {
  std::vector<Step> steps;
  for (const Removal& removal : catalog_.Removals()) {
    steps.push_back({Kind::kRemove, nullptr, {}, removal});
  }
  for (const LiveTablePtr& table : catalog_.Unfinished()) AddSteps(table, steps);
  // No table waits for another one's items to be told its status.
  std::stable_sort(steps.begin(), steps.end(),
                   [](const Step& a, const Step& b) { return a.kind < b.kind; });
  return steps;
}

/// Filling goes on beside a change of status, and neither waits for the other.
void TableFinisher::AddSteps(const LiveTablePtr& table, std::vector<Step>& steps) const {
  const TableDescription& description = *table->description;
  const auto add = [&](Kind kind, IndexId index) { steps.push_back({kind, table, index, {}}); };
  if (description.status == TableStatus::kDeleting) return add(Kind::kDeleteTable, {});
  const bool deleting = HasStatus(description, IndexStatus::kDeleting);
  bool allocating = false;
  for (const IndexDescription& index : description.indexes) {
    if (!Contains(table->filling, index.id)) continue;
    if (index.status == IndexStatus::kCreating && !index.backfilling) {
      allocating = true;
    } else if (!IsFilled(index.id)) {
      add(Kind::kFill, index.id);
    } else if (!deleting) {
      add(Kind::kActivate, index.id);
    }
  }
  if (deleting) return add(Kind::kDropIndexes, {});
  if (allocating) return add(Kind::kBackfill, {});
  if (description.status == TableStatus::kUpdating ||
      HasStatus(description, IndexStatus::kUpdating)) {
    add(Kind::kActivate, {});
  }
}

bool TableFinisher::IsFilled(IndexId index) const {
  const auto found = fillings_.find(index.value());
  return found != fillings_.end() && found->second.complete;
}

void TableFinisher::Prune(const std::vector<Step>& steps) {
  std::set<StepKey> keys;
  for (const Step& step : steps) keys.insert(step.key());
  std::erase_if(first_seen_, [&](const auto& seen) { return !keys.contains(seen.first); });
  std::set<std::uint32_t> being_filled;
  for (const LiveTablePtr& table : catalog_.Unfinished()) {
    for (const IndexId id : table->filling) being_filled.insert(id.value());
  }
  std::erase_if(fillings_,
                [&](const auto& filling) { return !being_filled.contains(filling.first); });
}

microseconds TableFinisher::TimeLeft(const Step& step) {
  const microseconds setback = setbacks_.Left(step.name());
  const bool shows_a_state = step.kind != Kind::kFill && step.kind != Kind::kRemove;
  if (delay_ == microseconds(0) || !shows_a_state) return setback;
  const TimePoint now = clock_.Now();
  const TimePoint since = first_seen_.emplace(step.key(), now).first->second;
  // A clock that was set back must not put anything off.
  const microseconds shown = now < since ? delay_ : now - since;
  return std::max(setback, shown < delay_ ? delay_ - shown : microseconds(0));
}

Result<void> TableFinisher::Do(const Step& step) {
  if (step.kind == Kind::kRemove) return catalog_.EndRemoval(step.removal);
  const TableId id = step.table->description->id;
  switch (step.kind) {
    case Kind::kRemove: break;
    case Kind::kDeleteTable: return catalog_.Drop(id);
    case Kind::kDropIndexes:
      return catalog_.Advance(
          id, [](const TableDescription& table) -> Description { return WithoutDeleted(table); });
    case Kind::kFill: return Fill(step);
    case Kind::kBackfill:
      return catalog_.Advance(
          id, [](const TableDescription& table) -> Description { return WithBackfilling(table); });
    case Kind::kActivate:
      return catalog_.Advance(id, [&](const TableDescription& table) -> Description {
        return WithActive(table, step.index);
      });
  }
  return Ok();
}

Result<void> TableFinisher::Fill(const Step& step) {
  const TableId id = step.table->description->id;
  const auto current = [&] { return catalog_.Current(id); };
  Filling& filling = fillings_[step.index.value()];
  PUMICE_TRY(auto next, FillIndex({engine_, id, step.index}, filling.next_key, current));
  filling.complete = !next;
  filling.next_key = std::move(next).value_or(std::string());
  return Ok();
}

}  // namespace pumice
