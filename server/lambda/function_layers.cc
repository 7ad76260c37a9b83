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

}  // namespace

LambdaResult<void> ReadLayers(Parameters& parameters, LambdaDatabase&, json& configuration) {
  const auto layers = parameters.Texts("Layers", kMaxLayers);
  PUMICE_TRY(parameters.Check());
  if (!layers) return Ok();
  json read = json::array();
  for (const std::string& layer : *layers) {
    std::error_code ignored;
    const bool there = layer.starts_with(kFile) &&
                       std::filesystem::is_directory(layer.substr(kFile.size()), ignored);
    if (!there) {
      return InvalidParameter(fmt::format(
          "There is no layer {}: name one as file:///folder, laid out as below /opt", layer));
    }
    read.push_back({{"Arn", layer}, {"CodeSize", 0}});
  }
  if (read.empty()) {
    configuration.erase("Layers");
  } else {
    configuration["Layers"] = read;
  }
  return Ok();
}

}  // namespace pumice
