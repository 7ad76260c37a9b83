// SPDX-License-Identifier: Apache-2.0
#pragma once
// Engine: the ordered key-value store that all of storage/ stands on. RocksDB is behind it today
// (storage/rocks/); everything above is written so that a distributed store can be: nothing relies
// on being the only writer except through Transact(). Thread rule: every method from any thread at
// once. A Cursor or Snapshot belongs to one thread at a time.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"

namespace pumice {

/// Separate key spaces. Values are stored nowhere; the names in storage/FORMAT.md are.
enum class Family : std::uint8_t { kCatalog, kItems, kIndexes, kChanges, kExpiry, kTotals };
inline constexpr int kFamilyCount = 6;

enum class Direction : std::uint8_t { kForward, kBackward };

/// Keys k with begin <= k < end. An empty end means "to the end of the family".
struct KeyRange {
  std::string begin;
  std::string end;
};

/// One consistent view of the whole store. Frees its resources when destroyed.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
};

/// Walks a KeyRange. Starts on the first key of its direction.
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual bool Valid() const = 0;
  virtual void Next() = 0;                     // in the cursor's direction; needs Valid()
  virtual std::string_view key() const = 0;    // lives until Next()
  virtual std::string_view value() const = 0;  // lives until Next()
  /// Once Valid() is false: whether the end was reached (ok) or reading failed.
  virtual Result<void> status() const = 0;
};

/// Reads and writes of one Transact() call. Reads see the committed state, not this transaction's
/// writes.
class Transaction {
 public:
  virtual ~Transaction() = default;
  virtual Result<std::optional<std::string>> Get(Family family, std::string_view key) = 0;
  virtual void Put(Family family, std::string_view key, std::string_view value) = 0;
  virtual void Delete(Family family, std::string_view key) = 0;
  virtual void DeleteRange(Family family, const KeyRange& range) = 0;
  /// `publish` is called once after the commit, before the locks are released; not at all if
  /// nothing is committed. For what is kept in memory of what was written. It must not fail nor use
  /// the engine.
  virtual void OnCommit(std::function<void()> publish) = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;

  virtual Result<std::optional<std::string>> Get(Family family, std::string_view key,
                                                 const Snapshot* snapshot = nullptr) const = 0;
  /// One answer per key, in order; with a snapshot all of one state of the store.
  virtual Result<std::vector<std::optional<std::string>>> MultiGet(
      Family family, std::span<const std::string> keys,
      const Snapshot* snapshot = nullptr) const = 0;

  virtual std::unique_ptr<Snapshot> TakeSnapshot() const = 0;
  virtual std::unique_ptr<Cursor> NewCursor(Family family, const KeyRange& range,
                                            Direction direction,
                                            const Snapshot* snapshot = nullptr) const = 0;

  /// Runs `work` while no other Transact() that names one of `lock_keys` runs, then commits all it
  /// wrote, or nothing when work or the commit fails (the store is unchanged then). `work` must be
  /// free of side effects that cannot be repeated: an engine may run it twice. Lock keys need not
  /// be keys of the store. Errors: those of work; Internal when the store refuses (full or failing
  /// disk).
  virtual Result<void> Transact(std::span<const std::string_view> lock_keys,
                                FunctionRef<Result<void>(Transaction&)> work) = 0;
};

}  // namespace pumice
