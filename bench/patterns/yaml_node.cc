// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/yaml_node.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "bench/patterns/text_file.h"

namespace pumice::patterns {
namespace {

// 32 of an attribute value, each with its type's name, and those around it.
constexpr std::size_t kMaxLevels = 80;

/// The node is quoted in the file, so it is text whatever it looks like.
bool IsQuoted(const YAML::Node& node) { return node.Tag() == "!"; }

std::optional<double> NumberOf(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

/// What JSON calls a number; 007 and +1 are text.
bool IsJsonNumber(const std::string& text) {
  if (text.empty() || text.find_first_not_of("0123456789+-.eE") != std::string::npos) return false;
  return Json::accept(text);
}

Json ScalarJson(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (IsQuoted(node)) return text;
  if (text == "true" || text == "false") return text == "true";
  if (text == "null" || text == "~" || text.empty()) return nullptr;
  return IsJsonNumber(text) ? Json::parse(text) : Json(text);
}

/// {N: 5}: a DynamoDB value of a type whose content is text.
bool IsTypedText(const YAML::Node& node) {
  static const std::set<std::string> kTypes = {"S", "N", "B", "SS", "NS", "BS"};
  return node.IsMap() && node.size() == 1 && kTypes.contains(node.begin()->first.Scalar());
}

Json TextJson(const YAML::Node& node) {
  if (!node.IsSequence()) return node.IsScalar() ? Json(node.Scalar()) : Json(nullptr);
  Json list = Json::array();
  for (const auto& element : node) list.push_back(TextJson(element));
  return list;
}

/// {NULL: true} is a value of DynamoDB; YAML takes an unquoted NULL for its own null.
std::string NameOf(const YAML::Node& name) { return name.IsNull() ? "NULL" : name.Scalar(); }

Json NodeJson(const YAML::Node& node) {
  if (node.IsSequence()) {
    Json list = Json::array();
    for (const auto& element : node) list.push_back(NodeJson(element));
    return list;
  }
  if (!node.IsMap()) return node.IsScalar() ? ScalarJson(node) : Json(nullptr);
  const bool typed_text = IsTypedText(node);
  Json map = Json::object();
  for (const auto& member : node) {
    map[NameOf(member.first)] = typed_text ? TextJson(member.second) : NodeJson(member.second);
  }
  return map;
}

}  // namespace

std::string JsonLine(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string JoinedByComma(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

Result<YamlNode> YamlNode::ReadFile(const std::string& path) {
  PUMICE_TRY(const std::string text, ReadTextFile(path));
  PUMICE_TRY(std::vector<YAML::Node> documents, ReadYamlDocuments(text, {path, kMaxLevels}));
  if (documents.empty() || !documents.front().IsMap()) {
    return Error(ErrorCode::kValidation,
                 fmt::format("{}: a map of members is needed; docs/patterns.md has one", path));
  }
  return YamlNode(std::move(documents.front()), std::make_shared<const std::string>(path));
}

std::optional<YamlNode> YamlNode::Find(std::string_view name) const {
  if (!node_.IsMap()) return std::nullopt;
  for (const auto& member : node_) {
    if (member.first.IsScalar() && member.first.Scalar() == name) {
      return YamlNode(member.second, path_);
    }
  }
  return std::nullopt;
}

Result<YamlNode> YamlNode::Member(std::string_view name) const {
  std::optional<YamlNode> found = Find(name);
  if (!found) return Wrong(fmt::format("'{}' is missing here", name));
  return *std::move(found);
}

Result<std::vector<YamlNode::Entry>> YamlNode::Entries() const {
  if (!node_.IsMap()) return Wrong("a map of names and values is needed here");
  std::vector<Entry> entries;
  std::set<std::string> seen;
  for (const auto& member : node_) {
    const YamlNode name(member.first, path_);
    PUMICE_TRY(std::string text, name.Text());
    if (!seen.insert(text).second) return name.Wrong(fmt::format("'{}' stands here twice", text));
    entries.push_back({std::move(text), YamlNode(member.second, path_), name});
  }
  return entries;
}

Result<void> YamlNode::CheckMembers(std::initializer_list<std::string_view> known) const {
  PUMICE_TRY(const std::vector<Entry> entries, Entries());
  for (const Entry& entry : entries) {
    if (std::find(known.begin(), known.end(), entry.name) != known.end()) continue;
    const std::vector<std::string> names(known.begin(), known.end());
    return entry.name_node.Wrong(fmt::format("unknown member '{}'; what may stand here: {}",
                                             entry.name, JoinedByComma(names)));
  }
  return Ok();
}

Result<std::vector<YamlNode>> YamlNode::Elements() const {
  if (!node_.IsSequence()) return Wrong("a list is needed here");
  std::vector<YamlNode> elements;
  for (const auto& element : node_) elements.push_back(YamlNode(element, path_));
  return elements;
}

Result<std::string> YamlNode::Text() const {
  if (!node_.IsScalar() || node_.Scalar().empty()) return Wrong("a text is needed here");
  return node_.Scalar();
}

Result<double> YamlNode::Number() const {
  const std::optional<double> number = node_.IsScalar() ? NumberOf(node_.Scalar()) : std::nullopt;
  if (!number || *number < 0) return Wrong("a number that is not negative is needed here");
  return *number;
}

Result<std::uint64_t> YamlNode::Count(std::uint64_t least, std::uint64_t most) const {
  const std::optional<double> number = node_.IsScalar() ? NumberOf(node_.Scalar()) : std::nullopt;
  const bool whole = number && *number == std::floor(*number);
  if (!whole || *number < static_cast<double>(least) || *number > static_cast<double>(most)) {
    return Wrong(fmt::format("a whole number from {} to {} is needed here", least, most));
  }
  return static_cast<std::uint64_t>(*number);
}

Result<bool> YamlNode::Flag() const {
  const std::string text = node_.IsScalar() ? node_.Scalar() : std::string();
  if (text != "true" && text != "false") return Wrong("true or false is needed here");
  return text == "true";
}

std::vector<YamlNode> YamlNode::Scalars() const {
  if (node_.IsScalar()) return {*this};
  std::vector<YamlNode> scalars;
  const auto add = [&](const YAML::Node& node) {
    for (YamlNode& below : YamlNode(node, path_).Scalars()) scalars.push_back(std::move(below));
  };
  for (const auto& element : node_) {
    if (node_.IsSequence()) {
      add(element);
    } else {
      add(element.first);
      add(element.second);
    }
  }
  return scalars;
}

Json YamlNode::ToJson() const { return NodeJson(node_); }

Error YamlNode::Wrong(std::string_view text) const {
  return Error(ErrorCode::kValidation, fmt::format("{}:{}: {}", *path_, LineOf(node_), text));
}

}  // namespace pumice::patterns
