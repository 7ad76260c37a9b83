// SPDX-License-Identifier: Apache-2.0
#pragma once
// One transaction that reads: what TransactGetItems and the reading ExecuteTransaction are made of.

#include <optional>
#include <string>
#include <vector>

#include "expressions/ast.h"
#include "server/operations/consumed_capacity.h"
#include "server/operations/transaction.h"

namespace pumice {

struct TransactGet {
  std::string table_name;  // as sent: a name or an ARN
  Item key;
  std::optional<ProjectionExpression> projection;
};

struct TransactGetOutcome {
  std::vector<std::optional<std::string>> items;  // one a get, as stored (see EncodedItemView)
  std::vector<TableUse> tables;                   // in the order in which the gets name them
};

/// All items as they are at one moment, never in the middle of a transaction; notes the units for
/// the request log. Errors: those of ResolveTargets; Validation (4 MB); TransactionCanceled (an
/// item belongs to a transaction that runs now, a projection goes into a key attribute).
Result<TransactGetOutcome> TransactRead(const std::vector<TransactGet>& gets,
                                        OperationContext& context);

}  // namespace pumice
