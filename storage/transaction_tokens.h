// SPDX-License-Identifier: Apache-2.0
#pragma once
// TransactionTokens: which ClientRequestTokens were used, by what request, and until when that
// counts. A token's record is written with the items of its transaction, so a repetition after a
// crash is recognised.
//   token record: catalog key 'x' · token -> expires:U64 (microseconds since 1970) · hash:U64
//                 hash = Hash64 of the request's parameters
// Thread rule: any thread.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/function_ref.h"
#include "base/result.h"
#include "storage/engine.h"

namespace pumice {

/// AWS: TransactWriteItems, ClientRequestToken: valid for ten minutes after it was used.
inline constexpr std::chrono::minutes kTransactionTokenLife{10};

class TransactionTokens {
 public:
  TransactionTokens(Engine& engine, const Clock& clock) : engine_(engine), clock_(clock) {}

  /// What Transact() has to lock for a token.
  static std::string LockKey(std::string_view token);

  /// Whether a transaction with this token and these parameters was done. Errors:
  /// IdempotentParameterMismatch, it was done with others; Internal.
  Result<bool> WasDone(std::string_view token, std::string_view parameters) const;
  /// The same under the token's lock, by what the transaction sees.
  Result<bool> WasDone(Transaction& transaction, std::string_view token,
                       std::string_view parameters) const;
  /// To be written with the items. The token counts from now on.
  void Record(Transaction& transaction, std::string_view token, std::string_view parameters) const;

  /// Looks at no more than `max_tokens` records, from where the last call ended, and removes those
  /// that count no more. Answers whether there are more to look at. One call at a time. Errors:
  /// Internal; what is left is found another time.
  Result<bool> Sweep(std::size_t max_tokens);

 private:
  Result<bool> Judge(std::optional<std::string_view> record, std::string_view parameters) const;
  bool Expired(std::string_view record) const;

  Engine& engine_;
  const Clock& clock_;
  std::string next_to_sweep_;  // a key; empty: the first
};

}  // namespace pumice
