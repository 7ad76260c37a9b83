// SPDX-License-Identifier: Apache-2.0
#include "server/init/step_player.h"

#include <optional>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "server/init/table_definition.h"

namespace pumice {
namespace {

using nlohmann::json;

// Limits of BatchWriteItem; the names around the requests need some of the bytes.
constexpr std::size_t kBatchRequests = 25;
constexpr std::size_t kBatchBytes = 15 * 1024 * 1024;

std::string Named(const std::string& table) { return json{{"TableName", table}}.dump(); }

std::string Quoted(const std::string& table) { return json(table).dump(); }

}  // namespace

Error StepPlayer::At(std::size_t line, const Error& error) const {
  return WrongAt(path_, line, error.client_text());
}

Result<std::string> StepPlayer::Call(std::string_view operation, std::string_view body,
                                     std::size_t line) {
  Result<std::string> answer = CallUntilAnswered(sink_, operation, body);
  if (!answer) return At(line, answer.error());
  return answer;
}

Result<void> StepPlayer::Play(InitStep step) {
  if (auto* write = std::get_if<WriteStep>(&step.what)) {
    return AddWrite(std::move(*write), step.line);
  }
  PUMICE_TRY(WriteBatch());
  if (const auto* table = std::get_if<TableStep>(&step.what)) return MakeTable(*table, step.line);
  return StartTimeToLive(std::get<TimeToLiveStep>(step.what), step.line);
}

// --- Tables
// ----------------------------------------------------------------------------------------

Result<void> StepPlayer::MakeTable(const TableStep& step, std::size_t line) {
  const Result<CallAnswer> there = sink_.Call("DescribeTable", Named(step.table));
  if (!there) return At(line, there.error());
  if (there.value().ok()) {
    ++counts_.tables_found;
    const json found = json::parse(there.value().body, nullptr, false);
    if (found.contains("Table") && !HaveSameKeys(step.body, found["Table"].dump())) {
      return WrongAt(path_, line,
                     fmt::format("the table {} is there already, with other keys; delete it, or "
                                 "take it out of this file",
                                 step.table));
    }
  } else {
    PUMICE_TRY(Call("CreateTable", step.body, line));
    ++counts_.tables_made;
  }
  return WaitUntilActive(step.table, line);
}

Result<void> StepPlayer::WaitUntilActive(const std::string& table, std::size_t line) {
  Backoff backoff(sink_);
  for (;;) {
    PUMICE_TRY(const std::string answer, Call("DescribeTable", Named(table), line));
    if (TextAt(answer, {"Table", "TableStatus"}) == "ACTIVE") return Ok();
    if (const Result<void> waited = backoff.Wait(); !waited) {
      return WrongAt(path_, line, fmt::format("the table {} does not become ACTIVE", table));
    }
  }
}

Result<void> StepPlayer::StartTimeToLive(const TimeToLiveStep& step, std::size_t line) {
  PUMICE_TRY(const std::string answer, Call("DescribeTimeToLive", Named(step.table), line));
  const std::string status = TextAt(answer, {"TimeToLiveDescription", "TimeToLiveStatus"});
  if (status == "ENABLED" || status == "ENABLING") return Ok();
  PUMICE_TRY(Call("UpdateTimeToLive", step.body, line));
  return Ok();
}

// --- Items
// -----------------------------------------------------------------------------------------

Result<void> StepPlayer::AddWrite(WriteStep step, std::size_t line) {
  const bool full =
      waiting_.size() == kBatchRequests || waiting_bytes_ + step.request.size() > kBatchBytes;
  if (full || step.table != table_) {
    PUMICE_TRY(WriteBatch());
    table_ = std::move(step.table);
  }
  waiting_bytes_ += step.request.size();
  waiting_.push_back({std::move(step.request), line});
  return Ok();
}

Result<void> StepPlayer::WriteBatch() {
  if (waiting_.empty()) return Ok();
  std::string requests;
  for (const Waiting& write : waiting_) {
    if (!requests.empty()) requests += ',';
    requests += write.request;
  }
  const std::string body =
      fmt::format(R"({{"RequestItems":{{{}:[{}]}}}})", Quoted(table_), requests);
  Result<CallAnswer> answer = sink_.Call("BatchWriteItem", body);
  if (!answer) return At(waiting_.front().line, answer.error());
  if (answer.value().ok()) {
    PUMICE_TRY(WriteRest(std::move(answer).value().body));
  } else {
    PUMICE_TRY(WriteOneByOne());
  }
  counts_.items += waiting_.size();
  waiting_.clear();
  waiting_bytes_ = 0;
  return Ok();
}

Result<void> StepPlayer::WriteRest(std::string answer) {
  const std::size_t line = waiting_.front().line;
  Backoff backoff(sink_);
  for (;;) {
    const json rest = json::parse(answer, nullptr, false);
    if (!rest.contains("UnprocessedItems") || rest["UnprocessedItems"].empty()) return Ok();
    if (const Result<void> waited = backoff.Wait(); !waited) return At(line, waited.error());
    const json request = {{"RequestItems", rest["UnprocessedItems"]}};
    PUMICE_TRY(answer, Call("BatchWriteItem", request.dump(), line));
  }
}

Result<void> StepPlayer::WriteOneByOne() {
  for (const Waiting& write : waiting_) {
    PUMICE_TRY(WriteOne(write));
  }
  return Ok();
}

Result<void> StepPlayer::WriteOne(const Waiting& write) {
  json request = json::parse(write.request, nullptr, false);
  const bool put = request.contains("PutRequest");
  json body = std::move(request[put ? "PutRequest" : "DeleteRequest"]);
  body["TableName"] = table_;
  PUMICE_TRY(Call(put ? "PutItem" : "DeleteItem", body.dump(), write.line));
  return Ok();
}

}  // namespace pumice
