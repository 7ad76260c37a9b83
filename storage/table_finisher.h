// SPDX-License-Identifier: Apache-2.0
#pragma once
// TableFinisher: ends in the background what a change of a table began. One thread a database,
// started when there is something to do.
//
//   index CREATING                table UPDATING -> ACTIVE while the index is backfilled
//   index CREATING, backfilling   filled -> index ACTIVE
//   index DELETING                gone, then its entries; table ACTIVE
//   table or index UPDATING       ACTIVE
//   table DELETING                gone
//
// Each state is stored, so what a stop interrupts goes on after the next start. Thread rule: any
// thread, but for the constructor and the destructor.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/result.h"
#include "storage/catalog_store.h"
#include "storage/engine.h"

namespace pumice {

/// The table when its changes have ended and this index (none: IndexId()) is filled. What was
/// changed since that was found out stays as it is: an index that is to be deleted, or a table, is
/// not made ACTIVE again. Pure; here for its test.
TableDescription WithActive(TableDescription table, IndexId filled);

class TableFinisher {
 public:
  /// delay: how long each state is shown at least; it lengthens the states, not the work.
  TableFinisher(Engine& engine, CatalogStore& catalog, const Clock& clock, Log& log,
                std::chrono::microseconds delay);
  /// Stops in the middle of the work, if there is any, and joins the thread.
  ~TableFinisher();

  /// There may be something to do. Never blocks for long.
  void Wake() EXCLUDES(mutex_);

  /// Wakes it, and waits until it has done all that can be done by now: what is to be shown for a
  /// while yet stays.
  void Settle() EXCLUDES(mutex_);

 private:
  enum class Kind : std::uint8_t { kDeleteTable, kDropIndexes, kBackfill, kActivate, kFill };
  struct Step {
    Kind kind = Kind::kActivate;
    LiveTablePtr table;
    IndexId index;  // kFill; kActivate of a filled one; else 0
  };
  using StepKey = std::pair<Kind, std::uint32_t>;  // with the id of the index or of the table

  void Loop() EXCLUDES(mutex_);
  /// Does what can be done; answers how long to wait at most before the next look.
  std::optional<std::chrono::microseconds> Work();
  std::vector<Step> FindSteps() const;
  std::optional<Step> StepOf(const LiveTablePtr& table) const;
  std::chrono::microseconds TimeLeft(const Step& step);
  Result<void> Do(const Step& step);
  Result<void> Fill(const Step& step);
  Result<void> DropIndexes(const Step& step);

  Engine& engine_;
  CatalogStore& catalog_;
  const Clock& clock_;
  Log& log_;
  const std::chrono::microseconds delay_;

  // Of the thread only.
  std::map<StepKey, TimePoint> first_seen_;
  std::set<std::uint32_t> filled_;  // indexes that lack nothing but their new status

  std::atomic<bool> stopping_ = false;
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool woken_ GUARDED_BY(mutex_) = false;
  bool idle_ GUARDED_BY(mutex_) = true;
  std::thread thread_ GUARDED_BY(mutex_);
};

}  // namespace pumice
