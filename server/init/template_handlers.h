// SPDX-License-Identifier: Apache-2.0
#pragma once
// The stream functions of a CloudFormation, SAM or CDK template: those that an event source mapping
// on a DynamoDB stream calls and whose code is a folder of this machine. As a handlers.json says
// them (docs/handlers.md), so that one reader checks both. Pure.
// AWS: "AWS::Serverless::Function", "AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping".

#include <string>
#include <vector>

#include "base/result.h"
#include "server/init/template_functions.h"
#include "server/init/yaml_node.h"

namespace pumice {

struct TemplateHandlers {
  std::string json;                   // as a handlers.json; "": there is no such function
  std::vector<std::string> warnings;  // what was left out, each with file and line
};

/// Does the template map a stream to a function?
bool HasHandlers(const YamlNode& document);

/// Folders of code are relative to the template. A function whose code is elsewhere (S3, an image,
/// text in the template) is left out with its mappings, and so is a variable that cannot be
/// resolved: a warning says so. Errors: Validation, at the line: another function that cannot be
/// resolved; what is no number or flag.
Result<TemplateHandlers> ReadTemplateHandlers(const YamlNode& document,
                                              const TemplateSource& source);

}  // namespace pumice
