// SPDX-License-Identifier: Apache-2.0
#pragma once
// YAML (and so JSON, too) as a tree that knows its lines. CloudFormation's short forms are written
// out: !Sub x is {Fn::Sub: x}. Plain values.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pumice {

struct YamlNode {
  struct Member;
  enum class Kind : std::uint8_t { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  std::string text;                // of a scalar, whatever it looks like
  bool quoted = false;             // of a scalar: it stands in quotes
  std::vector<YamlNode> elements;  // of a list
  std::vector<Member> members;     // of a map, in the order of the file
  std::size_t line = 0;

  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_map() const { return kind == Kind::kMap; }
  /// nullptr: this is no map, or has no such member.
  const YamlNode* Find(std::string_view name) const;
};

struct YamlNode::Member {
  std::string name;
  YamlNode value;
};

YamlNode ScalarNode(std::string_view text, std::size_t line);

/// The documents of `text`, those that are not empty. Errors: Validation, at the line: no YAML, a
/// name that is none or stands there twice; and what yaml/ bounds.
Result<std::vector<YamlNode>> ReadYaml(const std::string& text, std::string_view path);

/// As the body of a request: units and flags are numbers and booleans by their members' names,
/// every other scalar is text. Errors: Validation, at the line of what is no number or flag.
Result<std::string> RequestJson(const YamlNode& node, std::string_view path);

}  // namespace pumice
