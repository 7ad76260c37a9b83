// SPDX-License-Identifier: Apache-2.0
#pragma once
// The variables of a serverless.yml: ${self:a.b}, ${sls:stage}, ${env:NAME}, ${aws:region}, one in
// another, with defaults behind commas; ${opt:…} always has its default. Others (ssm, cf, file, …)
// need what is not in the file. ${AWS::Region} and its like belong to CloudFormation and stay.
// Serverless Framework: "Variables".

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/init/template_functions.h"
#include "server/init/yaml_node.h"

namespace pumice {

/// Lifetime: document and source outlive it. Thread rule: one thread.
class ServerlessVariables {
 public:
  ServerlessVariables(const YamlNode& document, const TemplateSource& source)
      : document_(document), source_(source) {}

  /// `node` with its variables filled in. One that cannot be becomes {"Fn::Variable <text>": null}.
  /// Errors: Validation, at the line: variables that stand on one another.
  Result<YamlNode> Fill(const YamlNode& node);

  /// provider.stage, "dev" without.
  Result<std::string> Stage();

 private:
  using Value = std::optional<YamlNode>;  // none: it is not known here

  Result<YamlNode> FillText(const YamlNode& node);
  Result<Value> Lookup(std::string_view variable, std::size_t line);
  Result<Value> LookupOne(std::string_view variable, std::size_t line);
  Result<Value> Self(std::string_view address);
  Result<Value> OfProvider(std::string_view name, std::string_view otherwise, std::size_t line);

  const YamlNode& document_;
  const TemplateSource& source_;
  std::size_t depth_ = 0;
};

}  // namespace pumice
