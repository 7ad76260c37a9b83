// SPDX-License-Identifier: Apache-2.0
#pragma once
// TestEngine: an engine that a test sees into. It counts what is committed, calls the test at
// moments that are hard to meet, and refuses what it is told to, as a full disk does. Thread rule:
// as Engine; the hooks are set while nothing else runs.

#include <atomic>
#include <bitset>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/engine.h"

namespace pumice {

class TestEngine final : public Engine {
 public:
  explicit TestEngine(std::unique_ptr<Engine> store) : store_(std::move(store)) {}

  /// From now on nothing that writes in this family is committed; nullopt: all is taken again.
  void Refuse(std::optional<Family> family) { refused_ = family ? static_cast<int>(*family) : -1; }
  int refusal_count() const { return refusal_count_; }
  /// Commits that wrote in this family.
  int commit_count(Family family) const { return commit_counts_[static_cast<std::size_t>(family)]; }

  /// Called before the locks of a Transact() are taken.
  std::function<void()> before_transact;
  /// Called with the first key that a commit put into the indexes, by its thread.
  std::function<void(std::string_view key)> on_index_commit;

  Result<std::optional<std::string>> Get(Family family, std::string_view key,
                                         const Snapshot* snapshot) const override {
    return store_->Get(family, key, snapshot);
  }
  Result<std::vector<std::optional<std::string>>> MultiGet(
      Family family, std::span<const std::string> keys, const Snapshot* snapshot) const override {
    return store_->MultiGet(family, keys, snapshot);
  }
  std::unique_ptr<Snapshot> TakeSnapshot() const override { return store_->TakeSnapshot(); }
  std::unique_ptr<Cursor> NewCursor(Family family, const KeyRange& range, Direction direction,
                                    const Snapshot* snapshot) const override {
    return store_->NewCursor(family, range, direction, snapshot);
  }
  Result<void> Transact(std::span<const std::string_view> lock_keys,
                        FunctionRef<Result<void>(Transaction&)> work) override {
    if (before_transact) before_transact();
    Watched watched;
    PUMICE_TRY(store_->Transact(lock_keys, [&](Transaction& transaction) -> Result<void> {
      watched = Watched(transaction);
      PUMICE_TRY(work(watched));
      const int refused = refused_;
      if (refused < 0 || !watched.families().test(static_cast<std::size_t>(refused))) return Ok();
      ++refusal_count_;
      return Error(ErrorCode::kInternal, {}, "writing: the test's disk is full");
    }));
    for (std::size_t family = 0; family < kFamilyCount; ++family) {
      if (watched.families().test(family)) ++commit_counts_[family];
    }
    if (on_index_commit && !watched.index_key().empty()) on_index_commit(watched.index_key());
    return Ok();
  }

 private:
  class Watched final : public Transaction {
   public:
    Watched() = default;
    explicit Watched(Transaction& transaction) : transaction_(&transaction) {}

    Result<std::optional<std::string>> Get(Family family, std::string_view key) override {
      return transaction_->Get(family, key);
    }
    void Put(Family family, std::string_view key, std::string_view value) override {
      families_.set(static_cast<std::size_t>(family));
      if (family == Family::kIndexes && index_key_.empty()) index_key_ = key;
      transaction_->Put(family, key, value);
    }
    void Delete(Family family, std::string_view key) override {
      families_.set(static_cast<std::size_t>(family));
      transaction_->Delete(family, key);
    }
    void DeleteRange(Family family, const KeyRange& range) override {
      families_.set(static_cast<std::size_t>(family));
      transaction_->DeleteRange(family, range);
    }
    void OnCommit(std::function<void()> publish) override {
      transaction_->OnCommit(std::move(publish));
    }
    const std::bitset<kFamilyCount>& families() const { return families_; }
    const std::string& index_key() const { return index_key_; }

   private:
    Transaction* transaction_ = nullptr;
    std::bitset<kFamilyCount> families_;
    std::string index_key_;
  };

  const std::unique_ptr<Engine> store_;
  std::atomic<int> refused_ = -1;
  std::atomic<int> refusal_count_ = 0;
  std::atomic<int> commit_counts_[kFamilyCount] = {};
};

}  // namespace pumice
