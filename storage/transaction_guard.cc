// SPDX-License-Identifier: Apache-2.0
#include "storage/transaction_guard.h"

#include <algorithm>

namespace pumice {

bool TransactionGuard::IsMarked(std::string_view item_key_bytes) const {
  const MutexLock lock(mutex_);
  return items_.contains(item_key_bytes);
}

TransactionGuard::Hold::~Hold() {
  if (token_.empty() && item_keys_.empty()) return;
  const MutexLock lock(guard_.mutex_);
  for (const std::string& key : item_keys_) guard_.items_.erase(key);
  guard_.marked_count_.store(guard_.items_.size(), std::memory_order_relaxed);
  if (!token_.empty()) guard_.tokens_.erase(token_);
}

Result<void> TransactionGuard::Hold::TakeToken(std::string_view token) {
  const MutexLock lock(guard_.mutex_);
  if (!guard_.tokens_.emplace(token).second) {
    // The text of the exception in AWS's API reference, not measured.
    return Error(ErrorCode::kTransactionInProgress,
                 "The transaction with the given request token is already in progress.");
  }
  token_ = token;
  return Ok();
}

std::vector<bool> TransactionGuard::Hold::Mark(std::span<const std::string> item_keys) {
  const MutexLock lock(guard_.mutex_);
  std::vector<bool> taken;
  for (const std::string& key : item_keys) taken.push_back(guard_.items_.contains(key));
  if (std::find(taken.begin(), taken.end(), true) != taken.end()) return taken;
  for (const std::string& key : item_keys) guard_.items_.insert(key);
  guard_.marked_count_.store(guard_.items_.size(), std::memory_order_relaxed);
  item_keys_ = item_keys;
  return {};
}

}  // namespace pumice
