// SPDX-License-Identifier: Apache-2.0
#include "server/operations/put_item.h"

#include <utility>

#include "server/operations/item_size.h"
#include "server/operations/legacy_expressions.h"
#include "server/operations/table_access.h"
#include "storage/index_keys.h"

namespace pumice {
namespace {

constexpr ItemMembers kMembers{"TableName",
                               "Item",
                               "Expected",
                               "ReturnValues",
                               "ReturnConsumedCapacity",
                               "ReturnItemCollectionMetrics",
                               "ConditionalOperator",
                               "ConditionExpression",
                               "ExpressionAttributeNames",
                               "ExpressionAttributeValues",
                               "ReturnValuesOnConditionCheckFailure"};

}  // namespace

Result<PutItem::Request> PutItem::Request::FromJson(std::string& body) {
  ItemParameters parameters;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) {
    return ReadItemParameter(name, value, ValueTexts::kNewer, kMembers, parameters);
  }));
  PUMICE_TRY(CheckWriteConstraints(parameters, parameters.item, "item"));
  const ValidationLayer layer =
      GoesToOlderValidator(parameters, parameters.item) ? ValidationLayer::kBare : kLayer;
  PUMICE_TRY(InLayer(layer, CheckExpressionUse(parameters)));
  PUMICE_TRY(InLayer(layer, CheckConditionalOperatorUse(parameters)));
  PUMICE_TRY(InLayer(layer, CheckProblem(parameters.item)));
  PUMICE_TRY(InLayer(layer, CheckReturnsOldOnly(parameters)));
  PUMICE_TRY(CheckItemSize(parameters.item->item));
  PUMICE_TRY(auto expressions, InLayer(layer, ParseWriteExpressions(parameters)));

  Request request{CommonWriteRequest(parameters), std::move(parameters.item->item)};
  request.condition = std::move(expressions.condition);
  return request;
}

Result<PutItem::Response> PutItem::Run(const Request& request, OperationContext& context) {
  PUMICE_TRY(auto table, FindTable(context, request.table_name));
  PUMICE_TRY(const auto key, KeyOfItem(*table, request.item));
  PUMICE_TRY(CheckConditionPaths(request, *table));
  PUMICE_TRY(CheckIndexKeys(*table, request.item));
  PUMICE_TRY(CheckItemSize(request.item, *table));
  const std::string encoded = EncodeItem(request.item);
  const auto put = [&](const EncodedItemView* old) -> Result<std::optional<ItemChange>> {
    PUMICE_TRY(CheckCondition(request, old));
    return std::optional<ItemChange>(ItemChange{encoded});
  };
  const ItemWrite write{.table = *table, .key = key, .change = put, .index_keys_checked = true};
  PUMICE_TRY(const auto outcome, WriteItem(write, context));
  Response response = MakeWriteResponse(request, std::move(table), key, outcome, context);
  if (request.return_values == ReturnValues::kAllOld && outcome.old_item) {
    response.attributes = WireText(*outcome.old_item);
  }
  return response;
}

}  // namespace pumice
