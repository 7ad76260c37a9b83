// SPDX-License-Identifier: Apache-2.0
#pragma once
// One transaction that writes: what TransactWriteItems and PartiQL's ExecuteTransaction are made
// of. The actions come here read and statically checked; all that needs a table or an item happens
// here.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "expressions/ast.h"
#include "server/operations/item_write.h"
#include "server/operations/transaction.h"

namespace pumice {

/// One action. Its table, condition and what is returned when that fails are in the base.
struct TransactAction : ConditionalRequest {
  enum class Kind : std::uint8_t { kConditionCheck, kPut, kUpdate, kDelete };
  /// What the item has to be beside the condition; PartiQL's own.
  enum class Existing : std::uint8_t {
    kAny,
    kForbidden,  // INSERT: else reason DuplicateItem
    kRequired,   // UPDATE: else reason ConditionalCheckFailed
    kOptional,   // DELETE: a missing item is left alone, whatever the condition says
  };
  Kind kind = Kind::kPut;
  Existing existing = Existing::kAny;
  Item item_or_key;                        // kPut: the item; else the key
  std::optional<UpdateExpression> update;  // kUpdate only
};

struct TransactWriteRequest {
  std::vector<TransactAction> actions;              // 1 to 100
  std::optional<std::string> client_request_token;  // not empty
  std::size_t value_bytes = 0;  // of the expressions' values: they, too, count for the 4 MB
  std::string parameters;       // with a token: a text that is equal for equal requests
};

struct TransactWriteOutcome {
  bool replayed = false;         // the token's transaction was done before; nothing was written
  std::vector<TableUse> tables;  // in the order in which the actions name them

  /// What the units are: a replay is charged for reading its items.
  CapacityKind capacity_kind() const {
    return replayed ? CapacityKind::kRead : CapacityKind::kWrite;
  }
};

/// Does all actions or none; notes the units for the request log. Errors (nothing is written):
/// those of ResolveTargets; Validation (4 MB, an empty key value of an index); TransactionCanceled
/// with the reasons of all actions that refuse; TransactionInProgress; IdempotentParameterMismatch.
Result<TransactWriteOutcome> TransactWrite(const TransactWriteRequest& request,
                                           OperationContext& context);

}  // namespace pumice
