// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/function_operations.h"

#include <utility>

#include <fmt/core.h>

#include "base/uuid.h"
#include "server/lambda/function_code.h"
#include "server/lambda/function_configuration.h"
#include "server/lambda/function_layers.h"
#include "server/lambda/function_tags.h"
#include "server/lambda/result_page.h"
#include "server/lambda/version_operations.h"

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::size_t kFunctionsAPage = 50;

// --- Parts of several
// ------------------------------------------------------------------------------

void SetCode(FunctionVersion& version, NewCode code) {
  version.configuration["CodeSha256"] = code.sha256;
  version.configuration["CodeSize"] = code.size_bytes;
  version.code = std::move(code.code);
}

void Touch(json& configuration, LambdaDatabase& database) {
  configuration["LastModified"] = LambdaTime(database.Now());
  configuration["RevisionId"] = NewUuid(database.random());
}

/// The state changes once more behind the answer, and with it the revision: as AWS.
json WithOwnRevision(json answer, RandomSource& random) {
  answer["RevisionId"] = NewUuid(random);
  return answer;
}

LambdaResult<void> ReadArchitectures(Parameters& parameters, json& configuration) {
  const auto given = parameters.Texts("Architectures", 1);
  PUMICE_TRY(parameters.Check());
  if (!given || given->empty()) return Ok();
  const std::string& name = given->front();
  if (name != "x86_64" && name != "arm64") {
    parameters.Fail(
        fmt::format("[{}]", name), "architectures",
        fmt::format("Member must satisfy constraint: [{}]", EnumConstraint("x86_64, arm64")));
    return parameters.Check();
  }
  configuration["Architectures"] = *given;
  return Ok();
}

/// All members but the code; nothing is kept yet.
LambdaResult<FunctionRecord> ReadNewFunction(const LambdaCall& call, LambdaDatabase& database) {
  Parameters parameters(call.document);
  const std::string given_name = parameters.NeededText("FunctionName", {.least = 1, .most = 140});
  parameters.NeededText("Role", {});
  const auto package = parameters.Choice("PackageType", "Zip, Image");
  PUMICE_TRY(parameters.Check());
  PUMICE_TRY(const FunctionName name, ParseFunctionName(given_name));
  if (database.functions().Find(name.name) != nullptr) {
    return LambdaError(kResourceConflict, fmt::format("Function already exist: {}", name.name));
  }
  FunctionRecord record;
  record.name = name.name;
  record.owner = call.caller;
  json& configuration = record.latest.configuration;
  configuration = NewFunctionConfiguration(name.name, call.caller);
  PUMICE_TRY(ReadFunctionMembers(call.document, configuration));
  PUMICE_TRY(ReadArchitectures(parameters, configuration));
  PUMICE_TRY(ReadLayers(parameters, database, configuration));
  PUMICE_TRY(record.tags, ReadTags(call.document, {}));
  if (package) configuration["PackageType"] = *package;
  return record;
}

}  // namespace

LambdaResult<LambdaReply> CreateFunction(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(FunctionRecord record, ReadNewFunction(call, database));
  PUMICE_TRY(CodeRequest code, ReadCode(call.document.value("Code", json())));
  json& configuration = record.latest.configuration;
  CompleteForFolder(code.found.code, configuration);
  PUMICE_TRY(CheckRunnable(configuration, code.found.code));
  // Last of all that can fail, since it leaves a folder behind.
  PUMICE_TRY(NewCode kept, KeepPackage(std::move(code), database.code()));
  const std::string package = kept.code.place;
  SetCode(record.latest, std::move(kept));
  Touch(configuration, database);
  const bool publish = call.document.value("Publish", false);
  const json answer = AsPending(publish ? Publish(record, database.random()) : configuration);
  if (const auto stored = database.Put(std::move(record)); !stored) {
    database.code().Remove(package);
    return stored.error();
  }
  return JsonReply(201, WithOwnRevision(answer, database.random()));
}

// --- Reading
// ---------------------------------------------------------------------------------------

namespace {

/// The configuration as it is answered under the name that was asked for.
LambdaResult<json> ConfigurationOf(const FunctionRecord& record, const FunctionName& name,
                                   const LambdaCaller& caller) {
  const FunctionVersion* const version = record.Find(name.qualifier);
  if (version == nullptr) {
    return FunctionNotFound(FunctionArnOf(caller, name.name, name.qualifier));
  }
  json configuration = version->configuration;
  if (!name.qualifier.empty()) configuration["FunctionArn"] = record.Arn(name.qualifier);
  return configuration;
}

json CodeLocation(const FunctionRecord& record, const FunctionName& name, const LambdaCall& call) {
  const FunctionCode& code = record.Find(name.qualifier)->code;
  if (code.kind == FunctionCode::Kind::kPackage) {
    return {
        {"RepositoryType", "S3"},
        {"Location", fmt::format("http://{}/_pumice/lambda/code/{}.zip", call.host, code.place)}};
  }
  if (code.uri.starts_with("s3://")) return {{"RepositoryType", "S3"}, {"Location", code.uri}};
  return {{"RepositoryType", "ECR"}, {"ImageUri", code.uri}, {"ResolvedImageUri", code.uri}};
}

}  // namespace

LambdaResult<LambdaReply> GetFunction(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  PUMICE_TRY(const FunctionRecord* record, database.functions().Need(name, call.caller));
  PUMICE_TRY(json configuration, ConfigurationOf(*record, name, call.caller));
  json answer = {{"Configuration", std::move(configuration)},
                 {"Code", CodeLocation(*record, name, call)}};
  if (!record->tags.empty() && name.qualifier.empty()) answer["Tags"] = record->tags;
  if (record->reserved_concurrency && name.qualifier.empty()) {
    answer["Concurrency"] = {{"ReservedConcurrentExecutions", *record->reserved_concurrency}};
  }
  return JsonReply(200, answer);
}

LambdaResult<LambdaReply> GetFunctionConfiguration(const LambdaCall& call,
                                                   LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  PUMICE_TRY(const FunctionRecord* record, database.functions().Need(name, call.caller));
  PUMICE_TRY(const json configuration, ConfigurationOf(*record, name, call.caller));
  return JsonReply(200, configuration);
}

LambdaResult<LambdaReply> ListFunctions(const LambdaCall& call, LambdaDatabase& database) {
  const std::string which = call.Query("FunctionVersion");
  if (!which.empty() && which != "ALL") {
    return LambdaError(kValidationFailed,
                       fmt::format("1 validation error detected: Value '{}' at 'functionVersion' "
                                   "failed to satisfy constraint: Member must satisfy enum value "
                                   "set: [ALL]",
                                   which));
  }
  PUMICE_TRY(ResultPage page, ResultPage::Read(call, kFunctionsAPage));
  for (const auto& [name, record] : database.functions().all()) {
    page.Add(name, [&record = record, &which] {
      json latest = record.latest.configuration;
      if (!which.empty()) latest["FunctionArn"] = record.Arn(kLatest);
      // A list tells no states.
      latest.erase("State");
      latest.erase("LastUpdateStatus");
      return latest;
    });
    if (which.empty()) continue;
    for (const auto& [number, version] : record.versions) {
      page.Add(fmt::format("{}:{}", name, number), [&version = version] {
        json configuration = version.configuration;
        configuration.erase("State");
        configuration.erase("LastUpdateStatus");
        return configuration;
      });
    }
  }
  return page.Reply("Functions");
}

// --- Changing
// --------------------------------------------------------------------------------------

LambdaResult<LambdaReply> UpdateFunctionCode(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  Parameters parameters(call.document);
  const auto revision = parameters.Text("RevisionId");
  const bool publish = parameters.Flag("Publish").value_or(false);
  const bool dry_run = parameters.Flag("DryRun").value_or(false);
  PUMICE_TRY(parameters.Check());
  PUMICE_TRY(FunctionRecord record, database.functions().NeedForChange(name, call.caller));
  json& configuration = record.latest.configuration;
  if (revision && *revision != configuration.at("RevisionId")) return WrongRevision();
  PUMICE_TRY(ReadArchitectures(parameters, configuration));
  PUMICE_TRY(CodeRequest code, ReadCode(call.document));
  PUMICE_TRY(CheckRunnable(configuration, code.found.code));
  if (dry_run) {
    SetCode(record.latest, code.found);
    return JsonReply(200, configuration);
  }
  PUMICE_TRY(NewCode kept, KeepPackage(std::move(code), database.code()));
  const std::string package = kept.code.place;
  SetCode(record.latest, std::move(kept));
  Touch(configuration, database);
  const json answer = AsUpdating(publish ? Publish(record, database.random()) : configuration);
  if (const auto stored = database.Put(std::move(record)); !stored) {
    database.code().Remove(package);
    return stored.error();
  }
  return JsonReply(200, WithOwnRevision(answer, database.random()));
}

LambdaResult<LambdaReply> UpdateFunctionConfiguration(const LambdaCall& call,
                                                      LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  Parameters parameters(call.document);
  const auto revision = parameters.Text("RevisionId");
  PUMICE_TRY(parameters.Check());
  PUMICE_TRY(FunctionRecord record, database.functions().NeedForChange(name, call.caller));
  json& configuration = record.latest.configuration;
  if (revision && *revision != configuration.at("RevisionId")) return WrongRevision();
  PUMICE_TRY(ReadFunctionMembers(call.document, configuration));
  PUMICE_TRY(ReadLayers(parameters, database, configuration));
  PUMICE_TRY(CheckRunnable(configuration, record.latest.code));
  Touch(configuration, database);
  const json answer = AsUpdating(configuration);
  PUMICE_TRY(database.Put(std::move(record)));
  return JsonReply(200, WithOwnRevision(answer, database.random()));
}

LambdaResult<LambdaReply> DeleteFunction(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  PUMICE_TRY(FunctionRecord record, database.functions().NeedForChange(name, call.caller));
  if (name.qualifier.empty()) {
    PUMICE_TRY(database.Remove(record));
    return EmptyReply(204);
  }
  if (name.qualifier == kLatest) {
    return InvalidParameter("$LATEST version cannot be deleted without deleting the function.");
  }
  if (!IsVersionNumber(name.qualifier)) {
    return InvalidParameter("Deletion of aliases is not currently supported.");
  }
  for (const auto& [alias, configuration] : record.aliases) {
    if (configuration.at("FunctionVersion") != name.qualifier) continue;
    return LambdaError(  // the text is ours
        kResourceConflict, fmt::format("Version {} of function {} is still used by alias {}",
                                       name.qualifier, record.Arn(), alias));
  }
  record.versions.erase(std::stoll(name.qualifier));
  PUMICE_TRY(database.Put(std::move(record)));
  return EmptyReply(204);
}

}  // namespace pumice
