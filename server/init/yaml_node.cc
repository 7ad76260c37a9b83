// SPDX-License-Identifier: Apache-2.0
#include "server/init/yaml_node.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "server/init/init_step.h"
#include "yaml/yaml_documents.h"

namespace pumice {
namespace {

constexpr std::size_t kMaxLevels = 500;  // as the parser has without aliases

constexpr std::array<std::string_view, 6> kNumbers = {"MaxReadRequestUnits", "MaxWriteRequestUnits",
                                                      "ReadCapacityUnits",   "ReadUnitsPerSecond",
                                                      "WriteCapacityUnits",  "WriteUnitsPerSecond"};
constexpr std::array<std::string_view, 6> kFlags = {
    "BOOL", "DeletionProtectionEnabled", "Enabled", "NULL", "SSEEnabled", "StreamEnabled"};

template <std::size_t N>
bool IsAmong(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// !Ref -> Ref, !Condition -> Condition, !Sub -> Fn::Sub; "" for what is no short form.
std::string FunctionOf(const std::string& tag) {
  if (tag.size() < 2 || tag[0] != '!' || tag[1] == '!') return {};
  const std::string name = tag.substr(1);
  return name == "Ref" || name == "Condition" ? name : "Fn::" + name;
}

class TreeBuilder {
 public:
  explicit TreeBuilder(std::string_view path) : path_(path) {}

  Result<YamlNode> Build(const YAML::Node& node) {
    PUMICE_TRY(YamlNode built, BuildPlain(node));
    std::string function = FunctionOf(node.Tag());
    if (function.empty()) return built;
    YamlNode call;
    call.kind = YamlNode::Kind::kMap;
    call.line = built.line;
    call.members.push_back({std::move(function), std::move(built)});
    return call;
  }

 private:
  Result<YamlNode> BuildPlain(const YAML::Node& node) {
    YamlNode built;
    built.line = LineOf(node);
    switch (node.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null: return built;
      case YAML::NodeType::Scalar:
        built.kind = YamlNode::Kind::kScalar;
        built.text = node.Scalar();
        built.quoted = node.Tag() == "!";
        return built;
      case YAML::NodeType::Sequence: return BuildList(node, std::move(built));
      case YAML::NodeType::Map: return BuildMap(node, std::move(built));
    }
    return built;
  }

  Result<YamlNode> BuildList(const YAML::Node& node, YamlNode built) {
    built.kind = YamlNode::Kind::kList;
    for (const auto& element : node) {
      PUMICE_TRY(YamlNode value, Build(element));
      built.elements.push_back(std::move(value));
    }
    return built;
  }

  Result<YamlNode> BuildMap(const YAML::Node& node, YamlNode built) {
    built.kind = YamlNode::Kind::kMap;
    std::unordered_set<std::string> names;
    for (const auto& member : node) {
      const std::size_t line = LineOf(member.first);
      if (!member.first.IsScalar()) return WrongAt(path_, line, "a name is needed here");
      std::string name = member.first.Scalar();
      if (!names.insert(name).second) {
        return WrongAt(path_, line, fmt::format("{} stands here twice", name));
      }
      PUMICE_TRY(YamlNode value, Build(member.second));
      built.members.push_back({std::move(name), std::move(value)});
    }
    return built;
  }

  std::string_view path_;
};

using Json = nlohmann::ordered_json;

Result<Json> ToJson(const YamlNode& node, std::string_view name, std::string_view path) {
  if (node.is_list()) {
    Json list = Json::array();
    for (const YamlNode& element : node.elements) {
      PUMICE_TRY(Json value, ToJson(element, {}, path));
      list.push_back(std::move(value));
    }
    return list;
  }
  if (node.is_map()) {
    Json map = Json::object();
    for (const auto& [member, inside] : node.members) {
      PUMICE_TRY(map[member], ToJson(inside, member, path));
    }
    return map;
  }
  if (!node.is_scalar()) return Json(nullptr);
  if (IsAmong(kFlags, name)) {
    if (node.text == "true" || node.text == "false") return Json(node.text == "true");
    return WrongAt(path, node.line, fmt::format("{}: true or false is needed", name));
  }
  if (IsAmong(kNumbers, name)) {
    Json number = Json::parse(node.text, nullptr, false);
    if (number.is_number_integer()) return number;
    return WrongAt(path, node.line, fmt::format("{}: a whole number is needed", name));
  }
  return Json(node.text);
}

}  // namespace

const YamlNode* YamlNode::Find(std::string_view name) const {
  for (const Member& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

YamlNode ScalarNode(std::string_view text, std::size_t line) {
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.text = text;
  node.line = line;
  return node;
}

Result<std::vector<YamlNode>> ReadYaml(const std::string& text, std::string_view path) {
  PUMICE_TRY(const std::vector<YAML::Node> parsed,
             ReadYamlDocuments(text, {path, kMaxLevels, "this is no YAML: "}));
  TreeBuilder builder(path);
  std::vector<YamlNode> documents;
  for (const YAML::Node& node : parsed) {
    if (!node.IsDefined() || node.IsNull()) continue;
    PUMICE_TRY(YamlNode document, builder.Build(node));
    documents.push_back(std::move(document));
  }
  return documents;
}

Result<std::string> RequestJson(const YamlNode& node, std::string_view path) {
  PUMICE_TRY(const Json json, ToJson(node, {}, path));
  try {
    return json.dump();
  } catch (const Json::exception&) {
    return WrongAt(path, node.line, "there is text that is not UTF-8");
  }
}

}  // namespace pumice
