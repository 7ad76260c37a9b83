// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/tables.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include <fmt/core.h>

#include "bench/patterns/loader.h"

namespace pumice::patterns {
namespace {

constexpr std::chrono::milliseconds kPollEvery{200};
constexpr std::chrono::minutes kMostWaiting{10};
constexpr int kOk = 200;

std::string NameOnly(const std::string& table) { return Json{{"TableName", table}}.dump(); }

/// The table and all its indexes.
bool IsActive(const Answer& answer) {
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  const nlohmann::json active = "ACTIVE";
  if (!json.is_object() || !json.contains("Table")) return false;
  const auto& table = json["Table"];
  if (!table.contains("TableStatus") || table["TableStatus"] != active) return false;
  if (!table.contains("GlobalSecondaryIndexes")) return true;
  const auto& indexes = table["GlobalSecondaryIndexes"];
  return std::all_of(indexes.begin(), indexes.end(), [&](const nlohmann::json& index) {
    return index.contains("IndexStatus") && index["IndexStatus"] == active;
  });
}

}  // namespace

Tables::Tables(const PatternFile& file, const Endpoint& endpoint, const Clock& clock,
               const StopFlag& stop)
    : file_(file),
      endpoint_(endpoint),
      clock_(clock),
      stop_(stop),
      client_(endpoint, clock, stop) {}

Error Tables::Failed(std::string_view what, std::string_view why) const {
  return Error(ErrorCode::kInternal, fmt::format("{}: {}: {}", endpoint_.name, what, why));
}

Result<Answer> Tables::Call(std::string_view operation, std::string_view body) {
  Result<Answer> answer = client_.Call(operation, body);
  if (!answer) return Failed(operation, answer.error().client_text());
  return answer;
}

Result<void> Tables::WaitUntil(const std::string& name, bool there) {
  const auto deadline = std::chrono::steady_clock::now() + kMostWaiting;
  while (!stop_.is_set()) {
    PUMICE_TRY(const Answer answer, Call("DescribeTable", NameOnly(name)));
    if (there ? IsActive(answer) : answer.status != kOk) return Ok();
    if (std::chrono::steady_clock::now() > deadline) {
      return Failed(name, there ? "the table does not become ACTIVE" : "the table does not go");
    }
    std::this_thread::sleep_for(kPollEvery);
  }
  return Failed(name, "stopped");
}

Result<void> Tables::Delete(const std::string& name) {
  PUMICE_TRY(const Answer answer, Call("DeleteTable", NameOnly(name)));
  if (answer.status != kOk) return Failed("DeleteTable", ErrorTextOf(answer));
  return WaitUntil(name, false);
}

Result<void> Tables::MakeOne(const Table& table, TablePolicy policy) {
  PUMICE_TRY(const Answer there, Call("DescribeTable", NameOnly(table.name)));
  const bool exists = there.status == kOk;
  if (!exists && ErrorNameOf(there) != "ResourceNotFoundException") {
    return Failed("DescribeTable", ErrorTextOf(there));
  }
  if (policy == TablePolicy::kExisting) {
    return exists ? Result<void>(Ok())
                  : Failed(table.name, "there is no such table; without --use-tables it is made");
  }
  if (exists && policy == TablePolicy::kMake) {
    return Failed(table.name,
                  "this table exists already. --replace-tables deletes it first; --use-tables "
                  "measures it as it is and loads nothing");
  }
  if (exists) {
    PUMICE_TRY(Delete(table.name));
  }
  PUMICE_TRY(const Answer answer, Call("CreateTable", table.definition));
  if (answer.status != kOk) return Failed("CreateTable " + table.name, ErrorTextOf(answer));
  made_.push_back(table.name);
  return WaitUntil(table.name, true);
}

Result<void> Tables::Make(TablePolicy policy) {
  for (const Table& table : file_.tables) {
    PUMICE_TRY(MakeOne(table, policy));
  }
  return Ok();
}

Result<LoadResult> Tables::Load(std::size_t connections, Progress& progress) {
  return LoadItems(file_, {endpoint_, clock_, stop_, connections}, progress);
}

Result<void> Tables::DeleteMade(const StopFlag& stop) {
  DynamoDbClient client(endpoint_, clock_, stop);
  for (const std::string& name : std::exchange(made_, {})) {
    const Result<Answer> answer = client.Call("DeleteTable", NameOnly(name));
    if (!answer) return Failed("DeleteTable", answer.error().client_text());
    if (answer.value().status != kOk) return Failed("DeleteTable", ErrorTextOf(answer.value()));
  }
  return Ok();
}

}  // namespace pumice::patterns
