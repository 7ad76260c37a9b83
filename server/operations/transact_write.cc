// SPDX-License-Identifier: Apache-2.0
#include "server/operations/transact_write.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "server/operations/item_update.h"
#include "server/operations/throttle.h"
#include "server/operations/update_index_keys.h"
#include "storage/index_keys.h"

namespace pumice {
namespace {

using Kind = TransactAction::Kind;
using Existing = TransactAction::Existing;

Result<void> CheckExisting(const TransactAction& action, const EncodedItemView* old) {
  if (action.existing == Existing::kForbidden && old != nullptr) {
    return Error(ErrorCode::kDuplicateItem, "Duplicate primary key exists in table");
  }
  if (action.existing == Existing::kRequired && old == nullptr) {
    return ConditionFailed(action, old);
  }
  return Ok();
}

/// One action with its place, as a pure function of the stored item (see ChangeFunction).
class Change {
 public:
  Change(const TransactAction& action, const ResolvedTarget& target)
      : action_(action), target_(target) {}

  Result<std::optional<ItemChange>> operator()(const EncodedItemView* old) {
    refuses_request_ = false;
    PUMICE_TRY(CheckExisting(action_, old));
    if (action_.existing == Existing::kOptional && old == nullptr) {
      return std::optional<ItemChange>();
    }
    PUMICE_TRY(CheckCondition(action_, old));
    PUMICE_TRY(auto change, Make(old));
    if (change && change->encoded) {
      const EncodedItemView item(*change->encoded);
      auto not_empty = CheckIndexKeysNotEmpty(*target_.table, old, item);
      if (!not_empty) {
        refuses_request_ = true;
        return std::move(not_empty).error();
      }
    }
    return change;
  }

  ItemWrite ToWrite() { return {*target_.table, target_.key, *this}; }

  /// Whether the last run's error is not a reason of a cancellation, but the answer.
  bool refuses_request() const { return refuses_request_; }

 private:
  Result<std::optional<ItemChange>> Make(const EncodedItemView* old) const {
    switch (action_.kind) {
      case Kind::kConditionCheck: break;
      case Kind::kPut: return std::optional(ItemChange{EncodeItem(action_.item_or_key)});
      case Kind::kUpdate: return Update(old);
      case Kind::kDelete:
        if (old != nullptr) return std::optional(ItemChange{});
        break;
    }
    return std::optional<ItemChange>();
  }

  Result<std::optional<ItemChange>> Update(const EncodedItemView* old) const {
    const Item before = old != nullptr ? old->Decode() : action_.item_or_key;
    PUMICE_TRY(const auto updated, UpdateStoredItem(action_.update ? &*action_.update : nullptr,
                                                    *target_.table, {before, old != nullptr}));
    if (!updated.written) return std::optional<ItemChange>();
    return std::optional(ItemChange{EncodeItem(updated.item)});
  }

  const TransactAction& action_;
  const ResolvedTarget& target_;
  bool refuses_request_ = false;
};

/// What the request carries of one action: the 4 MB limit is one of the request, not of what is
/// stored.
std::size_t SentBytes(const TransactAction& action) { return ItemSizeBytes(action.item_or_key); }

Result<void> CheckUpdate(const UpdateExpression& update, const TableDescription& table) {
  PUMICE_TRY(CheckUpdateTargets(update, table));
  return CheckIndexKeyOperands(update, table);
}

Result<std::vector<ResolvedTarget>> Resolve(const TransactWriteRequest& request,
                                            OperationContext& context) {
  const std::size_t total_bytes =
      std::transform_reduce(request.actions.begin(), request.actions.end(), request.value_bytes,
                            std::plus<>(), SentBytes);
  if (total_bytes > kMaxTransactBytes) return TransactionTooLarge();
  std::vector<TransactTarget> wanted;
  wanted.reserve(request.actions.size());
  for (const TransactAction& action : request.actions) {
    wanted.push_back({action.table_name, action.item_or_key, action.kind == Kind::kPut});
  }
  PUMICE_TRY(auto targets, ResolveTargets(wanted, context));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (!request.actions[i].update) continue;
    const UpdateExpression& update = *request.actions[i].update;
    auto checked = CheckUpdate(update, *targets[i].table);
    if (checked) continue;
    if (HasEmptyIndexKeyOperand(update, *targets[i].table)) return std::move(checked).error();
    return TransactionCanceledBy(std::move(checked).error(), i, targets.size());
  }
  return targets;
}

Result<void> AdmitAll(std::span<const ResolvedTarget> targets, OperationContext& context) {
  if (context.throttle == nullptr) return Ok();
  Admission admission(context);
  std::vector<std::optional<Error>> refusals(targets.size());
  bool refused = false;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    auto admitted = admission.Write(*targets[i].table, kTransactFactor * WriteUnits(0));
    if (admitted) continue;
    refusals[i] = std::move(admitted).error();
    refused = true;
  }
  return refused ? Result<void>(TransactionCanceled(refusals)) : Result<void>(Ok());
}

Error Refusal(std::span<const Change> changes, std::vector<std::optional<Error>> refusals) {
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (refusals[i] && changes[i].refuses_request()) return std::move(*refusals[i]);
  }
  return TransactionCanceled(refusals);
}

/// A replay reads the items instead of writing them.
Result<void> ChargeReplay(const TransactWriteRequest& request,
                          std::span<const ResolvedTarget> targets, OperationContext& context,
                          TransactWriteOutcome& outcome) {
  std::vector<ItemRead> reads;
  reads.reserve(targets.size());
  for (const ResolvedTarget& target : targets) reads.push_back({*target.table, target.key});
  PUMICE_TRY(const auto items, context.database.items().GetTogether(reads));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    TableUseOf(outcome.tables, targets[i].table, request.actions[i].table_name)
        .use.AddTransactRead(items[i] ? EncodedItemView(*items[i]).size_bytes() : 0);
  }
  return Ok();
}

void ChargeWrites(const TransactWriteRequest& request, std::span<const ResolvedTarget> targets,
                  std::span<const WriteOutcome> writes, TransactWriteOutcome& outcome) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    TableUse& table = TableUseOf(outcome.tables, targets[i].table, request.actions[i].table_name);
    table.use.AddTransactWrite(*targets[i].table, writes[i]);
    if (request.actions[i].kind == Kind::kConditionCheck) continue;
    if (targets[i].table->HasLocalIndex()) {
      table.item_collection_keys.push_back(targets[i].key.partition);
    }
  }
}

}  // namespace

Result<TransactWriteOutcome> TransactWrite(const TransactWriteRequest& request,
                                           OperationContext& context) {
  PUMICE_TRY(const auto targets, Resolve(request, context));
  PUMICE_TRY(AdmitAll(targets, context));
  std::vector<Change> changes;
  std::vector<ItemWrite> writes;
  changes.reserve(targets.size());
  writes.reserve(targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    writes.push_back(changes.emplace_back(request.actions[i], targets[i]).ToWrite());
  }
  ItemTransaction transaction{writes, std::nullopt};
  if (request.client_request_token) {
    transaction.token = {*request.client_request_token, request.parameters};
  }
  PUMICE_TRY(auto done, context.database.items().Transact(transaction));
  if (!done.refusals.empty()) return Refusal(changes, std::move(done.refusals));

  TransactWriteOutcome outcome;
  outcome.replayed = done.replayed;
  if (done.replayed) {
    PUMICE_TRY(ChargeReplay(request, targets, context, outcome));
  } else {
    ChargeWrites(request, targets, done.outcomes, outcome);
  }
  for (const TableUse& table : outcome.tables) {
    Consume(context, *table.table, table.use, outcome.replayed ? Access::kRead : Access::kWrite);
  }
  return outcome;
}

}  // namespace pumice
