// SPDX-License-Identifier: Apache-2.0
#pragma once
// A serverless.yml (Serverless Framework) as the CloudFormation template that it stands for: its
// resources, and its functions with events of type `stream`. Variables are filled in as far as the
// file, the environment and the defaults say them. Pure but for reading the environment.
// Serverless Framework: "Serverless.yml Reference", "Variables", "DynamoDB Streams".

#include <string_view>

#include "base/result.h"
#include "server/init/template_functions.h"
#include "server/init/yaml_node.h"

namespace pumice {

/// It has a service, a provider, and functions or resources then.
bool IsServerless(const YamlNode& document);

/// A variable that cannot be filled in stands in the template as a function that cannot be
/// resolved. Errors: Validation, at the line: a stream without an ARN; variables that stand on one
/// another.
Result<YamlNode> TemplateOfServerless(const YamlNode& document, const TemplateSource& source);

}  // namespace pumice
