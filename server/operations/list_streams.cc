// SPDX-License-Identifier: Apache-2.0
#include "server/operations/list_streams.h"

#include <utility>

#include "model/attribute_json.h"
#include "server/operations/item_parameters.h"
#include "server/operations/stream_parameters.h"
#include "server/operations/table_name.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

constexpr std::int64_t kMaxStreams = 100;

struct Sent {
  std::optional<std::string> table_name;
  std::optional<std::int64_t> limit;
  std::optional<std::string> start;
};

Result<void> CheckConstraints(const Sent& sent) {
  ConstraintErrors errors;
  CheckName(sent.table_name, "tableName", errors);
  CheckLimit(sent.limit, kMaxStreams, errors);
  if (sent.start) CheckStreamArn(sent.start, "exclusiveStartStreamArn", errors);
  PUMICE_TRY(errors.Check());
  return sent.start ? CheckStreamArnForm(*sent.start) : Ok();
}

}  // namespace

Result<ListStreams::Request> ListStreams::Request::FromJson(std::string& body) {
  Sent sent;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name == "TableName") {
      PUMICE_TRY(sent.table_name, value.String());
    } else if (name == "Limit") {
      PUMICE_TRY(sent.limit, value.Integer());
    } else if (name == "ExclusiveStartStreamArn") {
      PUMICE_TRY(sent.start, value.String());
    }
    return Ok();
  }));
  PUMICE_TRY(CheckConstraints(sent));
  PUMICE_TRY(auto table, ResolveName(std::move(sent.table_name).value_or("")));
  return Request{table.name.value(), static_cast<std::size_t>(sent.limit.value_or(kMaxStreams)),
                 std::move(sent.start).value_or("")};
}

Result<ListStreams::Response> ListStreams::Run(const Request& request, OperationContext& context) {
  Response response;
  context.notes.table = request.table_name;
  for (StreamPtr& stream : context.database.changes().List(request.table_name)) {
    // The start need not exist any more: its table may have been deleted between two pages.
    if (stream->arn.value() <= request.exclusive_start_stream_arn) continue;
    response.streams.push_back(std::move(stream));
    response.full_page = response.streams.size() == request.limit;
    if (response.full_page) break;
  }
  return response;
}

void ListStreams::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  std::string& list = members.Member("Streams");
  list += '[';
  for (const StreamPtr& stream : streams) {
    if (list.back() != '[') list += ',';
    JsonMembers entry(list);
    AppendJsonString(entry.Member("StreamArn"), stream->arn.value());
    AppendJsonString(entry.Member("TableName"), stream->table_name.value());
    AppendJsonString(entry.Member("StreamLabel"), stream->label);
    entry.End();
  }
  list += ']';
  if (full_page) {
    AppendJsonString(members.Member("LastEvaluatedStreamArn"), streams.back()->arn.value());
  }
  members.End();
}

}  // namespace pumice
