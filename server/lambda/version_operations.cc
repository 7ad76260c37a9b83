// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/version_operations.h"

#include <fmt/core.h>

#include "base/uuid.h"
#include "server/lambda/digest.h"
#include "server/lambda/parameters.h"
#include "server/lambda/result_page.h"

namespace pumice {
namespace {

using nlohmann::json;

constexpr const char* kPublished = "published";  // what $LATEST was when it was last published

std::string Fingerprint(json configuration) {
  configuration.erase("RevisionId");
  configuration.erase("LastModified");
  return Sha256Hex(configuration.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace

const json& Publish(FunctionRecord& record, RandomSource& random,
                    const std::optional<std::string>& description) {
  const std::string fingerprint = Fingerprint(record.latest.configuration);
  if (!record.versions.empty() && record.settings.value(kPublished, "") == fingerprint) {
    return record.versions.rbegin()->second.configuration;
  }
  const std::int64_t number = record.next_version++;
  FunctionVersion version = record.latest;
  version.configuration["Version"] = std::to_string(number);
  version.configuration["FunctionArn"] = record.Arn(std::to_string(number));
  version.configuration["RevisionId"] = NewUuid(random);
  if (description) version.configuration["Description"] = *description;
  record.settings[kPublished] = fingerprint;
  return record.versions.emplace(number, std::move(version)).first->second.configuration;
}

LambdaResult<LambdaReply> PublishVersion(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  Parameters parameters(call.document);
  const auto description = parameters.Text("Description", {.most = 256});
  const auto sha256 = parameters.Text("CodeSha256");
  const auto revision = parameters.Text("RevisionId");
  PUMICE_TRY(parameters.Check());
  PUMICE_TRY(FunctionRecord record, database.functions().NeedForChange(name, call.caller));
  const json& latest = record.latest.configuration;
  if (revision && *revision != latest.at("RevisionId")) return WrongRevision();
  if (sha256 && !sha256->empty() && *sha256 != latest.at("CodeSha256")) {
    return InvalidParameter(
        fmt::format("CodeSHA256 ({}) is different from current CodeSHA256 in $LATEST ({}). Please "
                    "try again with the CodeSHA256 in $LATEST.",
                    *sha256, latest.at("CodeSha256").get<std::string>()));
  }
  const json answer = Publish(record, database.random(), description);
  PUMICE_TRY(database.Put(std::move(record)));
  return JsonReply(201, answer);
}

LambdaResult<LambdaReply> ListVersionsByFunction(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  PUMICE_TRY(const FunctionRecord* record, database.functions().Need(name, call.caller));
  PUMICE_TRY(ResultPage page, ResultPage::Read(call, 50));
  page.Add(std::string(kLatest), [&] {
    json latest = record->latest.configuration;
    latest["FunctionArn"] = record->Arn(kLatest);
    return latest;
  });
  for (const auto& [number, version] : record->versions) {
    page.Add(std::to_string(number), [&] { return version.configuration; });
  }
  return page.Reply("Versions");
}

}  // namespace pumice
