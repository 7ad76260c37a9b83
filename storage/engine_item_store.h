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
#include "storage/transaction_guard.h"
#include "storage/transaction_tokens.h"

namespace pumice {

class EngineItemStore final : public ItemStore {
 public:
  EngineItemStore(Engine& engine, const CatalogStore& catalog, ChangeLogStore& changes,
                  const Clock& clock)
      : engine_(engine),
        catalog_(catalog),
        changes_(changes),
        clock_(clock),
        tokens_(engine, clock) {}

  Result<std::optional<std::string>> Get(const TableDescription& table,
                                         const ItemKey& key) const override;
  Result<std::vector<std::optional<std::string>>> MultiGet(
      const TableDescription& table, std::span<const ItemKey> keys) const override;
  Result<std::vector<std::optional<std::string>>> GetTogether(
      std::span<const ItemRead> reads) const override;
  Result<std::vector<WriteOutcome>> Write(std::span<const ItemWrite> writes) override;
  Result<WriteOutcome> Write(const ItemWrite& write) override;
  Result<TransactionOutcome> Transact(const ItemTransaction& transaction) override;
  bool InTransaction(const TableDescription& table, const ItemKey& key) const override;
  Result<bool> ForgetOldTokens(std::size_t max_tokens) override {
    return tokens_.Sweep(max_tokens);
  }
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

  /// Where several writes go: their keys, the stripes of the totals that they change, what is to be
  /// locked.
  struct Places {
    std::vector<std::string> keys;
    std::vector<std::string> stripes;
    std::vector<std::string_view> lock_keys;  // views of the stripes
  };
  static Places PlacesOf(std::span<const ItemWrite> writes);

  /// All writes of a transaction inside a Transact() call.
  struct AllSteps {
    Transaction& work;
    ChangeLogStore::Lease& lease;
    const ItemTransaction& transaction;
    const Places& places;
  };
  /// Fills `outcome`; an error if anything is refused, so that nothing is committed.
  Result<void> ApplyAll(const AllSteps& steps, TransactionOutcome& outcome) const;
  Result<WriteOutcome> Apply(const Step& step) const;
  Result<std::vector<IndexUnits>> Store(const Step& step, const LiveTable& live,
                                        const EncodedItemView* old,
                                        const EncodedItemView* item) const;
  static void AddDelta(const Step& step, const TotalsDelta& delta);
  void LogChange(const Step& step, const TableDescription& table, const EncodedItemView* old,
                 const EncodedItemView* item) const;

  Engine& engine_;
  const CatalogStore& catalog_;
  ChangeLogStore& changes_;
  const Clock& clock_;
  TransactionTokens tokens_;
  TransactionGuard guard_;
};

}  // namespace pumice
