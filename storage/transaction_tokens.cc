// SPDX-License-Identifier: Apache-2.0
#include "storage/transaction_tokens.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "storage/bytes.h"
#include "storage/catalog_keys.h"
#include "storage/hash.h"

namespace pumice {
namespace {

constexpr std::size_t kSweptAtOnce = 32;

std::uint64_t MicrosecondsOf(TimePoint time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

}  // namespace

std::string TransactionTokens::LockKey(std::string_view token) {
  return CatalogKey(kTransactionTokenPrefix, token);
}

bool TransactionTokens::Expired(std::string_view record) const {
  return TakeU64(record).value_or(0) <= MicrosecondsOf(clock_.Now());
}

Result<bool> TransactionTokens::Judge(std::optional<std::string_view> record,
                                      std::string_view parameters) const {
  if (!record || Expired(*record)) return false;
  TakeU64(*record);
  if (TakeU64(*record) == Hash64(parameters)) return true;
  // The text of the exception in AWS's API reference, not measured.
  return Error(ErrorCode::kIdempotentParameterMismatch,
               "DynamoDB rejected the request because you retried a request with a different "
               "payload but with an idempotent token that was already used.");
}

Result<bool> TransactionTokens::WasDone(std::string_view token, std::string_view parameters) const {
  PUMICE_TRY(const auto record, engine_.Get(Family::kCatalog, LockKey(token)));
  return Judge(record, parameters);
}

Result<bool> TransactionTokens::WasDone(Transaction& transaction, std::string_view token,
                                        std::string_view parameters) const {
  PUMICE_TRY(const auto record, transaction.Get(Family::kCatalog, LockKey(token)));
  return Judge(record, parameters);
}

void TransactionTokens::Record(Transaction& transaction, std::string_view token,
                               std::string_view parameters) const {
  std::string record;
  AppendU64(record, MicrosecondsOf(clock_.Now() + kTransactionTokenLife));
  AppendU64(record, Hash64(parameters));
  transaction.Put(Family::kCatalog, LockKey(token), record);
}

Result<bool> TransactionTokens::Sweep(std::size_t max_tokens) {
  KeyRange rest{std::string(1, kTransactionTokenPrefix),
                std::string(1, kTransactionTokenPrefix + 1)};
  rest.begin = std::max(rest.begin, std::exchange(next_to_sweep_, std::string()));
  std::vector<std::string> expired;
  const auto cursor = engine_.NewCursor(Family::kCatalog, rest, Direction::kForward);
  for (std::size_t count = 0; cursor->Valid() && count < max_tokens; ++count, cursor->Next()) {
    if (Expired(cursor->value())) expired.emplace_back(cursor->key());
  }
  const bool more = cursor->Valid();
  if (more) {
    next_to_sweep_ = cursor->key();
  } else {
    PUMICE_TRY(cursor->status());
  }
  for (std::size_t begin = 0; begin < expired.size(); begin += kSweptAtOnce) {
    const auto part =
        std::span(expired).subspan(begin, std::min(kSweptAtOnce, expired.size() - begin));
    const std::vector<std::string_view> keys(part.begin(), part.end());
    PUMICE_TRY(engine_.Transact(keys, [&](Transaction& transaction) -> Result<void> {
      for (const std::string_view key : keys) {
        // It may have been used again since it was seen.
        PUMICE_TRY(const auto record, transaction.Get(Family::kCatalog, key));
        if (record && Expired(*record)) transaction.Delete(Family::kCatalog, key);
      }
      return Ok();
    }));
  }
  return more;
}

}  // namespace pumice
