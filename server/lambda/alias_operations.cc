// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/alias_operations.h"

#include <utility>

#include <fmt/core.h>

#include "base/uuid.h"
#include "server/lambda/parameters.h"
#include "server/lambda/result_page.h"

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::size_t kAliasesAPage = 50;
constexpr std::string_view kNamePattern = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)";

LambdaError NoAlias(const FunctionRecord& record, std::string_view alias) {
  return {kResourceNotFound, fmt::format("Cannot find alias arn: {}", record.Arn(alias))};
}

/// A version that an alias may point to. Errors: ResourceNotFound.
LambdaResult<void> NeedVersion(const FunctionRecord& record, const std::string& version) {
  const bool there =
      version == kLatest || (IsVersionNumber(version) && record.Find(version) != nullptr);
  if (there) return Ok();
  return FunctionNotFound(record.Arn(version));
}

/// The weights of other versions than the alias's own; an empty object takes them away.
LambdaResult<void> ReadRouting(const Parameters& parameters, const FunctionRecord& record,
                               json& alias) {
  const json* const routing = parameters.Find("RoutingConfig");
  if (routing == nullptr) return Ok();
  const json weights =
      routing->is_object() ? routing->value("AdditionalVersionWeights", json::object()) : json();
  if (!weights.is_object()) {
    return LambdaError(kSerialization, "RoutingConfig.AdditionalVersionWeights must be an object");
  }
  alias.erase("RoutingConfig");
  if (weights.empty()) return Ok();
  for (const auto& [version, weight] : weights.items()) {
    PUMICE_TRY(NeedVersion(record, version));
    const bool fits = weight.is_number() && weight >= 0.0 && weight <= 1.0;
    if (!fits || version == alias.at("FunctionVersion")) {  // the text is ours
      return InvalidParameter(
          "The weights of an alias must be between 0.0 and 1.0, and belong to other versions than "
          "its own");
    }
  }
  alias["RoutingConfig"] = {{"AdditionalVersionWeights", weights}};
  return Ok();
}

}  // namespace

LambdaResult<LambdaReply> CreateAlias(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  Parameters parameters(call.document);
  const std::string alias = parameters.NeededText("Name", {.least = 1, .most = 128});
  const std::string version = parameters.NeededText("FunctionVersion", {.least = 1, .most = 1024});
  const auto description = parameters.Text("Description", {.most = 256});
  if (!alias.empty() && !IsAliasName(alias)) {
    parameters.Fail(alias, "name", PatternConstraint(kNamePattern));
  }
  PUMICE_TRY(parameters.Check());
  if (database.functions().Find(name.name) == nullptr) {
    return FunctionNotFound(FunctionArnOf(call.caller, name.name, version));
  }
  PUMICE_TRY(FunctionRecord record, database.functions().NeedForChange(name, call.caller));
  PUMICE_TRY(NeedVersion(record, version));
  if (record.aliases.contains(alias)) {
    return LambdaError(kResourceConflict,
                       fmt::format("Alias already exists: {}", record.Arn(alias)));
  }
  json made = {{"AliasArn", record.Arn(alias)},
               {"Name", alias},
               {"FunctionVersion", version},
               {"Description", description.value_or("")},
               {"RevisionId", NewUuid(database.random())}};
  PUMICE_TRY(ReadRouting(parameters, record, made));
  record.aliases[alias] = made;
  PUMICE_TRY(database.Put(std::move(record)));
  return JsonReply(201, made);
}

LambdaResult<LambdaReply> GetAlias(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  PUMICE_TRY(const FunctionRecord* record, database.functions().Need(name, call.caller));
  const auto found = record->aliases.find(call.PathParameter("Name"));
  if (found == record->aliases.end()) return NoAlias(*record, call.PathParameter("Name"));
  return JsonReply(200, found->second);
}

LambdaResult<LambdaReply> ListAliases(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  PUMICE_TRY(const FunctionRecord* record, database.functions().Need(name, call.caller));
  PUMICE_TRY(ResultPage page, ResultPage::Read(call, kAliasesAPage));
  const std::string version = call.Query("FunctionVersion");
  for (const auto& [alias, configuration] : record->aliases) {
    if (!version.empty() && configuration.at("FunctionVersion") != version) continue;
    page.Add(alias, [&configuration = configuration] { return configuration; });
  }
  return page.Reply("Aliases");
}

LambdaResult<LambdaReply> UpdateAlias(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  Parameters parameters(call.document);
  const auto version = parameters.Text("FunctionVersion", {.least = 1, .most = 1024});
  const auto description = parameters.Text("Description", {.most = 256});
  const auto revision = parameters.Text("RevisionId");
  PUMICE_TRY(parameters.Check());
  PUMICE_TRY(FunctionRecord record, database.functions().NeedForChange(name, call.caller));
  const auto found = record.aliases.find(call.PathParameter("Name"));
  if (found == record.aliases.end()) return NoAlias(record, call.PathParameter("Name"));
  json& alias = found->second;
  if (revision && *revision != alias.at("RevisionId")) return WrongRevision();
  if (version) {
    PUMICE_TRY(NeedVersion(record, *version));
    alias["FunctionVersion"] = *version;
  }
  if (description) alias["Description"] = *description;
  PUMICE_TRY(ReadRouting(parameters, record, alias));
  alias["RevisionId"] = NewUuid(database.random());
  const json answer = alias;
  PUMICE_TRY(database.Put(std::move(record)));
  return JsonReply(200, answer);
}

LambdaResult<LambdaReply> DeleteAlias(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  PUMICE_TRY(FunctionRecord record, database.functions().NeedForChange(name, call.caller));
  if (record.aliases.erase(call.PathParameter("Name")) != 0) {
    PUMICE_TRY(database.Put(std::move(record)));
  }
  return EmptyReply(204);
}

}  // namespace pumice
