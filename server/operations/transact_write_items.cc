// SPDX-License-Identifier: Apache-2.0
#include "server/operations/transact_write_items.h"

#include <algorithm>
#include <utility>

#include "model/attribute_json.h"
#include "server/operations/item_size.h"
#include "server/operations/transact_write_parameters.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

// ---- static checks
// ---------------------------------------------------------------------------------------

Result<void> CheckOneAction(const SentTransactElement& element) {
  if (element.empty()) {
    return Error(ErrorCode::kValidation,
                 "Invalid Request: TransactWriteRequest should contain Delete or Put or Update "
                 "request");
  }
  if (element.size() > 1) {
    return Error(ErrorCode::kValidation,
                 "TransactItems can only contain one of Check, Put, Update or Delete");
  }
  return Ok();
}

/// An item comes before the expressions, a key after them (the latter measured on AWS, October
/// 2026, the former taken from PutItem).
Result<TransactAction> ToAction(SentTransactAction sent) {
  ItemParameters& parameters = sent.parameters;
  PUMICE_TRY(CheckExpressionUse(parameters));
  PUMICE_TRY(CheckProblem(parameters.item));
  if (parameters.item) {
    PUMICE_TRY(CheckItemSize(parameters.item->item));
  }
  PUMICE_TRY(auto expressions, ParseWriteExpressions(parameters));
  PUMICE_TRY(CheckProblem(parameters.key));

  TransactAction action;
  action.table_name = std::move(*parameters.table_name);
  action.return_item_on_failed_condition =
      parameters.return_values_on_condition_check_failure == "ALL_OLD";
  action.condition = std::move(expressions.condition);
  action.kind = sent.shape->kind;
  action.item_or_key = std::move((parameters.item ? parameters.item : parameters.key)->item);
  action.update = std::move(expressions.update);
  return action;
}

// ---- what a token stands for
// -----------------------------------------------------------------------------

template <class Value>
std::vector<const std::pair<std::string, Value>*> ByName(
    const std::vector<std::pair<std::string, Value>>& members) {
  std::vector<const std::pair<std::string, Value>*> sorted;
  for (const auto& member : members) sorted.push_back(&member);
  std::sort(sorted.begin(), sorted.end(), [](auto a, auto b) { return a->first < b->first; });
  return sorted;
}

void AppendText(std::string& out, const std::optional<std::string>& text) {
  if (text) AppendJsonString(out, *text);
  out += ';';
}

/// Equal for equal requests, in whatever order their members and set members come and however their
/// numbers are written.
void AppendParameters(std::string& out, const SentTransactAction& action) {
  const ItemParameters& sent = action.parameters;
  out += action.shape->name;
  AppendText(out, sent.table_name);
  AppendItemJson(out, action.item_or_key()->item);
  AppendText(out, sent.update_expression);
  AppendText(out, sent.condition_expression);
  for (const auto* name : ByName(sent.attributes.names)) {
    AppendText(out, name->first);
    AppendText(out, name->second);
  }
  for (const auto* value : ByName(sent.attributes.values)) {
    AppendText(out, value->first);
    AppendValueJson(out, value->second);
  }
  AppendText(out, sent.return_values_on_condition_check_failure);
}

std::size_t ValueBytes(const ExpressionAttributes& attributes) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : attributes.values) bytes += ValueSizeBytes(value);
  return bytes;
}

}  // namespace

Result<TransactWriteItems::Request> TransactWriteItems::Request::FromJson(std::string& body) {
  PUMICE_TRY(auto sent, ReadTransactWrite(body));
  Request request;
  request.return_consumed_capacity = ToReturnConsumedCapacity(sent.return_consumed_capacity);
  request.return_item_collection_metrics = sent.return_item_collection_metrics == "SIZE";
  TransactWriteRequest& transaction = request.transaction;
  if (sent.client_request_token) transaction.parameters = kName;
  for (SentTransactElement& element : *sent.elements) {
    PUMICE_TRY(CheckOneAction(element));
    if (sent.client_request_token) AppendParameters(transaction.parameters, element.front());
    transaction.value_bytes += ValueBytes(element.front().parameters.attributes);
    PUMICE_TRY(auto action, ToAction(std::move(element.front())));
    transaction.actions.push_back(std::move(action));
  }
  if (sent.client_request_token) {
    AppendText(transaction.parameters, sent.return_consumed_capacity);
    AppendText(transaction.parameters, sent.return_item_collection_metrics);
  }
  transaction.client_request_token = std::move(sent.client_request_token);
  return request;
}

Result<TransactWriteItems::Response> TransactWriteItems::Run(const Request& request,
                                                             OperationContext& context) {
  PUMICE_TRY(auto outcome, TransactWrite(request.transaction, context));
  return Response{std::move(outcome), request.return_consumed_capacity,
                  request.return_item_collection_metrics};
}

void TransactWriteItems::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  if (return_consumed_capacity != ReturnConsumedCapacity::kNone) {
    AppendConsumedCapacities(members.Member("ConsumedCapacity"), outcome.tables,
                             return_consumed_capacity, outcome.capacity_kind());
  }
  if (return_item_collection_metrics) AppendItemCollectionMetrics(members, outcome.tables);
  members.End();
}

}  // namespace pumice
