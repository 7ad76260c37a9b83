// SPDX-License-Identifier: Apache-2.0
#include "server/operations/transact_get.h"

#include <utility>

#include "expressions/parse.h"
#include "server/operations/key_paths.h"
#include "server/operations/throttle.h"
#include "storage/item_codec.h"

namespace pumice {
namespace {

/// AWS cancels a reading transaction, too, when it meets a writing one.
Result<void> CheckReadable(const ResolvedTarget& target, OperationContext& context) {
  if (!context.database.items().InTransaction(*target.table, target.key)) return Ok();
  return Error(ErrorCode::kTransactionConflict, "Transaction is ongoing for the item");
}

/// A path into a key refuses the whole request (as at DynamoDB Local; not measured on AWS).
Result<void> CheckPaths(const std::vector<TransactGet>& gets,
                        const std::vector<ResolvedTarget>& targets) {
  for (std::size_t i = 0; i < gets.size(); ++i) {
    if (!gets[i].projection) continue;
    PUMICE_TRY(CheckNoPathIntoKeys(*gets[i].projection, *targets[i].table));
  }
  return Ok();
}

Result<void> CheckAllReadable(const std::vector<ResolvedTarget>& targets,
                              OperationContext& context) {
  std::vector<std::optional<Error>> refusals(targets.size());
  bool refused = false;
  Admission admission(context);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    auto checked = CheckReadable(targets[i], context);
    if (checked) checked = admission.Read(*targets[i].table, kTransactFactor * ReadUnits(0, true));
    if (checked) continue;
    refusals[i] = std::move(checked).error();
    refused = true;
  }
  if (refused) return TransactionCanceled(refusals);
  return Ok();
}

}  // namespace

Result<TransactGetOutcome> TransactRead(const std::vector<TransactGet>& gets,
                                        OperationContext& context) {
  std::vector<TransactTarget> wanted;
  wanted.reserve(gets.size());
  for (const TransactGet& get : gets) wanted.push_back({get.table_name, get.key});
  PUMICE_TRY(const auto targets, ResolveTargets(wanted, context));
  PUMICE_TRY(CheckPaths(gets, targets));
  PUMICE_TRY(CheckAllReadable(targets, context));

  std::vector<ItemRead> reads;
  reads.reserve(targets.size());
  for (const ResolvedTarget& target : targets) reads.push_back({*target.table, target.key});
  TransactGetOutcome outcome;
  PUMICE_TRY(outcome.items, context.database.items().GetTogether(reads));
  std::size_t total_bytes = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto& item = outcome.items[i];
    const std::size_t size_bytes = item ? EncodedItemView(*item).size_bytes() : 0;
    total_bytes += size_bytes;
    TableUse& table = TableUseOf(outcome.tables, targets[i].table, gets[i].table_name);
    table.use.AddTransactRead(size_bytes);
  }
  if (total_bytes > kMaxTransactBytes) return TransactionTooLarge();
  for (const TableUse& table : outcome.tables) {
    Consume(context, *table.table, table.use, Access::kRead);
  }
  return outcome;
}

}  // namespace pumice
