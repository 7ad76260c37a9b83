// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/event_config_operations.h"

#include <utility>

#include <fmt/core.h>

#include "server/lambda/parameters.h"
#include "server/lambda/result_page.h"

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::size_t kConfigsAPage = 50;

std::string QualifierOf(const FunctionName& name) {
  return name.qualifier.empty() ? std::string(kLatest) : name.qualifier;
}

LambdaError NoFunction() { return {kResourceNotFound, "The function doesn't exist."}; }

LambdaError NoConfig(const LambdaCall& call, const FunctionName& name) {
  return {kResourceNotFound, fmt::format("The function {} doesn't have an EventInvokeConfig",
                                         FunctionArnOf(call.caller, name.name, QualifierOf(name)))};
}

LambdaResult<FunctionRecord> FunctionForChange(const LambdaCall& call, LambdaDatabase& database,
                                               const FunctionName& name) {
  const FunctionRecord* const found = database.functions().Find(name.name);
  if (found == nullptr || found->Find(name.qualifier) == nullptr) return NoFunction();
  return database.functions().NeedForChange(name, call.caller);
}

LambdaResult<void> ReadDestinations(const Parameters& parameters, const FunctionRecord& record,
                                    json& config) {
  const json* const given = parameters.Find("DestinationConfig");
  if (given == nullptr) return Ok();
  for (const char* const side : {"OnSuccess", "OnFailure"}) {
    const json one = given->is_object() ? given->value(side, json::object()) : json();
    const json arn = one.is_object() ? one.value("Destination", json("")) : json();
    if (!arn.is_string()) {
      return LambdaError(kSerialization,
                         fmt::format("DestinationConfig.{}.Destination must be a string", side));
    }
    const auto text = arn.get<std::string>();
    if (text == record.Arn()) {
      return InvalidParameter("You can't specify the function as a destination for itself.");
    }
    config["DestinationConfig"][side] = text.empty() ? json::object() : json{{"Destination", text}};
  }
  return Ok();
}

/// The members of the request over `config`.
LambdaResult<json> ReadConfig(const LambdaCall& call, const FunctionRecord& record, json config,
                              TimePoint now) {
  Parameters parameters(call.document);
  const auto retries = parameters.Integer("MaximumRetryAttempts", {0, 2});
  const auto age = parameters.Integer("MaximumEventAgeInSeconds", {60, 21'600});
  PUMICE_TRY(parameters.Check());
  if (!retries && !age && !parameters.Has("DestinationConfig")) {
    return InvalidParameter(
        "You must specify at least one of error handling or destination setting.");
  }
  if (retries) config["MaximumRetryAttempts"] = *retries;
  if (age) config["MaximumEventAgeInSeconds"] = *age;
  PUMICE_TRY(ReadDestinations(parameters, record, config));
  config["LastModified"] = LambdaSeconds(now);
  return config;
}

LambdaResult<LambdaReply> Store(LambdaDatabase& database, FunctionRecord record,
                                const FunctionName& name, json config) {
  record.event_invoke_configs[QualifierOf(name)] = config;
  PUMICE_TRY(database.Put(std::move(record)));
  return JsonReply(200, config);
}

}  // namespace

LambdaResult<LambdaReply> PutFunctionEventInvokeConfig(const LambdaCall& call,
                                                       LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  PUMICE_TRY(FunctionRecord record, FunctionForChange(call, database, name));
  const json fresh = {
      {"FunctionArn", record.Arn(QualifierOf(name))},
      {"DestinationConfig", {{"OnSuccess", json::object()}, {"OnFailure", json::object()}}}};
  PUMICE_TRY(json config, ReadConfig(call, record, fresh, database.Now()));
  return Store(database, std::move(record), name, std::move(config));
}

LambdaResult<LambdaReply> UpdateFunctionEventInvokeConfig(const LambdaCall& call,
                                                          LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  PUMICE_TRY(FunctionRecord record, FunctionForChange(call, database, name));
  const auto found = record.event_invoke_configs.find(QualifierOf(name));
  if (found == record.event_invoke_configs.end()) return NoConfig(call, name);
  PUMICE_TRY(json config, ReadConfig(call, record, found->second, database.Now()));
  return Store(database, std::move(record), name, std::move(config));
}

LambdaResult<LambdaReply> GetFunctionEventInvokeConfig(const LambdaCall& call,
                                                       LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  const FunctionRecord* const record = database.functions().Find(name.name);
  if (record == nullptr) return NoConfig(call, name);
  const auto found = record->event_invoke_configs.find(QualifierOf(name));
  if (found == record->event_invoke_configs.end()) return NoConfig(call, name);
  return JsonReply(200, found->second);
}

LambdaResult<LambdaReply> ListFunctionEventInvokeConfigs(const LambdaCall& call,
                                                         LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  const FunctionRecord* const record = database.functions().Find(name.name);
  if (record == nullptr) return NoFunction();
  PUMICE_TRY(ResultPage page, ResultPage::Read(call, kConfigsAPage));
  for (const auto& [qualifier, config] : record->event_invoke_configs) {
    page.Add(qualifier, [&config = config] { return config; });
  }
  return page.Reply("FunctionEventInvokeConfigs");
}

LambdaResult<LambdaReply> DeleteFunctionEventInvokeConfig(const LambdaCall& call,
                                                          LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  if (database.functions().Find(name.name) == nullptr) return NoConfig(call, name);
  PUMICE_TRY(FunctionRecord record, database.functions().NeedForChange(name, call.caller));
  if (record.event_invoke_configs.erase(QualifierOf(name)) == 0) return NoConfig(call, name);
  PUMICE_TRY(database.Put(std::move(record)));
  return EmptyReply(204);
}

}  // namespace pumice
