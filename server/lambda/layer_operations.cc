// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/layer_operations.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "server/lambda/function_code.h"
#include "server/lambda/parameters.h"
#include "server/lambda/result_page.h"

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::size_t kLayersAPage = 50;

bool IsLayerName(const std::string& name) {
  return !name.empty() && name.size() <= 140 &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

std::string LayerArn(const LambdaCaller& owner, const std::string& name) {
  return fmt::format("arn:aws:lambda:{}:{}:layer:{}", owner.region, owner.account, name);
}

/// As it is answered: with a place of its package where the caller reaches it.
json Answer(json version, const LambdaCall& call) {
  const std::string package = version.at("package");
  version.erase("package");
  version["Content"]["Location"] =
      fmt::format("http://{}/_pumice/lambda/code/{}.zip", call.host, package);
  return version;
}

/// As it stands in lists.
json Listed(json version) {
  for (const char* const member : {"package", "Content", "LayerArn"}) version.erase(member);
  return version;
}

LambdaError NoLayerVersion() { return ResourceDoesNotExist(); }

}  // namespace

LambdaResult<LambdaReply> PublishLayerVersion(const LambdaCall& call, LambdaDatabase& database) {
  const std::string name = ParseLayerName(call.PathParameter("LayerName")).name;
  Parameters parameters(call.document);
  const auto description = parameters.Text("Description", {.most = 256});
  const auto license = parameters.Text("LicenseInfo", {.most = 512});
  const auto runtimes = parameters.Texts("CompatibleRuntimes", 15);
  const auto architectures = parameters.Texts("CompatibleArchitectures", 2);
  if (!IsLayerName(name)) {
    parameters.Fail(name, "layerName", PatternConstraint("[a-zA-Z0-9-_]+"));
  }
  PUMICE_TRY(parameters.Check());
  PUMICE_TRY(CodeRequest content, ReadCode(call.document.value("Content", json())));
  if (content.found.code.kind != FunctionCode::Kind::kPackage) {
    return InvalidParameter(
        "A layer is published from a ZipFile; a folder is named by the function itself, as "
        "Layers=[file:///folder]");
  }
  PUMICE_TRY(const NewCode kept, KeepPackage(std::move(content), database.code()));
  const auto found = database.layers().all().find(name);
  json layer = found == database.layers().all().end()
                   ? json{{"next_version", 1}, {"versions", json::object()}}
                   : found->second;
  const auto number = layer["next_version"].get<std::int64_t>();
  const std::string arn = LayerArn(call.caller, name);
  json version = {{"LayerArn", arn},
                  {"LayerVersionArn", fmt::format("{}:{}", arn, number)},
                  {"Version", number},
                  {"Description", description.value_or("")},
                  {"CreatedDate", LambdaTime(database.Now())},
                  {"Content", {{"CodeSha256", kept.sha256}, {"CodeSize", kept.size_bytes}}},
                  {"package", kept.code.place}};
  if (license) version["LicenseInfo"] = *license;
  if (runtimes) version["CompatibleRuntimes"] = *runtimes;
  if (architectures) version["CompatibleArchitectures"] = *architectures;
  layer["versions"][std::to_string(number)] = version;
  layer["next_version"] = number + 1;
  if (const auto stored = database.layers().Put(name, std::move(layer)); !stored) {
    database.code().Remove(kept.code.place);
    return stored.error();
  }
  return JsonReply(201, Answer(std::move(version), call));
}

LambdaResult<LambdaReply> GetLayerVersion(const LambdaCall& call, LambdaDatabase& database) {
  const std::string name = ParseLayerName(call.PathParameter("LayerName")).name;
  const json* const version = database.layers().Find(name, call.PathParameter("VersionNumber"));
  if (version == nullptr) return NoLayerVersion();
  return JsonReply(200, Answer(*version, call));
}

/// Functions that have it keep it, as on AWS: its folder stays.
LambdaResult<LambdaReply> DeleteLayerVersion(const LambdaCall& call, LambdaDatabase& database) {
  const std::string name = ParseLayerName(call.PathParameter("LayerName")).name;
  const std::string& number = call.PathParameter("VersionNumber");
  if (database.layers().Find(name, number) == nullptr) return EmptyReply(204);
  json layer = database.layers().all().find(name)->second;
  layer["deleted"][number] = layer["versions"][number];
  layer["versions"].erase(number);
  PUMICE_TRY(database.layers().Put(name, std::move(layer)));
  return EmptyReply(204);
}

LambdaResult<LambdaReply> ListLayers(const LambdaCall& call, LambdaDatabase& database) {
  if (call.Query("find") == "LayerVersion") {
    const json* const version = database.layers().FindArn(call.Query("Arn"));
    if (version == nullptr) return NoLayerVersion();
    return JsonReply(200, Answer(*version, call));
  }
  PUMICE_TRY(ResultPage page, ResultPage::Read(call, kLayersAPage));
  for (const auto& [name, layer] : database.layers().all()) {
    const json& versions = layer.at("versions");
    if (versions.empty()) continue;
    page.Add(name, [&name = name, &versions] {
      const json* newest = nullptr;
      for (const auto& [number, version] : versions.items()) {
        if (newest == nullptr || version.at("Version") > newest->at("Version")) newest = &version;
      }
      return json{{"LayerName", name},
                  {"LayerArn", newest->at("LayerArn")},
                  {"LatestMatchingVersion", Listed(*newest)}};
    });
  }
  return page.Reply("Layers");
}

LambdaResult<LambdaReply> ListLayerVersions(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(ResultPage page, ResultPage::Read(call, kLayersAPage));
  const auto layer =
      database.layers().all().find(ParseLayerName(call.PathParameter("LayerName")).name);
  if (layer == database.layers().all().end()) return page.Reply("LayerVersions");
  std::vector<const json*> versions;
  for (const auto& [number, version] : layer->second.at("versions").items()) {
    versions.push_back(&version);
  }
  std::sort(versions.begin(), versions.end(),
            [](const json* a, const json* b) { return a->at("Version") > b->at("Version"); });
  for (const json* const version : versions) {
    page.Add(version->at("Version").dump(), [version] { return Listed(*version); });
  }
  return page.Reply("LayerVersions");
}

}  // namespace pumice
