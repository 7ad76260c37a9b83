// SPDX-License-Identifier: Apache-2.0
#include "server/operations/describe_time_to_live.h"

#include <utility>

#include "server/operations/existing_table.h"
#include "server/operations/table_status.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

using Status = DescribeTimeToLive::Status;

std::string_view StatusName(Status status) {
  switch (status) {
    case Status::kEnabling: return "ENABLING";
    case Status::kEnabled: return "ENABLED";
    case Status::kDisabling: return "DISABLING";
    case Status::kDisabled: break;
  }
  return "DISABLED";
}

Status TimeToLiveStatus(const TimeToLive& time_to_live, const OperationContext& context) {
  const bool changing = context.options.delay_transient_statuses &&
                        context.clock.Now() < time_to_live.changed + kTransientDelay;
  if (time_to_live.enabled) return changing ? Status::kEnabling : Status::kEnabled;
  return changing ? Status::kDisabling : Status::kDisabled;
}

}  // namespace

Result<DescribeTimeToLive::Request> DescribeTimeToLive::Request::FromJson(std::string& body) {
  PUMICE_TRY(auto table, ReadTableReference(body));
  return Request{std::move(table)};
}

Result<DescribeTimeToLive::Response> DescribeTimeToLive::Run(const Request& request,
                                                             OperationContext& context) {
  PUMICE_TRY(const auto table, FindNamedTable(context, request.table));
  if (StatusNow(*table, context) == TableStatus::kCreating) {
    return Error(ErrorCode::kValidation,
                 "Cannot describe time to live while table is in CREATING state: Current table "
                 "state is CREATING");
  }
  if (!table->time_to_live) return Response{};
  const Status status = TimeToLiveStatus(*table->time_to_live, context);
  if (status == Status::kDisabled) return Response{};
  return Response{status, table->time_to_live->attribute_name};
}

void DescribeTimeToLive::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  JsonMembers description(members.Member("TimeToLiveDescription"));
  AppendJsonString(description.Member("TimeToLiveStatus"), StatusName(status));
  if (!attribute_name.empty()) {
    AppendJsonString(description.Member("AttributeName"), attribute_name);
  }
  description.End();
  members.End();
}

}  // namespace pumice
