// SPDX-License-Identifier: Apache-2.0
#include "storage/table_finisher.h"

#include <algorithm>
#include <system_error>

#include "storage/index_filler.h"
#include "storage/removal.h"

namespace pumice {
namespace {

using std::chrono::microseconds;

// A full disk may have room again.
constexpr microseconds kRetryAfter = std::chrono::seconds(1);

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
  table.status = TableStatus::kActive;
  for (IndexDescription& index : table.indexes) {
    const bool is_filled =
        index.id == filled && index.status == IndexStatus::kCreating && index.backfilling;
    if (!is_filled && index.status != IndexStatus::kUpdating) continue;
    index.status = IndexStatus::kActive;
    index.backfilling = false;
  }
  return table;
}

TableFinisher::TableFinisher(Engine& engine, CatalogStore& catalog, const Clock& clock, Log& log,
                             microseconds delay)
    : engine_(engine), catalog_(catalog), clock_(clock), log_(log), delay_(delay) {}

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

std::optional<microseconds> TableFinisher::Work() {
  for (;;) {
    std::optional<microseconds> wait;
    bool worked = false;
    for (const Step& step : FindSteps()) {
      if (stopping_) return std::nullopt;
      if (const microseconds left = TimeLeft(step); left > microseconds(0)) {
        wait = std::min(wait.value_or(left), left);
        continue;
      }
      if (const Result<void> done = Do(step); !done) {
        log_.Error("ending a change of table {}: {}", step.table->description->name.value(),
                   done.error().log_text());
        wait = std::min(wait.value_or(kRetryAfter), kRetryAfter);
        continue;
      }
      // One step may take long and lets others become possible, so the list is made anew.
      worked = true;
      break;
    }
    if (!worked) return wait;
  }
}

std::vector<TableFinisher::Step> TableFinisher::FindSteps() const {
  std::vector<Step> steps;
  for (const LiveTablePtr& table : catalog_.Unfinished()) {
    if (const std::optional<Step> step = StepOf(table)) steps.push_back(*step);
  }
  // What takes long comes last: no table waits for another one's items to be told its status.
  std::stable_sort(steps.begin(), steps.end(),
                   [](const Step& a, const Step& b) { return a.kind < b.kind; });
  return steps;
}

std::optional<TableFinisher::Step> TableFinisher::StepOf(const LiveTablePtr& table) const {
  const TableDescription& description = *table->description;
  if (description.status == TableStatus::kDeleting) return Step{Kind::kDeleteTable, table, {}};
  if (HasStatus(description, IndexStatus::kDeleting)) return Step{Kind::kDropIndexes, table, {}};
  for (const IndexDescription& index : description.indexes) {
    if (!Contains(table->filling, index.id)) continue;
    if (index.status == IndexStatus::kCreating && !index.backfilling) {
      return Step{Kind::kBackfill, table, {}};
    }
    const bool filled = filled_.count(index.id.value()) != 0;
    return Step{filled ? Kind::kActivate : Kind::kFill, table, index.id};
  }
  if (description.status == TableStatus::kUpdating ||
      HasStatus(description, IndexStatus::kUpdating)) {
    return Step{Kind::kActivate, table, {}};
  }
  return std::nullopt;
}

microseconds TableFinisher::TimeLeft(const Step& step) {
  if (delay_ == microseconds(0) || step.kind == Kind::kFill) return microseconds(0);
  const std::uint32_t id =
      step.index != IndexId() ? step.index.value() : step.table->description->id.value();
  const TimePoint now = clock_.Now();
  const TimePoint since = first_seen_.emplace(StepKey(step.kind, id), now).first->second;
  if (now < since + delay_) return since + delay_ - now;
  first_seen_.erase(StepKey(step.kind, id));
  return microseconds(0);
}

Result<void> TableFinisher::Do(const Step& step) {
  const TableId id = step.table->description->id;
  switch (step.kind) {
    case Kind::kDeleteTable: return catalog_.Drop(id);
    case Kind::kDropIndexes: return DropIndexes(step);
    case Kind::kFill: return Fill(step);
    case Kind::kBackfill:
      return catalog_.Advance(
          id, [](const TableDescription& table) -> Description { return WithBackfilling(table); });
    case Kind::kActivate:
      filled_.erase(step.index.value());
      return catalog_.Advance(id, [&](const TableDescription& table) -> Description {
        return WithActive(table, step.index);
      });
  }
  return Ok();
}

Result<void> TableFinisher::Fill(const Step& step) {
  const TableId id = step.table->description->id;
  const auto current = [&] { return catalog_.Current(id); };
  PUMICE_TRY(const bool complete, FillIndex({engine_, id, step.index, stopping_}, current));
  if (complete) filled_.insert(step.index.value());
  return Ok();
}

Result<void> TableFinisher::DropIndexes(const Step& step) {
  return catalog_.Advance(
      step.table->description->id,
      [](const TableDescription& table) -> Description { return WithoutDeleted(table); });
}

}  // namespace pumice
