// SPDX-License-Identifier: Apache-2.0
#include "server/operations/transact_write_items.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "model/attribute_json.h"
#include "model/limits.h"
#include "server/operations/java_echo.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

using Kind = TransactAction::Kind;

constexpr std::size_t kMaxTokenLength = 36;
// One level more than an item may have: whether the value is stored turns out when it is (measured
// on AWS, October 2026).
constexpr std::size_t kMaxValueLevels = kMaxNestingLevels + 1;

struct ActionShape {
  Kind kind;
  std::string_view name;       // "Put", also the name of its structure
  std::string_view path_name;  // "put", in errors
  ItemMembers members;
};
/// In the order of the API's model, in which AWS prints them.
constexpr std::array<ActionShape, 4> kShapes{{
    {Kind::kConditionCheck,
     "ConditionCheck",
     "conditionCheck",
     {"Key", "TableName", "ConditionExpression", "ExpressionAttributeNames",
      "ExpressionAttributeValues", "ReturnValuesOnConditionCheckFailure"}},
    {Kind::kPut,
     "Put",
     "put",
     {"Item", "TableName", "ConditionExpression", "ExpressionAttributeNames",
      "ExpressionAttributeValues", "ReturnValuesOnConditionCheckFailure"}},
    {Kind::kDelete,
     "Delete",
     "delete",
     {"Key", "TableName", "ConditionExpression", "ExpressionAttributeNames",
      "ExpressionAttributeValues", "ReturnValuesOnConditionCheckFailure"}},
    {Kind::kUpdate,
     "Update",
     "update",
     {"Key", "UpdateExpression", "TableName", "ConditionExpression", "ExpressionAttributeNames",
      "ExpressionAttributeValues", "ReturnValuesOnConditionCheckFailure"}},
}};

struct SentAction {
  const ActionShape* shape;
  ItemParameters parameters;

  const std::optional<ParsedItem>& item_or_key() const {
    return shape->kind == Kind::kPut ? parameters.item : parameters.key;
  }
};
/// One element of TransactItems; it should hold one action.
using SentElement = std::vector<SentAction>;

struct Sent {
  std::optional<std::vector<SentElement>> elements;
  std::optional<std::string> client_request_token;
  std::optional<std::string> return_consumed_capacity;
  std::optional<std::string> return_item_collection_metrics;
};

Result<void> ReadAction(const ActionShape& shape, JsonValue& value, ItemParameters& parameters) {
  return value.Structure(shape.name, [&](std::string_view name, JsonValue& member) -> Result<void> {
    if (name == "ExpressionAttributeValues") {
      return ReadAttributeValues(member, ValueTexts::kOlder, parameters.attributes,
                                 kMaxValueLevels);
    }
    return ReadItemParameter(name, member, ValueTexts::kOlder, shape.members, parameters);
  });
}

Result<SentElement> ReadElement(JsonValue& value) {
  SentElement element;
  PUMICE_TRY(value.Structure(
      "TransactWriteItem", [&](std::string_view name, JsonValue& member) -> Result<void> {
        for (const ActionShape& shape : kShapes) {
          if (name != shape.name) continue;
          std::erase_if(element, [&](const SentAction& sent) { return sent.shape == &shape; });
          return ReadAction(shape, member, element.emplace_back(SentAction{&shape, {}}).parameters);
        }
        return Ok();
      }));
  return element;
}

Result<void> ReadElements(JsonValue& value, Sent& sent) {
  auto& elements = sent.elements.emplace();
  return value.List([&](JsonValue& each) -> Result<void> {
    PUMICE_TRY(auto element, ReadElement(each));
    elements.push_back(std::move(element));
    return Ok();
  });
}

Result<Sent> ReadBody(std::string& body) {
  Sent sent;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name == "TransactItems") return ReadElements(value, sent);
    if (name == "ClientRequestToken") {
      PUMICE_TRY(sent.client_request_token, value.String());
    } else if (name == "ReturnConsumedCapacity") {
      PUMICE_TRY(sent.return_consumed_capacity, value.String());
    } else if (name == "ReturnItemCollectionMetrics") {
      PUMICE_TRY(sent.return_item_collection_metrics, value.String());
    }
    return Ok();
  }));
  return sent;
}

// ---- constraints
// -----------------------------------------------------------------------------------------

std::string Echo(const SentAction& action) {
  const ItemParameters& sent = action.parameters;
  const bool put = action.shape->kind == Kind::kPut;
  std::string out = fmt::format("{}({}={}, ", action.shape->name, put ? "item" : "key",
                                JavaEcho(action.item_or_key()));
  if (action.shape->kind == Kind::kUpdate) {
    out += fmt::format("updateExpression={}, ", JavaEcho(sent.update_expression));
  }
  return out + fmt::format(
                   "tableName={}, conditionExpression={}, expressionAttributeNames={}, "
                   "expressionAttributeValues={}, returnValuesOnConditionCheckFailure={})",
                   JavaEcho(sent.table_name), JavaEcho(sent.condition_expression),
                   JavaEchoOfNames(sent.attributes), JavaEchoOfValues(sent.attributes),
                   JavaEcho(sent.return_values_on_condition_check_failure));
}

/// As AWS's older validator would print it; the form is inferred from that of BatchWriteItem.
std::string Echo(const std::vector<SentElement>& elements) {
  std::string out = "[";
  for (const SentElement& element : elements) {
    if (out.size() > 1) out += ", ";
    out += "TransactWriteItem(";
    for (const ActionShape& shape : kShapes) {
      if (out.back() != '(') out += ", ";
      out.append(shape.path_name).append("=");
      const auto found = std::find_if(element.begin(), element.end(),
                                      [&](const SentAction& sent) { return sent.shape == &shape; });
      out += found != element.end() ? Echo(*found) : "null";
    }
    out += ')';
  }
  return out + "]";
}

void CheckAction(const SentAction& action, std::size_t position, ConstraintErrors& errors) {
  const ItemParameters& sent = action.parameters;
  const std::string path =
      fmt::format("transactItems.{}.member.{}.", position, action.shape->path_name);
  CheckReturnValuesOnConditionCheckFailure(sent.return_values_on_condition_check_failure, errors,
                                           path);
  if (!sent.table_name) errors.AddNull(path + "tableName");
  CheckName(sent.table_name, path + "tableName", errors);
  if (!action.item_or_key()) {
    errors.AddNull(path + (action.shape->kind == Kind::kPut ? "item" : "key"));
  }
  if (action.shape->kind == Kind::kUpdate && !sent.update_expression) {
    errors.AddNull(path + "updateExpression");
  }
  if (action.shape->kind == Kind::kConditionCheck && !sent.condition_expression) {
    errors.AddNull(path + "conditionExpression");
  }
}

void CheckElements(const std::vector<SentElement>& elements, ConstraintErrors& errors) {
  if (elements.empty()) return errors.AddValue("[]", "transactItems", LengthAtLeast(1));
  if (elements.size() > kMaxTransactActions) {
    return errors.AddValue(Echo(elements), "transactItems", LengthAtMost(kMaxTransactActions));
  }
  for (std::size_t i = 0; i < elements.size(); ++i) {
    for (const SentAction& action : elements[i]) CheckAction(action, i + 1, errors);
  }
}

Result<void> CheckConstraints(const Sent& sent) {
  ConstraintErrors errors;
  if (const auto& token = sent.client_request_token) {
    if (token->empty()) errors.AddValue(*token, "clientRequestToken", LengthAtLeast(1));
    if (token->size() > kMaxTokenLength) {
      errors.AddValue(*token, "clientRequestToken", LengthAtMost(kMaxTokenLength));
    }
  }
  CheckReturnConsumedCapacity(sent.return_consumed_capacity, errors);
  CheckReturnItemCollectionMetrics(sent.return_item_collection_metrics, errors);
  if (sent.elements) {
    CheckElements(*sent.elements, errors);
  } else {
    errors.AddNull("transactItems");
  }
  return errors.Check();
}

// ---- static checks
// ---------------------------------------------------------------------------------------

Result<void> CheckOneAction(const SentElement& element) {
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
Result<TransactAction> ToAction(SentAction sent) {
  ItemParameters& parameters = sent.parameters;
  PUMICE_TRY(CheckExpressionUse(parameters));
  PUMICE_TRY(CheckProblem(parameters.item));
  if (parameters.item) {
    PUMICE_TRY(CheckPutItemSize(parameters.item->item));
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
void AppendParameters(std::string& out, const SentAction& action) {
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
  PUMICE_TRY(auto sent, ReadBody(body));
  PUMICE_TRY(CheckConstraints(sent));
  Request request;
  request.return_consumed_capacity = ToReturnConsumedCapacity(sent.return_consumed_capacity);
  request.return_item_collection_metrics = sent.return_item_collection_metrics == "SIZE";
  TransactWriteRequest& transaction = request.transaction;
  if (sent.client_request_token) transaction.parameters = kName;
  for (SentElement& element : *sent.elements) {
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
