// SPDX-License-Identifier: Apache-2.0
#include "server/operations/update_item.h"

#include <utility>

#include "expressions/evaluate.h"
#include "model/attribute_json.h"
#include "model/limits.h"
#include "server/operations/item_size.h"
#include "server/operations/item_update.h"
#include "server/operations/legacy_expressions.h"
#include "server/operations/table_access.h"
#include "server/operations/update_index_keys.h"

namespace pumice {
namespace {

constexpr ItemMembers kMembers{"TableName",
                               "Key",
                               "AttributeUpdates",
                               "Expected",
                               "ConditionalOperator",
                               "ReturnValues",
                               "ReturnConsumedCapacity",
                               "ReturnItemCollectionMetrics",
                               "UpdateExpression",
                               "ConditionExpression",
                               "ExpressionAttributeNames",
                               "ExpressionAttributeValues",
                               "ReturnValuesOnConditionCheckFailure"};

/// The newer validator stops at a bad ReturnValues; the older one collects all.
Result<void> CheckConstraints(const ItemParameters& parameters) {
  ConstraintErrors errors;
  const bool older = GoesToOlderValidator(parameters, parameters.key);
  const Spelling spelling = older ? Spelling::kOlder : Spelling::kNewer;
  if (older) {
    CheckReturnConsumedCapacity(parameters.return_consumed_capacity, errors);
    if (!parameters.table_name) errors.AddNull("tableName");
    CheckName(parameters.table_name, "tableName", errors);
    CheckReturnValues(parameters.return_values, spelling, errors);
  } else {
    PUMICE_TRY(CheckTableNameNotEmpty(parameters.table_name));
    CheckReturnValues(parameters.return_values, spelling, errors);
    PUMICE_TRY(errors.Check());
    CheckReturnConsumedCapacity(parameters.return_consumed_capacity, errors);
    CheckName(parameters.table_name, "tableName", errors);
  }
  CheckReturnItemCollectionMetrics(parameters.return_item_collection_metrics, errors);
  CheckReturnValuesOnConditionCheckFailure(parameters.return_values_on_condition_check_failure,
                                           errors);
  CheckLegacyConstraints(parameters, spelling, errors);
  if (!parameters.key) errors.AddNull("key");
  return errors.Check();
}

/// What one run of the change saw and made; the last run is the one that was committed.
struct Updated {
  Item old_item;
  Item new_item;
  bool existed = false;
  bool written = false;
};

Result<std::optional<ItemChange>> ApplyTo(const UpdateItem::Request& request,
                                          const TableDescription& table, const EncodedItemView* old,
                                          Updated& updated) {
  updated = Updated();
  updated.existed = old != nullptr;
  // A condition on a missing item sees an empty one; the update sees its key.
  if (old != nullptr) updated.old_item = old->Decode();
  PUMICE_TRY(CheckCondition(request, updated.old_item, old));
  if (old == nullptr) updated.old_item = request.key;
  PUMICE_TRY(auto made, UpdateStoredItem(request.update ? &*request.update : nullptr, table,
                                         {updated.old_item, updated.existed}));
  updated.new_item = std::move(made.item);
  updated.written = made.written;
  if (!updated.written) return std::optional<ItemChange>();
  return std::optional<ItemChange>(ItemChange{EncodeItem(updated.new_item)});
}

std::string ReturnedAttributes(const UpdateItem::Request& request, const Updated& updated) {
  const auto part_of = [&](const Item& item) {
    const Item part = request.update ? UpdatedPart(*request.update, item) : Item();
    return part.empty() ? std::string() : ItemJson(part);
  };
  switch (request.return_values) {
    case ReturnValues::kNone: return {};
    case ReturnValues::kAllOld: return updated.existed ? ItemJson(updated.old_item) : std::string();
    case ReturnValues::kUpdatedOld:
      return updated.existed ? part_of(updated.old_item) : std::string();
    case ReturnValues::kAllNew: return updated.written ? ItemJson(updated.new_item) : std::string();
    case ReturnValues::kUpdatedNew:
      return updated.written ? part_of(updated.new_item) : std::string();
  }
  return {};
}

}  // namespace

Result<UpdateItem::Request> UpdateItem::Request::FromJson(std::string& body) {
  ItemParameters parameters;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) {
    return ReadItemParameter(name, value, ValueTexts::kNewer, kMembers, parameters);
  }));
  PUMICE_TRY(CheckConstraints(parameters));
  const ValidationLayer layer =
      GoesToOlderValidator(parameters, parameters.key) ? ValidationLayer::kBare : kLayer;
  PUMICE_TRY(InLayer(layer, CheckExpressionUse(parameters)));
  PUMICE_TRY(InLayer(layer, CheckConditionalOperatorUse(parameters)));
  PUMICE_TRY(InLayer(layer, CheckProblem(parameters.key)));
  PUMICE_TRY(auto expressions, InLayer(layer, ParseWriteExpressions(parameters)));

  Request request{CommonWriteRequest(parameters), std::move(parameters.key->item),
                  std::move(expressions.update)};
  request.condition = std::move(expressions.condition);
  return request;
}

Result<UpdateItem::Response> UpdateItem::Run(const Request& request, OperationContext& context) {
  PUMICE_TRY(auto table, FindTable(context, request.table_name));
  PUMICE_TRY(const auto key, KeyOfKey(*table, request.key));
  PUMICE_TRY(CheckConditionPaths(request, *table));
  if (request.update) {
    PUMICE_TRY(CheckUpdateTargets(*request.update, *table));
    PUMICE_TRY(CheckIndexKeyOperands(*request.update, *table));
    if (StatementChargeBytes(*request.update) > kMaxItemSizeBytes) return UpdatedItemTooLarge();
  }
  Updated updated;
  const auto change = [&](const EncodedItemView* old) {
    return ApplyTo(request, *table, old, updated);
  };
  const ItemWrite write{.table = *table, .key = key, .change = change, .index_keys_checked = true};
  PUMICE_TRY(const auto outcome, WriteItem(write, context));
  Response response = MakeWriteResponse(request, std::move(table), key, outcome, context);
  response.attributes = ReturnedAttributes(request, updated);
  return response;
}

}  // namespace pumice
