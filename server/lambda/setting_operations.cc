// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/setting_operations.h"

#include <utility>

#include "server/lambda/parameters.h"

namespace pumice {
namespace {

using nlohmann::json;

constexpr LambdaException kNoProvisioned{"ProvisionedConcurrencyConfigNotFoundException", 404,
                                         "User", "message"};
constexpr const char* kRecursion = "RecursionConfig";
constexpr const char* kRuntimeManagement = "RuntimeManagementConfig";

/// A function that is there, and its answer.
template <class Make>
LambdaResult<LambdaReply> AnswerFor(const LambdaCall& call, LambdaDatabase& database, Make make) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  PUMICE_TRY(const FunctionRecord* record, database.functions().Need(name, call.caller));
  if (record->Find(name.qualifier) == nullptr) {
    return FunctionNotFound(record->Arn(name.qualifier));
  }
  return make(*record, name);
}

LambdaReply RuntimeManagement(const FunctionRecord& record, const FunctionName& name) {
  json answer = record.settings.value(kRuntimeManagement, json{{"UpdateRuntimeOn", "Auto"}});
  answer["FunctionArn"] = record.Arn(name.qualifier.empty() ? kLatest : name.qualifier);
  return JsonReply(200, answer);
}

}  // namespace

LambdaResult<LambdaReply> GetFunctionCodeSigningConfig(const LambdaCall& call,
                                                       LambdaDatabase& database) {
  return AnswerFor(call, database, [](const FunctionRecord&, const FunctionName&) {
    return LambdaResult<LambdaReply>(JsonReply(200, json::object()));
  });
}

LambdaResult<LambdaReply> GetFunctionRecursionConfig(const LambdaCall& call,
                                                     LambdaDatabase& database) {
  return AnswerFor(call, database, [](const FunctionRecord& record, const FunctionName&) {
    return LambdaResult<LambdaReply>(JsonReply(
        200, {{"RecursiveLoop", record.settings.value(kRecursion, std::string("Terminate"))}}));
  });
}

LambdaResult<LambdaReply> PutFunctionRecursionConfig(const LambdaCall& call,
                                                     LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  Parameters parameters(call.document);
  const auto loop = parameters.Choice("RecursiveLoop", "Allow, Terminate");
  PUMICE_TRY(parameters.Check());
  PUMICE_TRY(FunctionRecord record, database.functions().NeedForChange(name, call.caller));
  record.settings[kRecursion] = loop.value_or("Terminate");
  const json answer = {{"RecursiveLoop", record.settings[kRecursion]}};
  PUMICE_TRY(database.Put(std::move(record)));
  return JsonReply(200, answer);
}

LambdaResult<LambdaReply> GetRuntimeManagementConfig(const LambdaCall& call,
                                                     LambdaDatabase& database) {
  return AnswerFor(call, database, [](const FunctionRecord& record, const FunctionName& name) {
    return LambdaResult<LambdaReply>(RuntimeManagement(record, name));
  });
}

LambdaResult<LambdaReply> PutRuntimeManagementConfig(const LambdaCall& call,
                                                     LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  Parameters parameters(call.document);
  const auto when = parameters.Choice("UpdateRuntimeOn", "Auto, Manual, FunctionUpdate");
  const auto version = parameters.Text("RuntimeVersionArn");
  PUMICE_TRY(parameters.Check());
  PUMICE_TRY(FunctionRecord record, database.functions().NeedForChange(name, call.caller));
  record.settings[kRuntimeManagement] = {{"UpdateRuntimeOn", when.value_or("Auto")}};
  if (version) record.settings[kRuntimeManagement]["RuntimeVersionArn"] = *version;
  const LambdaReply answer = RuntimeManagement(record, name);
  PUMICE_TRY(database.Put(std::move(record)));
  return answer;
}

/// With ?List=ALL it is ListProvisionedConcurrencyConfigs.
LambdaResult<LambdaReply> GetProvisionedConcurrencyConfig(const LambdaCall& call,
                                                          LambdaDatabase& database) {
  return AnswerFor(call, database, [&](const FunctionRecord&, const FunctionName&) {
    if (call.Query("List") == "ALL") {
      return LambdaResult<LambdaReply>(
          JsonReply(200, {{"ProvisionedConcurrencyConfigs", json::array()}}));
    }
    return LambdaResult<LambdaReply>(
        LambdaError(kNoProvisioned, "No Provisioned Concurrency Config found for this function"));
  });
}

LambdaResult<LambdaReply> GetFunctionUrlConfig(const LambdaCall& call, LambdaDatabase& database) {
  return AnswerFor(call, database, [](const FunctionRecord&, const FunctionName&) {
    return LambdaResult<LambdaReply>(ResourceDoesNotExist());
  });
}

LambdaResult<LambdaReply> ListFunctionUrlConfigs(const LambdaCall& call, LambdaDatabase& database) {
  return AnswerFor(call, database, [](const FunctionRecord&, const FunctionName&) {
    return LambdaResult<LambdaReply>(JsonReply(200, {{"FunctionUrlConfigs", json::array()}}));
  });
}

}  // namespace pumice
