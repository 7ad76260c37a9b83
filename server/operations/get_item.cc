// SPDX-License-Identifier: Apache-2.0
#include "server/operations/get_item.h"

#include <utility>

#include "expressions/parse.h"
#include "server/operations/item_view.h"
#include "server/operations/key_paths.h"
#include "server/operations/legacy_expressions.h"
#include "server/operations/table_access.h"
#include "server/operations/throttle.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

constexpr ItemMembers kMembers{"TableName",
                               "Key",
                               "AttributesToGet",
                               "ConsistentRead",
                               "ReturnConsumedCapacity",
                               "ProjectionExpression",
                               "ExpressionAttributeNames"};

Result<void> CheckConstraints(const ItemParameters& parameters) {
  if (parameters.key) {
    PUMICE_TRY(CheckTableNameNotEmpty(parameters.table_name));
  }
  ConstraintErrors errors;
  CheckReturnConsumedCapacity(parameters.return_consumed_capacity, errors);
  CheckLegacyConstraints(parameters, Spelling::kNewer, errors);
  if (!parameters.table_name) errors.AddNull("tableName");
  CheckName(parameters.table_name, "tableName", errors);
  if (!parameters.key) errors.AddNull("key");
  return errors.Check();
}

}  // namespace

Result<GetItem::Request> GetItem::Request::FromJson(std::string& body) {
  ItemParameters parameters;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) {
    return ReadItemParameter(name, value, ValueTexts::kNewer, kMembers, parameters);
  }));
  PUMICE_TRY(CheckConstraints(parameters));
  PUMICE_TRY(CheckExpressionUse(parameters));
  PUMICE_TRY(CheckProblem(parameters.key));
  PUMICE_TRY(auto projection, LegacyProjection(parameters));
  PUMICE_TRY(auto placeholders, TakePlaceholders(parameters));
  if (parameters.projection_expression) {
    PUMICE_TRY(projection, ParseProjection(*parameters.projection_expression, placeholders));
  }
  PUMICE_TRY(placeholders.CheckAllUsed());
  return Request{std::move(*parameters.table_name), std::move(parameters.key->item),
                 std::move(projection), parameters.consistent_read.value_or(false),
                 ToReturnConsumedCapacity(parameters.return_consumed_capacity)};
}

Result<GetItem::Response> GetItem::Run(const Request& request, OperationContext& context) {
  PUMICE_TRY(const auto table, FindTable(context, request.table_name));
  PUMICE_TRY(const auto key, KeyOfKey(*table, request.key));
  if (request.projection) {
    PUMICE_TRY(CheckNoPathIntoKeys(*request.projection, *table));
  }
  PUMICE_TRY(AdmitRead(context, *table));
  PUMICE_TRY(const auto stored, context.database.items().Get(*table, key));

  Response response;
  response.table_name = request.table_name;
  response.return_consumed_capacity = request.return_consumed_capacity;
  std::size_t size_bytes = 0;
  if (stored) {
    const EncodedItemView item(*stored);
    size_bytes = item.size_bytes();
    AppendProjected(response.item, item, request.projection ? &*request.projection : nullptr);
  }
  response.use.table = ReadUnits(size_bytes, request.consistent_read);
  Consume(context, *table, response.use, Access::kRead);
  return response;
}

void GetItem::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  if (!item.empty()) members.Member("Item") += item;
  if (return_consumed_capacity != ReturnConsumedCapacity::kNone) {
    AppendConsumedCapacity(members.Member("ConsumedCapacity"), table_name, use,
                           return_consumed_capacity);
  }
  members.End();
}

}  // namespace pumice
