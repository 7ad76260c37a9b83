// SPDX-License-Identifier: Apache-2.0
#pragma once
// What transactions that read and transactions that write have in common, whoever asks for them
// (TransactGetItems, TransactWriteItems, ExecuteTransaction): from the names and keys of the
// actions to tables and keys in AWS's order of checks, and the cancellation.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/operations/operation.h"
#include "server/protocol/constraint_errors.h"
#include "server/protocol/json_members.h"
#include "storage/table_catalog.h"

namespace pumice {

/// AWS: "Quotas in Amazon DynamoDB", transactions.
inline constexpr std::size_t kMaxTransactActions = 100;
inline constexpr std::size_t kMaxTransactBytes = 4 * 1024 * 1024;

/// The constraints of ClientRequestToken: 1 to 36 characters.
void CheckClientRequestToken(const std::optional<std::string>& sent, ConstraintErrors& errors);

/// The text of the 4 MB limit is ours: AWS's is not known.
Error TransactionTooLarge();

/// What one action is about. Views of the request.
struct TransactTarget {
  std::string_view table_name;  // as sent: a name or an ARN
  const Item& item_or_key;
  bool put = false;  // item_or_key is an item to be put, not a key
};

struct ResolvedTarget {
  TablePtr table;
  ItemKey key;
};

/// Errors, in AWS's order: Validation (one item twice), ResourceNotFound, Validation (empty or too
/// long key value), TransactionCanceled (the first key that does not fit its table's schema).
Result<std::vector<ResolvedTarget>> ResolveTargets(std::span<const TransactTarget> targets,
                                                   OperationContext& context);

/// TransactionCanceledException with one reason an action, in order; nullopt is "None". Of
/// Validation errors only the first is told, and nothing but it. The errors' texts and detail
/// members become those of the reasons.
Error TransactionCanceled(std::span<const std::optional<Error>> refusals);
/// The same for the refusal of one action only.
Error TransactionCanceledBy(Error refusal, std::size_t action, std::size_t action_count);

/// The member "Responses" of a transaction that reads: wire texts, empty for no item.
void AppendItemResponses(JsonMembers& members, std::span<const std::string> items);

}  // namespace pumice
