// SPDX-License-Identifier: Apache-2.0
#include "server/operations/transact_write_parameters.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "model/limits.h"
#include "server/operations/java_echo.h"
#include "server/operations/transaction.h"

namespace pumice {
namespace {

using Kind = TransactAction::Kind;

// One level more than an item may have: whether the value is stored turns out when it is (measured
// on AWS, October 2026).
constexpr std::size_t kMaxValueLevels = kMaxNestingLevels + 1;

/// In the order of the API's model, in which AWS prints them.
constexpr std::array<TransactActionShape, 4> kShapes{{
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

Result<void> ReadAction(const TransactActionShape& shape, JsonValue& value,
                        ItemParameters& parameters) {
  return value.Structure(shape.name, [&](std::string_view name, JsonValue& member) -> Result<void> {
    if (name == "ExpressionAttributeValues") {
      return ReadAttributeValues(member, ValueTexts::kOlder, parameters.attributes,
                                 kMaxValueLevels);
    }
    return ReadItemParameter(name, member, ValueTexts::kOlder, shape.members, parameters);
  });
}

Result<SentTransactElement> ReadElement(JsonValue& value) {
  SentTransactElement element;
  PUMICE_TRY(value.Structure(
      "TransactWriteItem", [&](std::string_view name, JsonValue& member) -> Result<void> {
        for (const TransactActionShape& shape : kShapes) {
          if (name != shape.name) continue;
          std::erase_if(element,
                        [&](const SentTransactAction& sent) { return sent.shape == &shape; });
          return ReadAction(shape, member,
                            element.emplace_back(SentTransactAction{&shape, {}}).parameters);
        }
        return Ok();
      }));
  return element;
}

Result<void> ReadElements(JsonValue& value, SentTransactWrite& sent) {
  auto& elements = sent.elements.emplace();
  return value.List([&](JsonValue& each) -> Result<void> {
    PUMICE_TRY(auto element, ReadElement(each));
    elements.push_back(std::move(element));
    return Ok();
  });
}

Result<SentTransactWrite> ReadBody(std::string& body) {
  SentTransactWrite sent;
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

std::string Echo(const SentTransactAction& action) {
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
std::string Echo(const std::vector<SentTransactElement>& elements) {
  std::string out = "[";
  for (const SentTransactElement& element : elements) {
    if (out.size() > 1) out += ", ";
    out += "TransactWriteItem(";
    for (const TransactActionShape& shape : kShapes) {
      if (out.back() != '(') out += ", ";
      out.append(shape.path_name).append("=");
      const auto found =
          std::find_if(element.begin(), element.end(),
                       [&](const SentTransactAction& sent) { return sent.shape == &shape; });
      out += found != element.end() ? Echo(*found) : "null";
    }
    out += ')';
  }
  return out + "]";
}

void CheckAction(const SentTransactAction& action, std::size_t position, ConstraintErrors& errors) {
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

void CheckElements(const std::vector<SentTransactElement>& elements, ConstraintErrors& errors) {
  if (elements.empty()) return errors.AddValue("[]", "transactItems", LengthAtLeast(1));
  if (elements.size() > kMaxTransactActions) {
    return errors.AddValue(Echo(elements), "transactItems", LengthAtMost(kMaxTransactActions));
  }
  for (std::size_t i = 0; i < elements.size(); ++i) {
    for (const SentTransactAction& action : elements[i]) CheckAction(action, i + 1, errors);
  }
}

Result<void> CheckConstraints(const SentTransactWrite& sent) {
  ConstraintErrors errors;
  CheckClientRequestToken(sent.client_request_token, errors);
  CheckReturnConsumedCapacity(sent.return_consumed_capacity, errors);
  CheckReturnItemCollectionMetrics(sent.return_item_collection_metrics, errors);
  if (sent.elements) {
    CheckElements(*sent.elements, errors);
  } else {
    errors.AddNull("transactItems");
  }
  return errors.Check();
}

}  // namespace

Result<SentTransactWrite> ReadTransactWrite(std::string& body) {
  PUMICE_TRY(auto sent, ReadBody(body));
  PUMICE_TRY(CheckConstraints(sent));
  return sent;
}

}  // namespace pumice
