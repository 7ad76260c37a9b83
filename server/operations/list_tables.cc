// SPDX-License-Identifier: Apache-2.0
#include "server/operations/list_tables.h"

#include <utility>

#include "model/attribute_json.h"
#include "server/operations/table_name.h"
#include "server/protocol/json_members.h"
#include "server/protocol/json_reader.h"

namespace pumice {
namespace {

constexpr std::int64_t kMaxLimit = 100;

}  // namespace

Result<ListTables::Request> ListTables::Request::FromJson(std::string& body) {
  std::optional<std::string> start;
  std::optional<std::int64_t> limit;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name == "ExclusiveStartTableName") {
      PUMICE_TRY(start, value.String());
    } else if (name == "Limit") {
      PUMICE_TRY(limit, value.Integer());
    }
    return Ok();
  }));
  ConstraintErrors errors;
  if (start) CheckNameConstraints(*start, "exclusiveStartTableName", errors);
  if (limit && *limit < 1) errors.AddValue(std::to_string(*limit), "limit", ValueAtLeast(1));
  if (limit && *limit > kMaxLimit) {
    errors.AddValue(std::to_string(*limit), "limit", ValueAtMost(kMaxLimit));
  }
  PUMICE_TRY(errors.Check());
  return Request{start.value_or(""), static_cast<std::size_t>(limit.value_or(kMaxLimit))};
}

Result<ListTables::Response> ListTables::Run(const Request& request, OperationContext& context) {
  Response response;
  // One more than asked for tells whether this page is the last.
  response.table_names =
      context.database.catalog().List(request.exclusive_start_table_name, request.limit + 1);
  if (response.table_names.size() > request.limit) {
    response.table_names.pop_back();
    response.last_evaluated_table_name = response.table_names.back();
  }
  return response;
}

void ListTables::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  std::string& list = members.Member("TableNames");
  list += '[';
  for (const std::string& name : table_names) {
    if (list.back() != '[') list += ',';
    AppendJsonString(list, name);
  }
  list += ']';
  if (last_evaluated_table_name) {
    AppendJsonString(members.Member("LastEvaluatedTableName"), *last_evaluated_table_name);
  }
  members.End();
}

}  // namespace pumice
