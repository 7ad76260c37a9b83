// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/function_layers.h"

#include <filesystem>
#include <string>
#include <system_error>

#include <fmt/core.h>

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxLayers = 5;
constexpr std::string_view kFile = "file://";

/// {"Arn":…,"CodeSize":…}
LambdaResult<json> ReadLayer(const std::string& layer, LambdaDatabase& database) {
  std::error_code ignored;
  if (layer.starts_with(kFile) &&
      std::filesystem::is_directory(layer.substr(kFile.size()), ignored)) {
    return json{{"Arn", layer}, {"CodeSize", 0}};
  }
  if (const json* const version = database.layers().FindArn(layer)) {
    return json{{"Arn", layer}, {"CodeSize", version->at("Content").at("CodeSize")}};
  }
  return InvalidParameter(fmt::format(
      "Layer version {} does not exist. Publish it here, or name a folder that is laid out as "
      "below /opt: file:///folder",
      layer));
}

}  // namespace

LambdaResult<void> ReadLayers(Parameters& parameters, LambdaDatabase& database,
                              json& configuration) {
  const auto layers = parameters.Texts("Layers", kMaxLayers);
  PUMICE_TRY(parameters.Check());
  if (!layers) return Ok();
  json read = json::array();
  for (const std::string& layer : *layers) {
    PUMICE_TRY(json found, ReadLayer(layer, database));
    read.push_back(std::move(found));
  }
  if (read.empty()) {
    configuration.erase("Layers");
  } else {
    configuration["Layers"] = read;
  }
  return Ok();
}

}  // namespace pumice
