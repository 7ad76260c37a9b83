// SPDX-License-Identifier: Apache-2.0
#pragma once
// A YAML file as a tree whose every mistake is told with file and line. Thread rule: one thread.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "yaml/yaml_documents.h"

namespace pumice::patterns {

using Json = nlohmann::ordered_json;

/// As one line; bytes that are no UTF-8 become U+FFFD.
std::string JsonLine(const Json& json);

/// "a, b, c"
std::string JoinedByComma(const std::vector<std::string>& words);

class YamlNode {
 public:
  /// The first document of the file. Errors: Validation: as ReadTextFile and ReadYamlDocuments; it
  /// is no map.
  static Result<YamlNode> ReadFile(const std::string& path);

  bool is_map() const { return node_.IsMap(); }
  bool is_list() const { return node_.IsSequence(); }
  bool is_scalar() const { return node_.IsScalar(); }

  /// A member of a map; nothing where there is none, or this is no map.
  std::optional<YamlNode> Find(std::string_view name) const;
  /// Errors: Validation, "<where>: <name> is missing".
  Result<YamlNode> Member(std::string_view name) const;
  /// Errors: Validation, if this is no map, a member is not among `known`, or stands there twice.
  Result<void> CheckMembers(std::initializer_list<std::string_view> known) const;

  struct Entry;
  /// Of a map, in the order of the file. Errors: Validation: no map, or a name stands there twice.
  Result<std::vector<Entry>> Entries() const;
  /// Of a list. Errors: Validation: no list.
  Result<std::vector<YamlNode>> Elements() const;

  /// A scalar. Errors: Validation: it is something else; the text is empty; the number is none or
  /// is out of range.
  Result<std::string> Text() const;
  Result<double> Number() const;
  Result<std::uint64_t> Count(std::uint64_t least, std::uint64_t most) const;
  Result<bool> Flag() const;

  /// The scalars in and below this node, names of members included.
  std::vector<YamlNode> Scalars() const;
  /// As the file has it; empty where this is no scalar.
  const std::string& scalar() const { return node_.Scalar(); }

  /// All of it as JSON: unquoted true, false, null and numbers are what they look like, all else is
  /// text. In DynamoDB's values ({N: 5}, {S: 5}, {B: ...}, {NS: [1, 2]}, ...) everything is text.
  Json ToJson() const;

  const std::string& path() const { return *path_; }

  /// "<path>:<line>: <text>"
  Error Wrong(std::string_view text) const;

 private:
  YamlNode(YAML::Node node, std::shared_ptr<const std::string> path)
      : node_(std::move(node)), path_(std::move(path)) {}

  YAML::Node node_;
  std::shared_ptr<const std::string> path_;
};

struct YamlNode::Entry {
  std::string name;
  YamlNode value;
  YamlNode name_node;  // where the name stands
};

}  // namespace pumice::patterns
