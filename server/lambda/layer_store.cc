// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/layer_store.h"

#include <utility>

#include <fmt/core.h>

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::string_view kPrefix = "lambda/layer/";
constexpr std::string_view kLayerArn = ":layer:";
constexpr std::string_view kFile = "file://";

}  // namespace

LayerName ParseLayerName(std::string_view text) {
  const auto at = text.find(kLayerArn);
  if (at != std::string_view::npos) text.remove_prefix(at + kLayerArn.size());
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {.name = std::string(text)};
  return {.name = std::string(text.substr(0, colon)),
          .version = std::string(text.substr(colon + 1))};
}

LambdaResult<void> LayerStore::Load() {
  PUMICE_TRY(const auto stored, ToLambda(state_.List(kPrefix)));
  for (const auto& [name, text] : stored) {
    json layer = json::parse(text, nullptr, false);
    if (!layer.is_object()) return LambdaError(kService, fmt::format("{} cannot be read", name));
    layers_.insert_or_assign(name.substr(kPrefix.size()), std::move(layer));
  }
  return Ok();
}

const json* LayerStore::Find(std::string_view name, std::string_view version) const {
  const auto layer = layers_.find(name);
  if (layer == layers_.end()) return nullptr;
  const json& versions = layer->second.at("versions");
  const auto found = versions.find(version);
  return found == versions.end() ? nullptr : &*found;
}

/// Functions keep the versions that were deleted.
const json* LayerStore::FindKept(std::string_view arn) const {
  if (const json* const version = FindArn(arn)) return version;
  const LayerName name = ParseLayerName(arn);
  const auto layer = layers_.find(name.name);
  if (layer == layers_.end() || !layer->second.contains("deleted")) return nullptr;
  const json& deleted = layer->second.at("deleted");
  const auto found = deleted.find(name.version);
  return found == deleted.end() ? nullptr : &*found;
}

const json* LayerStore::FindArn(std::string_view arn) const {
  const LayerName name = ParseLayerName(arn);
  return Find(name.name, name.version);
}

std::filesystem::path LayerStore::FolderOf(const std::string& arn) const {
  if (arn.starts_with(kFile)) return arn.substr(kFile.size());
  const json* const version = FindKept(arn);
  if (version == nullptr) return {};
  return code_.FolderOf(version->at("package"));
}

LambdaResult<void> LayerStore::Put(const std::string& name, json layer) {
  const std::string text = layer.dump(-1, ' ', false, json::error_handler_t::replace);
  PUMICE_TRY(ToLambda(state_.Put(std::string(kPrefix) + name, text)));
  layers_.insert_or_assign(name, std::move(layer));
  return Ok();
}

}  // namespace pumice
