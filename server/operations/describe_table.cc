// SPDX-License-Identifier: Apache-2.0
#include "server/operations/describe_table.h"

#include <optional>
#include <utility>

#include "server/operations/existing_table.h"
#include "server/operations/table_status.h"
#include "server/protocol/json_members.h"

namespace pumice {

Result<DescribeTable::Request> DescribeTable::Request::FromJson(std::string& body) {
  PUMICE_TRY(auto table, ReadTableReference(body));
  return Request{std::move(table)};
}

Result<DescribeTable::Response> DescribeTable::Run(const Request& request,
                                                   OperationContext& context) {
  PUMICE_TRY(auto table, FindNamedTable(context, request.table));
  const TableStatus status = StatusNow(*table, context);
  return Response{ShowTable(context.database.catalog(), std::move(table), status)};
}

void DescribeTable::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  AppendTableDescription(members.Member("Table"), shown);
  members.End();
}

}  // namespace pumice
