// SPDX-License-Identifier: Apache-2.0
#pragma once
// TransactionGuard: which items and ClientRequestTokens belong to transactions that run now, so
// that whoever meets one is told at once instead of waiting for it. It only decides what a client
// is answered: that writes are atomic and serial is the affair of the locks of Engine::Transact. So
// it may be of one process and in memory, and Busy() may be read without a fence. Thread rule: any
// thread; a Hold belongs to one.

#include <atomic>
#include <cstddef>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"

namespace pumice {

class TransactionGuard {
 public:
  class Hold;

  /// Whether any item is marked at all: what a plain write asks, at the price of one load.
  bool Busy() const { return marked_count_.load(std::memory_order_relaxed) != 0; }
  bool IsMarked(std::string_view item_key_bytes) const EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  std::unordered_set<std::string_view> items_
      GUARDED_BY(mutex_);  // the bytes are the Hold's owner's
  std::set<std::string, std::less<>> tokens_ GUARDED_BY(mutex_);
  std::atomic<std::size_t> marked_count_ = 0;
};

/// What one running transaction holds. Gives it back when destroyed.
class TransactionGuard::Hold {
 public:
  explicit Hold(TransactionGuard& guard) : guard_(guard) {}
  ~Hold();
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

  /// Once. Errors: TransactionInProgress, a transaction with this token runs.
  Result<void> TakeToken(std::string_view token);

  /// Once. Marks all the items, which are distinct and outlive this, and answers nothing; or, if
  /// some belong to other transactions, marks none and answers one flag an item.
  std::vector<bool> Mark(std::span<const std::string> item_keys);

 private:
  TransactionGuard& guard_;
  std::string token_;  // empty: none
  std::span<const std::string> item_keys_;
};

}  // namespace pumice
