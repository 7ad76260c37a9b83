// SPDX-License-Identifier: Apache-2.0
#include "server/operations/item_write.h"

#include <utility>

#include "expressions/evaluate.h"
#include "expressions/parse.h"
#include "server/operations/key_paths.h"
#include "server/operations/legacy_expressions.h"
#include "server/operations/throttle.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

/// AWS charges a write whose condition failed for the item that is there.
Result<void> ChargeFailedCondition(const ItemWrite& write, OperationContext& context) {
  PUMICE_TRY(const auto stored, context.database.items().Get(write.table, write.key));
  CapacityUse use;
  use.table = WriteUnits(stored ? EncodedItemView(*stored).size_bytes() : 0);
  context.throttle->Charge(context.database, write.table, use, Access::kWrite);
  return Ok();
}

}  // namespace

void ItemWriteResponse::AppendJson(std::string& out) const {
  JsonMembers members(out);
  if (!attributes.empty()) members.Member("Attributes") += attributes;
  if (return_consumed_capacity != ReturnConsumedCapacity::kNone) {
    AppendConsumedCapacity(members.Member("ConsumedCapacity"), table_name, use,
                           return_consumed_capacity);
  }
  if (item_collection_key) {
    AppendItemCollectionMetrics(members.Member("ItemCollectionMetrics"), *table,
                                *item_collection_key);
  }
  members.End();
}

bool GoesToOlderValidator(const ItemParameters& parameters,
                          const std::optional<ParsedItem>& item_or_key) {
  return !parameters.table_name || !item_or_key || BeyondNewerValidator(parameters);
}

Result<void> CheckWriteConstraints(const ItemParameters& parameters,
                                   const std::optional<ParsedItem>& item_or_key,
                                   std::string_view member) {
  const bool older = GoesToOlderValidator(parameters, item_or_key);
  if (!older) {
    PUMICE_TRY(CheckTableNameNotEmpty(parameters.table_name));
  }
  ConstraintErrors errors;
  CheckReturnConsumedCapacity(parameters.return_consumed_capacity, errors);
  const Spelling spelling = older ? Spelling::kOlder : Spelling::kNewer;
  CheckReturnValues(parameters.return_values, spelling, errors);
  CheckReturnItemCollectionMetrics(parameters.return_item_collection_metrics, errors);
  CheckReturnValuesOnConditionCheckFailure(parameters.return_values_on_condition_check_failure,
                                           errors);
  if (!parameters.table_name) errors.AddNull("tableName");
  CheckName(parameters.table_name, "tableName", errors);
  CheckLegacyConstraints(parameters, spelling, errors);
  if (!item_or_key) errors.AddNull(member);
  return errors.Check();
}

Result<void> CheckReturnsOldOnly(const ItemParameters& parameters) {
  const ReturnValues values = ToReturnValues(parameters.return_values);
  if (values == ReturnValues::kNone || values == ReturnValues::kAllOld) return Ok();
  return Error(ErrorCode::kValidation, "ReturnValues can only be ALL_OLD or NONE");
}

Result<WriteExpressions> ParseWriteExpressions(ItemParameters& parameters) {
  WriteExpressions expressions;
  if (parameters.legacy) {  // then there are no expressions
    PUMICE_TRY(expressions.update, LegacyUpdate(parameters));
    PUMICE_TRY(expressions.condition, LegacyExpectation(parameters));
    return expressions;
  }
  PUMICE_TRY(auto placeholders, TakePlaceholders(parameters));
  PUMICE_TRY(expressions.update, ParseIfSent<UpdateExpression>(
                                     parameters.update_expression, [&](std::string_view text) {
                                       return ParseUpdate(text, placeholders);
                                     }));
  PUMICE_TRY(expressions.condition,
             ParseIfSent<Condition>(parameters.condition_expression, [&](std::string_view text) {
               return ParseCondition(ConditionKind::kCondition, text, placeholders);
             }));
  PUMICE_TRY(placeholders.CheckAllUsed());
  return expressions;
}

ItemWriteRequest CommonWriteRequest(ItemParameters& parameters) {
  ItemWriteRequest request;
  request.table_name = std::move(*parameters.table_name);
  request.return_item_on_failed_condition =
      parameters.return_values_on_condition_check_failure == "ALL_OLD";
  request.return_values = ToReturnValues(parameters.return_values);
  request.return_consumed_capacity = ToReturnConsumedCapacity(parameters.return_consumed_capacity);
  request.return_item_collection_metrics = parameters.return_item_collection_metrics == "SIZE";
  return request;
}

Result<void> CheckConditionPaths(const ConditionalRequest& request, const TableDescription& table) {
  return request.condition ? CheckNoPathIntoKeys(*request.condition, table) : Ok();
}

Error ConditionFailed(const ConditionalRequest& request, const EncodedItemView* old_item) {
  Error error(ErrorCode::kConditionalCheckFailed, "The conditional request failed");
  if (!request.return_item_on_failed_condition || old_item == nullptr) return error;
  return std::move(error).WithDetail("\"Item\":" + std::string(old_item->json()));
}

Result<void> CheckCondition(const ConditionalRequest& request, const Item& item,
                            const EncodedItemView* old_item) {
  if (!request.condition || Evaluate(*request.condition, item)) return Ok();
  return ConditionFailed(request, old_item);
}

Result<void> CheckCondition(const ConditionalRequest& request, const EncodedItemView* old_item) {
  if (!request.condition) return Ok();
  const Item item =
      old_item != nullptr ? old_item->DecodeOnly(TopLevelAttributes(*request.condition)) : Item();
  return CheckCondition(request, item, old_item);
}

Result<WriteOutcome> WriteItem(const ItemWrite& write, OperationContext& context) {
  PUMICE_TRY(AdmitWrite(context, write.table));
  Result<WriteOutcome> outcome = context.database.items().Write(write);
  if (context.throttle != nullptr && !outcome &&
      outcome.error().code() == ErrorCode::kConditionalCheckFailed) {
    PUMICE_TRY(ChargeFailedCondition(write, context));
  }
  return outcome;
}

ItemWriteResponse MakeWriteResponse(const ItemWriteRequest& request, TablePtr table,
                                    const ItemKey& key, const WriteOutcome& outcome,
                                    OperationContext& context) {
  ItemWriteResponse response;
  response.table_name = request.table_name;
  response.return_consumed_capacity = request.return_consumed_capacity;
  response.use.AddWrite(*table, outcome);
  Consume(context, *table, response.use, Access::kWrite);
  // A write that neither found nor made an item affects no collection.
  const bool affected = outcome.larger_size_bytes > 0;
  if (request.return_item_collection_metrics && affected && table->HasLocalIndex()) {
    response.item_collection_key = key.partition;
  }
  response.table = std::move(table);
  return response;
}

std::string WireText(const std::string& encoded_item) {
  return std::string(EncodedItemView(encoded_item).json());
}

}  // namespace pumice
