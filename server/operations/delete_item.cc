// SPDX-License-Identifier: Apache-2.0
#include "server/operations/delete_item.h"

#include <utility>

#include "server/operations/legacy_expressions.h"
#include "server/operations/table_access.h"

namespace pumice {
namespace {

constexpr ItemMembers kMembers{"TableName",
                               "Key",
                               "Expected",
                               "ConditionalOperator",
                               "ReturnValues",
                               "ReturnConsumedCapacity",
                               "ReturnItemCollectionMetrics",
                               "ConditionExpression",
                               "ExpressionAttributeNames",
                               "ExpressionAttributeValues",
                               "ReturnValuesOnConditionCheckFailure"};

}  // namespace

Result<DeleteItem::Request> DeleteItem::Request::FromJson(std::string& body) {
  ItemParameters parameters;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) {
    return ReadItemParameter(name, value, ValueTexts::kNewer, kMembers, parameters);
  }));
  PUMICE_TRY(CheckWriteConstraints(parameters, parameters.key, "key"));
  const ValidationLayer layer =
      GoesToOlderValidator(parameters, parameters.key) ? ValidationLayer::kBare : kLayer;
  PUMICE_TRY(InLayer(layer, CheckExpressionUse(parameters)));
  PUMICE_TRY(InLayer(layer, CheckConditionalOperatorUse(parameters)));
  if (layer == ValidationLayer::kBare) {
    PUMICE_TRY(CheckReturnsOldOnly(parameters));
  }
  PUMICE_TRY(InLayer(layer, CheckProblem(parameters.key)));
  PUMICE_TRY(InLayer(layer, CheckReturnsOldOnly(parameters)));
  PUMICE_TRY(auto expressions, InLayer(layer, ParseWriteExpressions(parameters)));

  Request request{CommonWriteRequest(parameters), std::move(parameters.key->item)};
  request.condition = std::move(expressions.condition);
  return request;
}

Result<DeleteItem::Response> DeleteItem::Run(const Request& request, OperationContext& context) {
  PUMICE_TRY(auto table, FindTable(context, request.table_name));
  PUMICE_TRY(const auto key, KeyOfKey(*table, request.key));
  PUMICE_TRY(CheckConditionPaths(request, *table));
  const auto remove = [&](const EncodedItemView* old) -> Result<std::optional<ItemChange>> {
    PUMICE_TRY(CheckCondition(request, old));
    if (old == nullptr) return std::optional<ItemChange>();
    return std::optional<ItemChange>(ItemChange{});
  };
  PUMICE_TRY(const auto outcome, WriteItem({*table, key, remove}, context));
  Response response = MakeWriteResponse(request, std::move(table), key, outcome, context);
  if (request.return_values == ReturnValues::kAllOld && outcome.old_item) {
    response.attributes = WireText(*outcome.old_item);
  }
  return response;
}

}  // namespace pumice
