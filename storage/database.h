// SPDX-License-Identifier: Apache-2.0
#pragma once
// Database: one engine with all that lives in it: tables, items, change log, small state. What one
// (access key, region) pair sees, or everybody with -sharedDb.
// Thread rule: every method from any thread; expiry() has its own rule. Lifetime: outlives all that
// it hands out.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "storage/change_log.h"
#include "storage/engine.h"
#include "storage/expiry_sweeper.h"
#include "storage/item_store.h"
#include "storage/state_store.h"
#include "storage/table_catalog.h"

namespace pumice {

/// How much an acknowledged write survives.
enum class Durability : std::uint8_t {
  kMemory,   // nothing on disk
  kProcess,  // kill -9 of the server: write-ahead log, handed to the operating system before the
             // answer
  kPower,    // loss of power: the log is synced before the answer (group commit)
};

struct DatabaseOptions {
  std::filesystem::path path;  // a folder, made if missing; unused with kMemory
  Durability durability = Durability::kMemory;
  /// How long tables and indexes stay in states that do not last (UPDATING, DELETING, an added
  /// index's CREATING), at least; see table_finisher.h.
  std::chrono::microseconds transient_delay{0};
  /// With how many open shards a stream begins, 1..kMaxOpenShards.
  std::uint32_t stream_shards = 1;
};

class Database {
 public:
  /// Errors (Internal; client_text is one clear line that a command line can print): the path
  /// cannot be made or written, is in use by another server, or holds another or a newer format
  /// (nothing is touched then).
  static Result<std::unique_ptr<Database>> Open(const DatabaseOptions& options, const Clock& clock,
                                                RandomSource& random, Log& log);
  /// On a given engine, whatever `options` say of path and durability; for tests.
  static Result<std::unique_ptr<Database>> OpenOn(std::unique_ptr<Engine> engine,
                                                  const Clock& clock, RandomSource& random,
                                                  Log& log, const DatabaseOptions& options = {});
  ~Database();

  /// Waits until what changes of tables began is ended, as far as it can be by now.
  void SettleTables();

  TableCatalog& catalog();
  ItemStore& items();
  ChangeLog& changes();
  StateStore& state();
  ExpirySweeper& expiry();

 private:
  struct Parts;
  explicit Database(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace pumice
