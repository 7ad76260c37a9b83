// SPDX-License-Identifier: Apache-2.0
#include "server/operations/update_time_to_live.h"

#include <cstddef>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "server/operations/existing_table.h"
#include "server/operations/table_status.h"
#include "server/protocol/json_members.h"
#include "server/protocol/json_reader.h"

namespace pumice {
namespace {

constexpr std::size_t kMaxAttributeNameLength = 255;

struct SentTimeToLive {
  std::optional<std::string> attribute_name;
  std::optional<bool> enabled;
};

Result<SentTimeToLive> ReadSpecification(JsonValue& value) {
  SentTimeToLive sent;
  PUMICE_TRY(value.Structure("TimeToLiveSpecification",
                             [&](std::string_view name, JsonValue& member) -> Result<void> {
                               if (name == "AttributeName") {
                                 PUMICE_TRY(sent.attribute_name, member.String());
                               } else if (name == "Enabled") {
                                 PUMICE_TRY(sent.enabled, member.Boolean());
                               }
                               return Ok();
                             }));
  return sent;
}

/// The text of a name that is too long is from the API model's constraint, not measured.
Result<void> CheckSpecification(const std::optional<SentTimeToLive>& sent) {
  ConstraintErrors errors;
  if (!sent) {
    errors.AddNull("timeToLiveSpecification");
    return errors.Check();
  }
  if (!sent->enabled) errors.AddNull("timeToLiveSpecification.enabled");
  if (!sent->attribute_name) errors.AddNull("timeToLiveSpecification.attributeName");
  if (sent->attribute_name && sent->attribute_name->size() > kMaxAttributeNameLength) {
    errors.AddValue(*sent->attribute_name, "timeToLiveSpecification.attributeName",
                    LengthAtMost(kMaxAttributeNameLength));
  }
  PUMICE_TRY(errors.Check());
  if (!sent->attribute_name->empty()) return Ok();
  return Error(ErrorCode::kValidation, "TimeToLiveSpecification.AttributeName must be non empty");
}

Error Refused(std::string text) { return Error(ErrorCode::kValidation, std::move(text)); }

Result<void> CheckChange(const TableDescription& current,
                         const UpdateTimeToLive::Request& request) {
  if (!current.TimeToLiveEnabled()) {
    return request.enabled ? Result<void>(Ok()) : Refused("TimeToLive is already disabled");
  }
  const std::string& attribute = current.time_to_live->attribute_name;
  if (attribute != request.attribute_name) {
    return Refused(
        fmt::format("TimeToLive is active on a different AttributeName: current AttributeName is "
                    "{}",
                    attribute));
  }
  return request.enabled ? Refused("TimeToLive is already enabled") : Result<void>(Ok());
}

}  // namespace

Result<UpdateTimeToLive::Request> UpdateTimeToLive::Request::FromJson(std::string& body) {
  std::optional<std::string> table_name;
  std::optional<SentTimeToLive> sent;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name == "TableName") {
      PUMICE_TRY(table_name, value.String());
    } else if (name == "TimeToLiveSpecification") {
      PUMICE_TRY(sent, ReadSpecification(value));
    }
    return Ok();
  }));
  PUMICE_TRY(auto table, ResolveTable(table_name));
  PUMICE_TRY(CheckSpecification(sent));
  return Request{std::move(table), *std::move(sent->attribute_name), *sent->enabled};
}

Result<UpdateTimeToLive::Response> UpdateTimeToLive::Run(const Request& request,
                                                         OperationContext& context) {
  PUMICE_TRY(FindNamedTable(context, request.table));
  const auto change = [&](const TableDescription& current) -> Result<TableDescription> {
    PUMICE_TRY(CheckNotBeingCreated(current, context));
    // AWS's answer is not measured; this is UpdateTable's. UPDATING refuses nothing.
    PUMICE_TRY(CheckNotBeingDeleted(current));
    PUMICE_TRY(CheckChange(current, request));
    TableDescription changed = current;
    if (request.enabled) {
      changed.time_to_live.emplace().attribute_name = request.attribute_name;
    }
    changed.time_to_live->enabled = request.enabled;
    changed.time_to_live->changed = context.clock.Now();
    return changed;
  };
  PUMICE_TRY(context.database.catalog().Update(request.table.name.value(), change));
  return Response{request.attribute_name, request.enabled};
}

void UpdateTimeToLive::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  JsonMembers specification(members.Member("TimeToLiveSpecification"));
  specification.Member("Enabled") += enabled ? "true" : "false";
  AppendJsonString(specification.Member("AttributeName"), attribute_name);
  specification.End();
  members.End();
}

}  // namespace pumice
