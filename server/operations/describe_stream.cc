// SPDX-License-Identifier: Apache-2.0
#include "server/operations/describe_stream.h"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "model/attribute_json.h"
#include "server/operations/stream_parameters.h"
#include "server/protocol/json_members.h"
#include "streams/sequence_number.h"
#include "streams/shard_reader.h"

namespace pumice {
namespace {

constexpr std::int64_t kMaxShards = 100;

struct Sent {
  std::optional<std::string> stream_arn;
  std::optional<std::int64_t> limit;
  std::optional<std::string> start_shard;
  bool has_filter = false;
  std::optional<std::string> filter_type;
  std::optional<std::string> filter_shard;
};

Result<void> ReadMember(std::string_view name, JsonValue& value, Sent& sent) {
  if (name == "StreamArn") {
    PUMICE_TRY(sent.stream_arn, value.String());
  } else if (name == "Limit") {
    PUMICE_TRY(sent.limit, value.Integer());
  } else if (name == "ExclusiveStartShardId") {
    PUMICE_TRY(sent.start_shard, value.String());
  } else if (name == "ShardFilter") {
    sent.has_filter = true;
    return value.Structure("ShardFilter",
                           [&](std::string_view member, JsonValue& part) -> Result<void> {
                             if (member == "Type") {
                               PUMICE_TRY(sent.filter_type, part.String());
                             } else if (member == "ShardId") {
                               PUMICE_TRY(sent.filter_shard, part.String());
                             }
                             return Ok();
                           });
  }
  return Ok();
}

Result<void> CheckConstraints(const Sent& sent) {
  ConstraintErrors errors;
  CheckStreamArn(sent.stream_arn, "streamArn", errors);
  CheckLimit(sent.limit, kMaxShards, errors);
  CheckShardId(sent.start_shard, "exclusiveStartShardId", errors);
  if (sent.filter_type && *sent.filter_type != "CHILD_SHARDS") {
    errors.AddValue(*sent.filter_type, "shardFilter.type", OneOf("CHILD_SHARDS"));
  }
  CheckShardId(sent.filter_shard, "shardFilter.shardId", errors);
  if (sent.has_filter && !sent.filter_type) errors.AddNull("shardFilter.type");
  if (sent.has_filter && !sent.filter_shard) errors.AddNull("shardFilter.shardId");
  PUMICE_TRY(errors.Check());
  return CheckStreamArnForm(*sent.stream_arn);
}

void AppendShard(std::string& out, const ShardDescription& shard) {
  JsonMembers members(out);
  AppendJsonString(members.Member("ShardId"), shard.id.value());
  JsonMembers range(members.Member("SequenceNumberRange"));
  AppendJsonString(range.Member("StartingSequenceNumber"),
                   SequenceNumberText(shard.starting_sequence));
  if (shard.ending_sequence) {
    AppendJsonString(range.Member("EndingSequenceNumber"),
                     SequenceNumberText(*shard.ending_sequence));
  }
  range.End();
  if (shard.parent) AppendJsonString(members.Member("ParentShardId"), shard.parent->value());
  members.End();
}

void AppendKeySchema(std::string& out, const KeySchema& schema) {
  const auto append = [&](const std::vector<KeyAttribute>& keys, std::string_view type) {
    for (const KeyAttribute& key : keys) {
      if (out.back() != '[') out += ',';
      JsonMembers members(out);
      AppendJsonString(members.Member("AttributeName"), key.name);
      AppendJsonString(members.Member("KeyType"), type);
      members.End();
    }
  };
  out += '[';
  append(schema.hash, "HASH");
  append(schema.range, "RANGE");
  out += ']';
}

}  // namespace

Result<DescribeStream::Request> DescribeStream::Request::FromJson(std::string& body) {
  Sent sent;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) {
    return ReadMember(name, value, sent);
  }));
  PUMICE_TRY(CheckConstraints(sent));
  return Request{std::move(*sent.stream_arn),
                 static_cast<std::size_t>(sent.limit.value_or(kMaxShards)),
                 std::move(sent.start_shard), std::move(sent.filter_shard)};
}

Result<DescribeStream::Response> DescribeStream::Run(const Request& request,
                                                     OperationContext& context) {
  Response response;
  PUMICE_TRY(response.stream, FindStream(context.database.changes(), request.stream_arn));
  context.notes.table = response.stream->table_name.value();
  // A start shard that is unknown leaves nothing to list, as at AWS.
  bool started = !request.exclusive_start_shard_id;
  for (const ShardDescription& shard : response.stream->shards) {
    const bool wanted =
        started &&
        (!request.children_of || (shard.parent && shard.parent->value() == *request.children_of));
    if (!started) started = shard.id.value() == *request.exclusive_start_shard_id;
    if (!wanted) continue;
    if (response.shards.size() == request.limit) {
      response.last_evaluated_shard_id = response.shards.back().id;
      break;
    }
    response.shards.push_back(shard);
  }
  return response;
}

void DescribeStream::Response::AppendJson(std::string& out) const {
  JsonMembers outer(out);
  JsonMembers members(outer.Member("StreamDescription"));
  AppendJsonString(members.Member("StreamArn"), stream->arn.value());
  AppendJsonString(members.Member("StreamLabel"), stream->label);
  AppendJsonString(members.Member("StreamStatus"), stream->closed ? "DISABLED" : "ENABLED");
  AppendJsonString(members.Member("StreamViewType"), StreamViewTypeName(stream->view_type));
  fmt::format_to(std::back_inserter(members.Member("CreationRequestDateTime")), "{:.3f}",
                 std::chrono::duration<double>(stream->created.time_since_epoch()).count());
  AppendJsonString(members.Member("TableName"), stream->table_name.value());
  AppendKeySchema(members.Member("KeySchema"), stream->key_schema);
  std::string& list = members.Member("Shards");
  list += '[';
  for (const ShardDescription& shard : shards) {
    if (list.back() != '[') list += ',';
    AppendShard(list, shard);
  }
  list += ']';
  if (last_evaluated_shard_id) {
    AppendJsonString(members.Member("LastEvaluatedShardId"), last_evaluated_shard_id->value());
  }
  members.End();
  outer.End();
}

}  // namespace pumice
