// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/mapping_operations.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/uuid.h"
#include "server/lambda/function_tags.h"
#include "server/lambda/mapping_configuration.h"
#include "server/lambda/result_page.h"

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::size_t kMappingsAPage = 100;
constexpr std::string_view kPositions = "LATEST, AT_TIMESTAMP, TRIM_HORIZON";

LambdaReply Answer(int status, const MappingRecord& record, LambdaDatabase& database,
                   std::string_view state = {}) {
  return JsonReply(status,
                   MappingAnswer(record, state, database.handlers().ReportMapping(record.Key())));
}

/// The function that a mapping names, by name or ARN, with an alias or version.
LambdaResult<FunctionName> NeedFunction(const std::string& text, LambdaDatabase& database) {
  PUMICE_TRY(FunctionName name, ParseFunctionName(text));
  const FunctionRecord* const record = database.functions().Find(name.name);
  if (record == nullptr || record->Find(name.qualifier) == nullptr) {
    return InvalidParameter("Function does not exist");
  }
  return name;
}

std::string ArnOf(const FunctionName& name, LambdaDatabase& database) {
  return database.functions().Find(name.name)->Arn(name.qualifier);
}

LambdaResult<void> CheckSource(const std::string& arn, LambdaDatabase& database) {
  if (arn.empty() || !arn.starts_with("arn:") || arn.find(":dynamodb:") == std::string::npos) {
    return InvalidParameter("Unrecognized event source.");
  }
  if (database.changes().Find(arn) == nullptr) {
    return InvalidParameter(fmt::format("Stream not found: {}", arn));
  }
  return Ok();
}

LambdaResult<void> CheckPosition(const std::optional<std::string>& position,
                                 const Parameters& parameters, const std::string& source) {
  if (!position) {
    return InvalidParameter(
        "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
        "constraint: Member must not be null.");
  }
  if (*position == "AT_TIMESTAMP") {
    return InvalidParameter(fmt::format("Unsupported starting position for arn type: {}", source));
  }
  if (parameters.Has("StartingPositionTimestamp")) {
    return InvalidParameter("Timestamp only valid with StartingPosition AT_TIMESTAMP");
  }
  return Ok();
}

LambdaResult<void> CheckNew(const MappingRecord& record, LambdaDatabase& database) {
  const json& source = record.configuration.at("EventSourceArn");
  for (const auto& [uuid, other] : database.mappings().all()) {
    const bool same = other.configuration.at("EventSourceArn") == source &&
                      other.function.name == record.function.name &&
                      other.function.qualifier == record.function.qualifier;
    if (!same) continue;
    return LambdaError(
        kResourceConflict,
        fmt::format("The event source arn (\" {} \") and function (\" {} \") provided mapping "
                    "already exists. Please update or delete the existing mapping with UUID {}",
                    source.get<std::string>(), record.function.name, uuid));
  }
  return Ok();
}

}  // namespace

LambdaResult<LambdaReply> CreateEventSourceMapping(const LambdaCall& call,
                                                   LambdaDatabase& database) {
  Parameters parameters(call.document);
  const std::string function = parameters.NeededText("FunctionName", {.least = 1, .most = 256});
  const std::string source = parameters.Text("EventSourceArn").value_or(std::string());
  const auto position = parameters.Choice("StartingPosition", kPositions);
  const auto enabled = parameters.Flag("Enabled");
  MappingRecord record{.uuid = NewUuid(database.random()), .configuration = {}, .function = {}};
  record.configuration = NewMappingConfiguration(record.uuid, call.caller);
  PUMICE_TRY(ReadMappingMembers(parameters, record.configuration));
  if (source.empty()) return InvalidParameter("Unrecognized event source.");
  PUMICE_TRY(CheckPosition(position, parameters, source));
  PUMICE_TRY(record.function, NeedFunction(function, database));
  PUMICE_TRY(CheckSource(source, database));
  PUMICE_TRY(record.tags, ReadTags(call.document, {}));
  record.configuration["EventSourceArn"] = source;
  record.configuration["FunctionArn"] = ArnOf(record.function, database);
  record.configuration["StartingPosition"] = *position;
  record.configuration["LastModified"] = LambdaSeconds(database.Now());
  record.enabled = enabled.value_or(true);
  PUMICE_TRY(CheckNew(record, database));
  const LambdaReply answer = JsonReply(202, MappingAnswer(record, "Creating", std::nullopt));
  PUMICE_TRY(database.Put(std::move(record)));
  return answer;
}

LambdaResult<LambdaReply> GetEventSourceMapping(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const MappingRecord* record, database.mappings().Need(call.PathParameter("UUID")));
  return Answer(200, *record, database);
}

LambdaResult<LambdaReply> ListEventSourceMappings(const LambdaCall& call,
                                                  LambdaDatabase& database) {
  const std::string source = call.Query("EventSourceArn");
  std::optional<FunctionName> function;
  if (const std::string text = call.Query("FunctionName"); !text.empty()) {
    PUMICE_TRY(function, ParseFunctionName(text));
  }
  PUMICE_TRY(ResultPage page, ResultPage::Read(call, kMappingsAPage));
  for (const auto& [uuid, record] : database.mappings().all()) {
    if (!source.empty() && record.configuration.at("EventSourceArn") != source) continue;
    if (function && record.function.name != function->name) continue;
    if (function && !function->qualifier.empty() &&
        record.function.qualifier != function->qualifier) {
      continue;
    }
    page.Add(uuid, [&record = record, &database] {
      return MappingAnswer(record, {}, database.handlers().ReportMapping(record.Key()));
    });
  }
  return page.Reply("EventSourceMappings");
}

LambdaResult<LambdaReply> UpdateEventSourceMapping(const LambdaCall& call,
                                                   LambdaDatabase& database) {
  PUMICE_TRY(MappingRecord record, database.mappings().NeedForChange(call.PathParameter("UUID")));
  Parameters parameters(call.document);
  const auto function = parameters.Text("FunctionName", {.least = 1, .most = 256});
  const auto enabled = parameters.Flag("Enabled");
  PUMICE_TRY(ReadMappingMembers(parameters, record.configuration));
  if (function) {
    PUMICE_TRY(record.function, NeedFunction(*function, database));
    record.configuration["FunctionArn"] = ArnOf(record.function, database);
  }
  std::string_view state = "Updating";
  if (enabled && *enabled != record.enabled) {
    state = *enabled ? "Enabling" : "Disabling";
    record.enabled = *enabled;
  }
  record.configuration["LastModified"] = LambdaSeconds(database.Now());
  const LambdaReply answer = Answer(202, record, database, state);
  PUMICE_TRY(database.Put(std::move(record)));
  return answer;
}

LambdaResult<LambdaReply> DeleteEventSourceMapping(const LambdaCall& call,
                                                   LambdaDatabase& database) {
  PUMICE_TRY(const MappingRecord record,
             database.mappings().NeedForChange(call.PathParameter("UUID")));
  const LambdaReply answer = Answer(202, record, database, "Deleting");
  PUMICE_TRY(database.Remove(record));
  return answer;
}

}  // namespace pumice
