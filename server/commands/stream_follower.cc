// SPDX-License-Identifier: Apache-2.0
#include "server/commands/stream_follower.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace pumice {
namespace {

constexpr int kEmptyPagesAtEnd = 3;

using Json = StreamRecord;

std::string TextOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Null where there is none.
const Json& MemberOf(const Json& object, const char* name) {
  static const Json kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

Result<Json> ReadJson(std::string_view operation, const std::string& body) {
  Json json = Json::parse(body, nullptr, false);
  if (json.is_object()) return json;
  return Error(ErrorCode::kInternal, fmt::format("{}: the answer is no JSON object", operation));
}

Result<Json> Call(CallSink& sink, std::string_view operation, const Json& request) {
  PUMICE_TRY(const std::string body, CallUntilAnswered(sink, operation, request.dump()));
  return ReadJson(operation, body);
}

Error WhyThereIsNone(CallSink& tables, const std::string& table) {
  const Result<CallAnswer> described =
      CallUntilSettled(tables, "DescribeTable", Json{{"TableName", table}}.dump());
  if (!described) return Error(ErrorCode::kInternal, described.error().client_text());
  if (!described.value().ok()) {
    return Error(
        ErrorCode::kInternal,
        fmt::format("Table {}: {}. Without -sharedDb each pair of access key and region has "
                    "its own tables",
                    table, ErrorTextOf(described.value())));
  }
  return Error(ErrorCode::kInternal,
               fmt::format("Table {0} has no stream. To give it one: aws dynamodb update-table "
                           "--table-name {0} --stream-specification "
                           "StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES",
                           table));
}

}  // namespace

Result<std::string> FindNewestStream(CallSink& streams, CallSink& tables,
                                     const std::string& table) {
  std::string newest_label;
  std::string newest_arn;
  Json request = {{"TableName", table}};
  for (;;) {
    PUMICE_TRY(const Json answer, Call(streams, "ListStreams", request));
    for (const Json& stream : MemberOf(answer, "Streams")) {
      // Labels are times, and their order is that of the streams.
      std::string label = TextOf(stream, "StreamLabel");
      if (label < newest_label) continue;
      newest_label = std::move(label);
      newest_arn = TextOf(stream, "StreamArn");
    }
    const std::string next = TextOf(answer, "LastEvaluatedStreamArn");
    if (next.empty()) break;
    request["ExclusiveStartStreamArn"] = next;
  }
  if (newest_arn.empty()) return WhyThereIsNone(tables, table);
  return newest_arn;
}

std::string SequenceNumberOf(const StreamRecord& record) {
  const Json& change = MemberOf(record, "dynamodb");
  return change.is_object() ? TextOf(change, "SequenceNumber") : std::string();
}

Result<std::size_t> StreamFollower::ReadPages(Visit visit) {
  // AWS may show a closed shard before its children.
  if (describe_again_ || (AllDone() && enabled_)) {
    PUMICE_TRY(Describe());
  }
  PUMICE_TRY(OpenWhatIsReady());
  std::size_t count = 0;
  for (Shard& shard : shards_) {
    if (shard.state != State::kReading) continue;
    PUMICE_TRY(const std::size_t read, ReadPage(shard, visit));
    count += read;
  }
  return count;
}

bool StreamFollower::caught_up() const {
  if (describe_again_) return false;
  return std::all_of(shards_.begin(), shards_.end(), [](const Shard& shard) {
    if (shard.state == State::kReading) return shard.empty_pages >= kEmptyPagesAtEnd;
    return shard.state != State::kWaiting;
  });
}

bool StreamFollower::AllDone() const {
  return std::all_of(shards_.begin(), shards_.end(), [](const Shard& shard) {
    return shard.state == State::kDone || shard.state == State::kUnwanted;
  });
}

const StreamFollower::Shard* StreamFollower::Find(const std::string& id) const {
  const auto found = std::find_if(shards_.begin(), shards_.end(),
                                  [&](const Shard& shard) { return shard.id == id; });
  return found == shards_.end() ? nullptr : &*found;
}

Result<void> StreamFollower::Describe() {
  Json request = {{"StreamArn", stream_arn_}};
  for (;;) {
    PUMICE_TRY(const Json answer, Call(streams_, "DescribeStream", request));
    const Json& stream = MemberOf(answer, "StreamDescription");
    if (!stream.is_object()) {
      return Error(ErrorCode::kInternal, "DescribeStream: the answer has no StreamDescription");
    }
    const std::string status = TextOf(stream, "StreamStatus");
    enabled_ = status == "ENABLED" || status == "ENABLING";
    for (const Json& shard : MemberOf(stream, "Shards")) AddShard(shard);
    const std::string next = TextOf(stream, "LastEvaluatedShardId");
    if (next.empty()) break;
    request["ExclusiveStartShardId"] = next;
  }
  described_ = true;
  describe_again_ = false;
  return Ok();
}

void StreamFollower::AddShard(const Json& described) {
  Shard shard;
  shard.id = TextOf(described, "ShardId");
  shard.parent = TextOf(described, "ParentShardId");
  if (Find(shard.id) != nullptr) return;
  // Those that come later began after the start.
  if (!described_ && start_ == Start::kLatest) {
    const Json& range = MemberOf(described, "SequenceNumberRange");
    const bool closed = range.is_object() && range.contains("EndingSequenceNumber");
    shard.state = closed ? State::kDone : State::kWaiting;
    shard.start = Start::kLatest;
  }
  shards_.push_back(std::move(shard));
}

Result<void> StreamFollower::OpenWhatIsReady() {
  for (Shard& shard : shards_) {
    if (shard.state != State::kWaiting) continue;
    const Shard* parent = Find(shard.parent);
    const State above = parent != nullptr ? parent->state : State::kDone;
    if (above == State::kUnwanted) shard.state = State::kUnwanted;
    if (above != State::kDone) continue;
    PUMICE_TRY(Open(shard));
  }
  return Ok();
}

Result<void> StreamFollower::Open(Shard& shard) {
  Json request = {{"StreamArn", stream_arn_}, {"ShardId", shard.id}};
  if (!shard.last_sequence.empty()) {
    request["ShardIteratorType"] = "AFTER_SEQUENCE_NUMBER";
    request["SequenceNumber"] = shard.last_sequence;
  } else {
    request["ShardIteratorType"] = shard.start == Start::kLatest ? "LATEST" : "TRIM_HORIZON";
  }
  PUMICE_TRY(const CallAnswer answer,
             CallUntilSettled(streams_, "GetShardIterator", request.dump()));
  if (!answer.ok()) return Reopen(shard, answer);
  shard.iterator = TextAt(answer.body, {"ShardIterator"});
  shard.state = State::kReading;
  return Ok();
}

/// After an exception that a reader can live with.
Result<void> StreamFollower::Reopen(Shard& shard, const CallAnswer& answer) {
  const std::string name = ErrorNameOf(answer);
  if (name == "TrimmedDataAccessException") {
    shard.last_sequence.clear();
    shard.start = Start::kHorizon;
    shard.state = State::kWaiting;
  } else if (name == "ExpiredIteratorException") {
    shard.state = State::kWaiting;
  } else if (name == "ResourceNotFoundException") {
    shard.state = State::kDone;  // its last record is older than a day
    describe_again_ = true;
  } else {
    return Error(ErrorCode::kInternal, fmt::format("{}: {}", shard.id, ErrorTextOf(answer)));
  }
  return Ok();
}

Result<std::size_t> StreamFollower::ReadPage(Shard& shard, Visit visit) {
  PUMICE_TRY(
      const CallAnswer answer,
      CallUntilSettled(streams_, "GetRecords", Json{{"ShardIterator", shard.iterator}}.dump()));
  if (!answer.ok()) {
    PUMICE_TRY(Reopen(shard, answer));
    return 0;
  }
  PUMICE_TRY(Json json, ReadJson("GetRecords", answer.body));
  StreamPage page{.shard_id = shard.id, .records = {}};
  if (json["Records"].is_array()) {
    for (Json& record : json["Records"]) page.records.push_back(std::move(record));
  }
  shard.iterator = TextOf(json, "NextShardIterator");
  page.last = shard.iterator.empty();
  const std::size_t count = page.records.size();
  if (count > 0) shard.last_sequence = SequenceNumberOf(page.records.back());
  shard.empty_pages = count > 0 ? 0 : shard.empty_pages + 1;
  if (page.last) {
    shard.state = State::kDone;
    describe_again_ = true;
  }
  PUMICE_TRY(const bool wanted, visit(page));
  if (!wanted) shard.state = State::kUnwanted;
  return count;
}

}  // namespace pumice
