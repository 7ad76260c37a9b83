// SPDX-License-Identifier: Apache-2.0
#include "server/rotate_shards.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "model/attribute_json.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

struct Wanted {
  std::string_view table;
  std::uint32_t shard_count = 0;  // 0: as many as streams begin with
};

Error WrongParameter(std::string text) { return Error(ErrorCode::kValidation, std::move(text)); }

Result<std::uint32_t> ReadCount(std::string_view text) {
  std::uint32_t count = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool number = error == std::errc() && rest == text.data() + text.size();
  if (number && count >= 1 && count <= kMaxOpenShards) return count;
  return WrongParameter(fmt::format("Shards={}: give a number from 1 to {}", text, kMaxOpenShards));
}

/// Table names and numbers have no characters that would be escaped.
Result<Wanted> ReadQuery(std::string_view query) {
  Wanted wanted;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    const std::string_view name = part.substr(0, part.find('='));
    const std::string_view value = part.substr(std::min(part.size(), name.size() + 1));
    if (name == "TableName") {
      wanted.table = value;
    } else if (name == "Shards") {
      PUMICE_TRY(wanted.shard_count, ReadCount(value));
    } else {
      return WrongParameter(fmt::format("{}: there are TableName and Shards", name));
    }
  }
  if (wanted.table.empty()) return WrongParameter("Name a table: ?TableName=users");
  return wanted;
}

Result<std::vector<StreamPtr>> Rotate(Databases& databases, const Wanted& wanted) {
  std::vector<StreamPtr> rotated;
  Result<void> outcome = Ok();
  databases.ForEach([&](Database& database) {
    const TablePtr table = database.catalog().Find(wanted.table);
    if (table == nullptr || !table->StreamEnabled()) return;
    Result<StreamPtr> stream =
        database.changes().RotateShards(table->stream->arn.value(), wanted.shard_count);
    if (stream) {
      rotated.push_back(std::move(stream).value());
    } else if (stream.error().code() != ErrorCode::kResourceNotFound) {
      outcome = std::move(stream).error();
    }
  });
  PUMICE_TRY(std::move(outcome));
  if (!rotated.empty()) return rotated;
  return Error(ErrorCode::kResourceNotFound,
               fmt::format("No table {} with an enabled stream", wanted.table));
}

void AppendStream(std::string& out, const StreamDescription& stream) {
  JsonMembers members(out);
  AppendJsonString(members.Member("StreamArn"), stream.arn.value());
  std::string& list = members.Member("OpenShards");
  list += '[';
  for (const ShardDescription& shard : stream.shards) {
    if (shard.ending_sequence) continue;
    if (list.back() != '[') list += ',';
    AppendJsonString(list, shard.id.value());
  }
  list += ']';
  members.End();
}

std::string StreamsJson(const std::vector<StreamPtr>& streams) {
  std::string out;
  JsonMembers members(out);
  std::string& list = members.Member("Streams");
  list += '[';
  for (const StreamPtr& stream : streams) {
    if (list.back() != '[') list += ',';
    AppendStream(list, *stream);
  }
  list += ']';
  members.End();
  return out;
}

}  // namespace

Result<std::string> RotateShards(Databases& databases, std::string_view query) {
  PUMICE_TRY(const Wanted wanted, ReadQuery(query));
  PUMICE_TRY(const auto streams, Rotate(databases, wanted));
  return StreamsJson(streams);
}

}  // namespace pumice
