// SPDX-License-Identifier: Apache-2.0
#include "server/operations/get_shard_iterator.h"

#include <utility>

#include "model/attribute_json.h"
#include "server/operations/stream_parameters.h"
#include "server/protocol/json_members.h"
#include "streams/sequence_number.h"

namespace pumice {
namespace {

struct Sent {
  std::optional<std::string> stream_arn;
  std::optional<std::string> shard_id;
  std::optional<std::string> type;
  std::optional<std::string> sequence;
};

std::optional<ShardIteratorType> TypeFromWord(std::string_view word) {
  if (word == "TRIM_HORIZON") return ShardIteratorType::kTrimHorizon;
  if (word == "LATEST") return ShardIteratorType::kLatest;
  if (word == "AT_SEQUENCE_NUMBER") return ShardIteratorType::kAtSequenceNumber;
  if (word == "AFTER_SEQUENCE_NUMBER") return ShardIteratorType::kAfterSequenceNumber;
  return std::nullopt;
}

Result<void> ReadMember(std::string_view name, JsonValue& value, Sent& sent) {
  const auto keep = [&](std::optional<std::string>& into) -> Result<void> {
    PUMICE_TRY(into, value.String());
    return Ok();
  };
  if (name == "StreamArn") return keep(sent.stream_arn);
  if (name == "ShardId") return keep(sent.shard_id);
  if (name == "ShardIteratorType") return keep(sent.type);
  if (name == "SequenceNumber") return keep(sent.sequence);
  return Ok();
}

Result<void> CheckConstraints(const Sent& sent) {
  ConstraintErrors errors;
  CheckStreamArn(sent.stream_arn, "streamArn", errors);
  if (!sent.shard_id) errors.AddNull("shardId");
  CheckShardId(sent.shard_id, "shardId", errors);
  if (!sent.type) {
    errors.AddNull("shardIteratorType");
  } else if (!TypeFromWord(*sent.type)) {
    errors.AddValue(*sent.type, "shardIteratorType",
                    OneOf("AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, TRIM_HORIZON, LATEST"));
  }
  if (sent.sequence && sent.sequence->size() < 21) {
    errors.AddValue(*sent.sequence, "sequenceNumber", LengthAtLeast(21));
  }
  if (sent.sequence && sent.sequence->size() > 40) {
    errors.AddValue(*sent.sequence, "sequenceNumber", LengthAtMost(40));
  }
  PUMICE_TRY(errors.Check());
  return CheckStreamArnForm(*sent.stream_arn);
}

/// The texts are DynamoDB Local's.
Error InvalidParameter(std::string_view what) {
  return Error(ErrorCode::kValidation,
               "One or more parameter values were invalid: " + std::string(what));
}

Result<std::optional<SequenceNumber>> SequenceFor(ShardIteratorType type, const Sent& sent) {
  const bool needed = type == ShardIteratorType::kAtSequenceNumber ||
                      type == ShardIteratorType::kAfterSequenceNumber;
  if (needed && !sent.sequence) {
    return InvalidParameter("Invalid SequenceNumber");
  }
  if (!needed && sent.sequence) {
    return InvalidParameter("SequenceNumber should not be passed for this iterator type");
  }
  if (!sent.sequence) return std::optional<SequenceNumber>();
  const auto sequence = ParseSequenceNumber(*sent.sequence);
  if (!sequence) {
    return InvalidParameter("Invalid SequenceNumber");
  }
  return sequence;
}

}  // namespace

Result<GetShardIterator::Request> GetShardIterator::Request::FromJson(std::string& body) {
  Sent sent;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) {
    return ReadMember(name, value, sent);
  }));
  PUMICE_TRY(CheckConstraints(sent));
  const ShardIteratorType type = *TypeFromWord(*sent.type);
  PUMICE_TRY(const auto sequence, SequenceFor(type, sent));
  return Request{std::move(*sent.stream_arn), std::move(*sent.shard_id), type, sequence};
}

Result<GetShardIterator::Response> GetShardIterator::Run(const Request& request,
                                                         OperationContext& context) {
  const ChangeLog& log = context.database.changes();
  PUMICE_TRY(const auto stream, FindStream(log, request.stream_arn));
  context.notes.table = stream->table_name.value();
  PUMICE_TRY(const auto shard, FindShard(*stream, request.shard_id));
  PUMICE_TRY(const auto iterator,
             OpenShardIterator(log, *stream, shard, request.type, request.sequence, context.clock));
  return Response{ShardIteratorText(iterator)};
}

void GetShardIterator::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  AppendJsonString(members.Member("ShardIterator"), shard_iterator);
  members.End();
}

}  // namespace pumice
