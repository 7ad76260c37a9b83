// SPDX-License-Identifier: Apache-2.0
#include "server/operations/transact_get_items.h"

#include <utility>

#include <fmt/core.h>

#include "expressions/parse.h"
#include "server/operations/item_parameters.h"
#include "server/operations/item_view.h"
#include "server/operations/java_echo.h"
#include "server/protocol/json_members.h"
#include "storage/item_codec.h"

namespace pumice {
namespace {

constexpr ItemMembers kGetMembers{"Key", "TableName", "ProjectionExpression",
                                  "ExpressionAttributeNames"};

struct Sent {
  std::optional<std::vector<std::optional<ItemParameters>>> gets;  // none: no "Get"
  std::optional<std::string> return_consumed_capacity;
};

Result<std::optional<ItemParameters>> ReadElement(JsonValue& value) {
  std::optional<ItemParameters> get;
  PUMICE_TRY(value.Structure(
      "TransactGetItem", [&](std::string_view name, JsonValue& member) -> Result<void> {
        if (name != "Get") return Ok();
        ItemParameters& parameters = get.emplace();
        return member.Structure("Get", [&](std::string_view part, JsonValue& element) {
          return ReadItemParameter(part, element, ValueTexts::kOlder, kGetMembers, parameters);
        });
      }));
  return get;
}

Result<Sent> ReadBody(std::string& body) {
  Sent sent;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name == "ReturnConsumedCapacity") {
      PUMICE_TRY(sent.return_consumed_capacity, value.String());
    } else if (name == "TransactItems") {
      auto& gets = sent.gets.emplace();
      return value.List([&](JsonValue& element) -> Result<void> {
        PUMICE_TRY(auto get, ReadElement(element));
        gets.push_back(std::move(get));
        return Ok();
      });
    }
    return Ok();
  }));
  return sent;
}

/// As AWS's older validator would print it; the form is inferred from that of BatchWriteItem.
std::string Echo(const std::vector<std::optional<ItemParameters>>& gets) {
  std::string out = "[";
  for (const auto& get : gets) {
    if (out.size() > 1) out += ", ";
    out += get ? fmt::format(
                     "TransactGetItem(get=Get(key={}, tableName={}, projectionExpression={}, "
                     "expressionAttributeNames={}))",
                     JavaEcho(get->key), JavaEcho(get->table_name),
                     JavaEcho(get->projection_expression), JavaEchoOfNames(get->attributes))
               : "TransactGetItem(get=null)";
  }
  return out + "]";
}

void CheckGet(const std::optional<ItemParameters>& get, std::size_t position,
              ConstraintErrors& errors) {
  const std::string path = fmt::format("transactItems.{}.member.get", position);
  if (!get) return errors.AddNull(path);
  if (!get->table_name) errors.AddNull(path + ".tableName");
  CheckName(get->table_name, path + ".tableName", errors);
  if (!get->key) errors.AddNull(path + ".key");
}

Result<void> CheckConstraints(const Sent& sent) {
  ConstraintErrors errors;
  CheckReturnConsumedCapacity(sent.return_consumed_capacity, errors);
  if (!sent.gets) {
    errors.AddNull("transactItems");
  } else if (sent.gets->empty()) {
    errors.AddValue("[]", "transactItems", LengthAtLeast(1));
  } else if (sent.gets->size() > kMaxTransactActions) {
    errors.AddValue(Echo(*sent.gets), "transactItems", LengthAtMost(kMaxTransactActions));
  } else {
    for (std::size_t i = 0; i < sent.gets->size(); ++i) CheckGet((*sent.gets)[i], i + 1, errors);
  }
  return errors.Check();
}

/// The expression comes before the key (measured on AWS, October 2026, for TransactWriteItems).
Result<TransactGet> ToGet(ItemParameters parameters) {
  PUMICE_TRY(CheckExpressionUse(parameters));
  PUMICE_TRY(CheckPlaceholders(parameters.attributes));
  Placeholders placeholders(std::move(parameters.attributes.names), {});
  TransactGet get;
  PUMICE_TRY(get.projection, ParseIfSent<ProjectionExpression>(
                                 parameters.projection_expression, [&](std::string_view text) {
                                   return ParseProjection(text, placeholders);
                                 }));
  PUMICE_TRY(placeholders.CheckAllUsed());
  PUMICE_TRY(CheckProblem(parameters.key));
  get.table_name = std::move(*parameters.table_name);
  get.key = std::move(parameters.key->item);
  return get;
}

}  // namespace

Result<TransactGetItems::Request> TransactGetItems::Request::FromJson(std::string& body) {
  PUMICE_TRY(auto sent, ReadBody(body));
  PUMICE_TRY(CheckConstraints(sent));
  Request request;
  request.return_consumed_capacity = ToReturnConsumedCapacity(sent.return_consumed_capacity);
  request.gets.reserve(sent.gets->size());
  for (auto& parameters : *sent.gets) {
    PUMICE_TRY(auto get, ToGet(std::move(*parameters)));
    request.gets.push_back(std::move(get));
  }
  return request;
}

Result<TransactGetItems::Response> TransactGetItems::Run(const Request& request,
                                                         OperationContext& context) {
  PUMICE_TRY(auto outcome, TransactRead(request.gets, context));
  Response response;
  response.return_consumed_capacity = request.return_consumed_capacity;
  response.tables = std::move(outcome.tables);
  for (std::size_t i = 0; i < outcome.items.size(); ++i) {
    std::string& item = response.items.emplace_back();
    if (!outcome.items[i]) continue;
    const auto& projection = request.gets[i].projection;
    AppendProjected(item, EncodedItemView(*outcome.items[i]), projection ? &*projection : nullptr);
    // Unlike GetItem, which answers an empty item (measured on AWS, 2026).
    if (item == "{}") item.clear();
  }
  return response;
}

void TransactGetItems::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  if (return_consumed_capacity != ReturnConsumedCapacity::kNone) {
    AppendConsumedCapacities(members.Member("ConsumedCapacity"), tables, return_consumed_capacity,
                             CapacityKind::kRead);
  }
  AppendItemResponses(members, items);
  members.End();
}

}  // namespace pumice
