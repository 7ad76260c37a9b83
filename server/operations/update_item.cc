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

/// One UpdateItem on one table. Its change may run twice; the last run is the one that was
/// committed.
class UpdateRun {
 public:
  UpdateRun(const UpdateItem::Request& request, const TableDescription& table)
      : request_(request),
        table_(table),
        update_(request.update ? &*request.update : nullptr),
        seen_names_(
            AttributesSeen(update_, request.condition ? &*request.condition : nullptr, table)) {}

  Result<std::optional<ItemChange>> Change(const EncodedItemView* old) {
    existed_ = old != nullptr;
    // A condition on a missing item sees an empty one; the update sees its key.
    before_ = existed_ ? Seen(*old) : Item();
    PUMICE_TRY(CheckCondition(request_, before_, old));
    const std::size_t unseen_bytes = existed_ ? old->size_bytes() - ItemSizeBytes(before_) : 0;
    if (!existed_) before_ = request_.key;
    PUMICE_TRY(after_, UpdateStoredItem(update_, table_, {before_, existed_, unseen_bytes}));
    if (!after_.written) return std::optional<ItemChange>();
    ItemChange change{existed_ ? EncodeReplaced(*old, before_, after_.item)
                               : EncodeItem(after_.item)};
    if (request_.return_values == ReturnValues::kAllNew) {
      all_new_ = EncodedItemView(*change.encoded).json();
    }
    return std::optional<ItemChange>(std::move(change));
  }

  std::string ReturnedAttributes(const WriteOutcome& outcome) const {
    switch (request_.return_values) {
      case ReturnValues::kNone: break;
      case ReturnValues::kAllOld:
        if (outcome.old_item) return std::string(EncodedItemView(*outcome.old_item).json());
        break;
      case ReturnValues::kUpdatedOld:
        if (existed_) return UpdatedPartOf(before_);
        break;
      case ReturnValues::kAllNew: return all_new_;
      case ReturnValues::kUpdatedNew:
        if (after_.written) return UpdatedPartOf(after_.item);
        break;
    }
    return {};
  }

 private:
  Item Seen(const EncodedItemView& stored) const {
    return seen_names_ ? stored.DecodeOnly(*seen_names_) : stored.Decode();
  }

  std::string UpdatedPartOf(const Item& item) const {
    const Item part = update_ != nullptr ? UpdatedPart(*update_, item) : Item();
    return part.empty() ? std::string() : ItemJson(part);
  }

  const UpdateItem::Request& request_;
  const TableDescription& table_;
  const UpdateExpression* const update_;
  const std::optional<std::vector<std::string>> seen_names_;
  bool existed_ = false;
  Item before_;
  UpdatedItem after_;
  std::string all_new_;
};

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
  UpdateRun run(request, *table);
  const auto change = [&](const EncodedItemView* old) { return run.Change(old); };
  const ItemWrite write{.table = *table, .key = key, .change = change, .index_keys_checked = true};
  PUMICE_TRY(const auto outcome, WriteItem(write, context));
  Response response = MakeWriteResponse(request, std::move(table), key, outcome, context);
  response.attributes = run.ReturnedAttributes(outcome);
  return response;
}

}  // namespace pumice
