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
//   what deleted ones left        removed (removal.h)
//
// Everything is done in bounded pieces, taken in turn: a large table holds no other one back. What
// fails (a full disk) is tried again. Each state is stored, so what a stop interrupts goes on after
// the next start. Thread rule: any thread, but for the constructor and the destructor.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/result.h"
#include "storage/catalog_store.h"
#include "storage/engine.h"
#include "storage/removal.h"
#include "storage/setbacks.h"

namespace pumice {

/// The table when this index is filled, or (none: IndexId()) when its other changes have ended.
/// What was changed since that was found out stays as it is: an index that is to be deleted, or a
/// table, is not made ACTIVE again. Pure; here for its test.
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
  /// In the order of a round: what a client waits for comes first.
  enum class Kind : std::uint8_t {
    kDeleteTable,
    kDropIndexes,
    kBackfill,
    kActivate,
    kRemove,
    kFill
  };
  using StepKey = std::pair<Kind, std::uint32_t>;  // with the id of what it is about
  /// A bounded piece of work.
  struct Step {
    Kind kind = Kind::kActivate;
    LiveTablePtr table;  // all but kRemove
    IndexId index;       // kFill; kActivate of a filled one; else 0
    Removal removal;     // kRemove

    StepKey key() const;
    std::string name() const;  // for the log
  };
  struct Filling {
    std::string next_key;  // of the item to go on with
    bool complete = false;
  };

  void Loop() EXCLUDES(mutex_);
  /// Does what can be done; answers how long to wait at most before the next look.
  std::optional<std::chrono::microseconds> Work();
  std::vector<Step> FindSteps() const;
  void AddSteps(const LiveTablePtr& table, std::vector<Step>& steps) const;
  bool IsFilled(IndexId index) const;
  /// Forgets what is known of work that is over. These are the steps that there are.
  void Prune(const std::vector<Step>& steps);
  std::chrono::microseconds TimeLeft(const Step& step);
  Result<void> Do(const Step& step);
  Result<void> Fill(const Step& step);

  Engine& engine_;
  CatalogStore& catalog_;
  const Clock& clock_;
  Log& log_;
  const std::chrono::microseconds delay_;

  // Of the thread only.
  std::map<StepKey, TimePoint> first_seen_;
  std::map<std::uint32_t, Filling> fillings_;  // of an index
  Setbacks setbacks_;

  std::atomic<bool> stopping_ = false;
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool woken_ GUARDED_BY(mutex_) = false;
  bool idle_ GUARDED_BY(mutex_) = true;
  std::thread thread_ GUARDED_BY(mutex_);
};

}  // namespace pumice
