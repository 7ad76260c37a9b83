// SPDX-License-Identifier: Apache-2.0
#pragma once
// CloudFormation's functions, as far as a template alone says what they give: Ref, Fn::GetAtt and
// Fn::Sub to parameters with a Default, to pseudo parameters and to the template's own tables,
// functions, queues, topics and buckets; Fn::Join, Fn::FindInMap, Fn::If and conditions of those.
// All others are refused. Pure.
// AWS: "Intrinsic function reference", "Pseudo parameters reference".

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/init/yaml_node.h"

namespace pumice {

struct TemplateSource {
  std::string_view path;
  std::string stack;  // AWS::StackName
  std::string region;
  std::string account_id;
};

/// Lifetime: template and source outlive it. Thread rule: one thread.
class TemplateFunctions {
 public:
  TemplateFunctions(const YamlNode& document, const TemplateSource& source)
      : document_(document), source_(source) {}

  /// `node` with every function in it replaced by what it gives; nothing for AWS::NoValue. Errors:
  /// Validation, at the function's line: what it needs is not in the template.
  Result<std::optional<YamlNode>> Resolve(const YamlNode& node);

  /// Of the section Conditions. Errors: as Resolve.
  Result<bool> Condition(const std::string& name, std::size_t line);

  /// What `resource` is named by its TableName, FunctionName, …, else as the template names it.
  /// Precondition: a resource of a type whose names are known (see .cc). Errors: as Resolve.
  Result<std::string> NameOf(const std::string& resource, const YamlNode& definition);

 private:
  using Resolved = Result<std::optional<YamlNode>>;

  Resolved ResolveAll(const YamlNode& node);
  Resolved Call(const std::string& function, const YamlNode& argument);
  Resolved Ref(const YamlNode& name);
  Resolved GetAtt(const YamlNode& argument);
  Resolved Sub(const YamlNode& argument);
  Resolved Join(const YamlNode& argument);
  Resolved FindInMap(const YamlNode& argument);
  Resolved If(const YamlNode& argument);
  Result<bool> Holds(const YamlNode& condition);
  Result<bool> Combined(const std::string& function, const YamlNode& argument);

  /// Of the resource `name`. Errors: there is none that gives it.
  Result<std::string> Attribute(const std::string& name, std::string_view attribute,
                                std::size_t line);
  /// What `name` stands for in Ref and Sub, if that is text.
  Result<std::string> TextOf(const std::string& name, std::size_t line);
  std::optional<std::string> PseudoParameter(std::string_view name) const;
  /// The text that `node` gives. Errors: it gives something else.
  Result<std::string> Text(const YamlNode& node);
  Error Wrong(std::size_t line, std::string_view text) const;

  const YamlNode& document_;
  const TemplateSource& source_;
  std::size_t depth_ = 0;  // of conditions and names that stand on others
};

}  // namespace pumice
