// SPDX-License-Identifier: Apache-2.0
#include "storage/database.h"

#include <utility>

#include "storage/catalog_format.h"
#include "storage/catalog_store.h"
#include "storage/change_log_store.h"
#include "storage/engine_item_store.h"
#include "storage/rocks/rocks_engine.h"
#include "storage/table_finisher.h"

namespace pumice {
namespace {

WriteSafety SafetyOf(Durability durability) {
  switch (durability) {
    case Durability::kMemory: return WriteSafety::kInMemory;
    case Durability::kProcess: return WriteSafety::kLogged;
    case Durability::kPower: return WriteSafety::kSynced;
  }
  return WriteSafety::kSynced;
}

}  // namespace

/// Each part knows those above it, so they are destroyed from below.
struct Database::Parts {
  std::unique_ptr<Engine> engine;
  std::unique_ptr<ChangeLogStore> changes;
  std::unique_ptr<CatalogStore> catalog;
  std::unique_ptr<TableFinisher> finisher;
  std::unique_ptr<EngineItemStore> items;
  std::unique_ptr<StateStore> state;
  std::unique_ptr<ExpirySweeper> expiry;
};

Database::Database(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::Open(const DatabaseOptions& options, const Clock& clock,
                                                 RandomSource& random, Log& log) {
  PUMICE_TRY(auto engine, OpenRocksEngine(options.path, SafetyOf(options.durability), log));
  return OpenOn(std::move(engine), clock, random, log, options);
}

Result<std::unique_ptr<Database>> Database::OpenOn(std::unique_ptr<Engine> engine,
                                                   const Clock& clock, RandomSource& random,
                                                   Log& log, const DatabaseOptions& options) {
  auto parts = std::make_unique<Parts>();
  parts->engine = std::move(engine);
  Engine& store = *parts->engine;
  PUMICE_TRY(EnsureCatalogFormat(store));
  PUMICE_TRY(parts->changes, ChangeLogStore::Open(store, clock, random, options.stream_shards));
  PUMICE_TRY(parts->catalog, CatalogStore::Open(store, *parts->changes, log));
  parts->finisher =
      std::make_unique<TableFinisher>(store, *parts->catalog, clock, log, options.transient_delay);
  parts->catalog->OnUnfinished([finisher = parts->finisher.get()] { finisher->Wake(); });
  const bool unfinished = !parts->catalog->Unfinished().empty();
  if (unfinished || !parts->catalog->Removals().empty()) parts->finisher->Wake();
  parts->items = std::make_unique<EngineItemStore>(store, *parts->catalog, *parts->changes, clock);
  parts->state = std::make_unique<StateStore>(store);
  parts->expiry =
      std::make_unique<ExpirySweeper>(store, *parts->catalog, *parts->items, clock, log);
  return std::unique_ptr<Database>(new Database(std::move(parts)));
}

void Database::SettleTables() { parts_->finisher->Settle(); }
TableCatalog& Database::catalog() { return *parts_->catalog; }
ItemStore& Database::items() { return *parts_->items; }
ChangeLog& Database::changes() { return *parts_->changes; }
StateStore& Database::state() { return *parts_->state; }
ExpirySweeper& Database::expiry() { return *parts_->expiry; }

}  // namespace pumice
