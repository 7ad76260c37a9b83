// SPDX-License-Identifier: Apache-2.0
#pragma once
// EngineItemStore: the ItemStore on an Engine.
// Thread rule: any thread.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "storage/catalog_store.h"
#include "storage/change_log_store.h"
#include "storage/engine.h"
#include "storage/item_store.h"
#include "storage/totals.h"

namespace pumice {

class EngineItemStore final : public ItemStore {
 public:
  EngineItemStore(Engine& engine, const CatalogStore& catalog, ChangeLogStore& changes,
                  const Clock& clock)
      : engine_(engine), catalog_(catalog), changes_(changes), clock_(clock) {}

  Result<std::optional<std::string>> Get(const TableDescription& table,
                                         const ItemKey& key) const override;
  Result<std::vector<std::optional<std::string>>> MultiGet(
      const TableDescription& table, std::span<const ItemKey> keys) const override;
  Result<std::vector<WriteOutcome>> Write(std::span<const ItemWrite> writes) override;
  Result<WriteOutcome> Write(const ItemWrite& write) override;
  Result<std::unique_ptr<RangeReader>> Read(const RangeRequest& request) const override;

 private:
  /// One item's write inside a Transact() call.
  struct Step {
    Transaction& transaction;
    ChangeLogStore::Lease& lease;
    const ItemWrite& write;
    std::string_view key_bytes;
    std::vector<TotalsDelta>& deltas;
  };

  Result<WriteOutcome> Apply(const Step& step) const;
  Result<std::vector<IndexUnits>> Store(const Step& step, const LiveTable& live,
                                        const EncodedItemView* old,
                                        const EncodedItemView* item) const;
  void LogChange(const Step& step, const TableDescription& table, const EncodedItemView* old,
                 const EncodedItemView* item) const;

  Engine& engine_;
  const CatalogStore& catalog_;
  ChangeLogStore& changes_;
  const Clock& clock_;
};

}  // namespace pumice
