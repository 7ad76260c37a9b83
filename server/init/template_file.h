// SPDX-License-Identifier: Apache-2.0
#pragma once
// The tables of a CloudFormation (or SAM) template: its resources of type AWS::DynamoDB::Table, as
// requests of CreateTable and UpdateTimeToLive. Pure.
// AWS: "AWS::DynamoDB::Table" in the CloudFormation template reference.

#include "base/result.h"
#include "server/init/init_step.h"
#include "server/init/template_functions.h"
#include "server/init/yaml_node.h"

namespace pumice {

/// Is `document` a template? It has Resources then.
bool IsTemplate(const YamlNode& document);

/// Other resources are passed over; a table whose condition does not hold is, too. What Pumice has
/// no use for (backups, policies, Kinesis, contributor insights) is left out of the request.
/// Errors: Validation, at the line: a member that the type does not have, a function that cannot be
/// resolved, a table of another type, no table at all; those of the visitor.
Result<void> ReadTemplate(const YamlNode& document, const TemplateSource& source,
                          StepVisitor visit);

}  // namespace pumice
