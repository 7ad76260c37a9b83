// SPDX-License-Identifier: Apache-2.0
#include "server/operations/get_records.h"

#include <optional>
#include <utility>

#include "model/attribute_json.h"
#include "server/operations/stream_parameters.h"
#include "server/protocol/json_members.h"
#include "streams/record_json.h"

namespace pumice {
namespace {

constexpr std::size_t kMaxIteratorBytes = 2048;

struct Sent {
  std::optional<std::string> iterator;
  std::optional<std::int64_t> limit;
};

Result<void> CheckConstraints(const Sent& sent) {
  ConstraintErrors errors;
  if (!sent.iterator) {
    errors.AddNull("shardIterator");
  } else if (sent.iterator->empty()) {
    errors.AddValue("", "shardIterator", LengthAtLeast(1));
  } else if (sent.iterator->size() > kMaxIteratorBytes) {
    errors.AddValue(*sent.iterator, "shardIterator", LengthAtMost(kMaxIteratorBytes));
  }
  CheckLimit(sent.limit, kMaxRecordsPerRead, errors);
  return errors.Check();
}

}  // namespace

Result<GetRecords::Request> GetRecords::Request::FromJson(std::string& body) {
  Sent sent;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name == "ShardIterator") {
      PUMICE_TRY(sent.iterator, value.String());
    } else if (name == "Limit") {
      PUMICE_TRY(sent.limit, value.Integer());
    }
    return Ok();
  }));
  PUMICE_TRY(CheckConstraints(sent));
  auto iterator = ParseShardIterator(*sent.iterator);
  if (!iterator) return Error(ErrorCode::kValidation, "Invalid ShardIterator");
  return Request{
      std::move(*iterator),
      static_cast<std::size_t>(sent.limit.value_or(static_cast<std::int64_t>(kMaxRecordsPerRead)))};
}

Result<GetRecords::Response> GetRecords::Run(const Request& request, OperationContext& context) {
  PUMICE_TRY(auto page,
             ReadShard(context.database.changes(), request.iterator, request.limit, context.clock));
  context.notes.table = page.stream->table_name.value();
  return Response{std::move(page)};
}

void GetRecords::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  std::string& list = members.Member("Records");
  list += '[';
  for (const ChangeRecord& record : page.records) {
    if (list.back() != '[') list += ',';
    AppendStreamRecordJson(list, *page.stream, record);
  }
  list += ']';
  if (page.next) {
    AppendJsonString(members.Member("NextShardIterator"), ShardIteratorText(*page.next));
  }
  members.End();
}

}  // namespace pumice
