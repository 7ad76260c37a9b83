// SPDX-License-Identifier: Apache-2.0
#include "server/init/template_functions.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "server/init/depth_guard.h"
#include "server/init/init_step.h"

namespace pumice {
namespace {

bool IsFunction(const YamlNode& node) {
  if (!node.is_map() || node.members.size() != 1) return false;
  const std::string& name = node.members.front().name;
  return name == "Ref" || name.starts_with("Fn::");
}

/// The member `name` of the template's section `section`.
const YamlNode* InSection(const YamlNode& document, const char* section, std::string_view name) {
  const YamlNode* found = document.Find(section);
  return found == nullptr ? nullptr : found->Find(name);
}

/// A type of resource that names itself. In the forms, {0} is the region, {1} the account, {2} the
/// name.
struct ResourceKind {
  std::string_view type;
  std::string_view name_property;
  std::string_view ref;
  std::string_view arn;
};

constexpr std::array<ResourceKind, 6> kKinds = {{
    {"AWS::DynamoDB::Table", "TableName", "{2}", "arn:aws:dynamodb:{0}:{1}:table/{2}"},
    {"AWS::Lambda::Function", "FunctionName", "{2}", "arn:aws:lambda:{0}:{1}:function:{2}"},
    {"AWS::S3::Bucket", "BucketName", "{2}", "arn:aws:s3:::{2}"},
    {"AWS::SNS::Topic", "TopicName", "arn:aws:sns:{0}:{1}:{2}", "arn:aws:sns:{0}:{1}:{2}"},
    {"AWS::SQS::Queue", "QueueName", "https://sqs.{0}.amazonaws.com/{1}/{2}",
     "arn:aws:sqs:{0}:{1}:{2}"},
    {"AWS::Serverless::Function", "FunctionName", "{2}", "arn:aws:lambda:{0}:{1}:function:{2}"},
}};

const ResourceKind* KindOf(const YamlNode* resource) {
  const YamlNode* type = resource == nullptr ? nullptr : resource->Find("Type");
  if (type == nullptr) return nullptr;
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const ResourceKind& kind) {
    return kind.type == type->text;
  });
  return found == kKinds.end() ? nullptr : &*found;
}

/// A table's stream stands for its newest one: that of the table's own ARN.
std::string_view FormOf(const ResourceKind& kind, std::string_view attribute) {
  if (attribute == "Ref") return kind.ref;
  const bool is_arn = attribute == "Arn" ||
                      (attribute == "StreamArn" && kind.name_property == "TableName") ||
                      (attribute == "TopicArn" && kind.name_property == "TopicName");
  if (is_arn) return kind.arn;
  return attribute == kind.name_property ? "{2}" : "";
}

}  // namespace

Error TemplateFunctions::Wrong(std::size_t line, std::string_view text) const {
  return WrongAt(source_.path, line, text);
}

TemplateFunctions::Resolved TemplateFunctions::Resolve(const YamlNode& node) {
  if (!IsFunction(node)) return ResolveAll(node);
  const DepthGuard guard(depth_);
  if (guard.too_deep()) return Wrong(node.line, "the functions here stand on one another");
  const auto& [function, argument] = node.members.front();
  return Call(function, argument);
}

/// What gives AWS::NoValue is left out.
TemplateFunctions::Resolved TemplateFunctions::ResolveAll(const YamlNode& node) {
  YamlNode resolved = node;
  resolved.elements.clear();
  resolved.members.clear();
  for (const YamlNode& element : node.elements) {
    PUMICE_TRY(std::optional<YamlNode> value, Resolve(element));
    if (value) resolved.elements.push_back(*std::move(value));
  }
  for (const auto& [name, inside] : node.members) {
    PUMICE_TRY(std::optional<YamlNode> value, Resolve(inside));
    if (value) resolved.members.push_back({name, *std::move(value)});
  }
  return std::optional(std::move(resolved));
}

TemplateFunctions::Resolved TemplateFunctions::Call(const std::string& function,
                                                    const YamlNode& argument) {
  if (function == "Ref") return Ref(argument);
  if (function == "Fn::GetAtt") return GetAtt(argument);
  if (function == "Fn::Sub") return Sub(argument);
  if (function == "Fn::Join") return Join(argument);
  if (function == "Fn::FindInMap") return FindInMap(argument);
  if (function == "Fn::If") return If(argument);
  return Wrong(argument.line,
               fmt::format("{} needs what is not in the template; write the value here", function));
}

// --- Names
// -----------------------------------------------------------------------------------------

std::optional<std::string> TemplateFunctions::PseudoParameter(std::string_view name) const {
  if (name == "AWS::AccountId") return source_.account_id;
  if (name == "AWS::Partition") return "aws";
  if (name == "AWS::Region") return source_.region;
  if (name == "AWS::StackName") return source_.stack;
  if (name == "AWS::URLSuffix") return "amazonaws.com";
  return std::nullopt;
}

Result<std::string> TemplateFunctions::TextOf(const std::string& name, std::size_t line) {
  if (auto pseudo = PseudoParameter(name)) return *std::move(pseudo);
  if (const YamlNode* parameter = InSection(document_, "Parameters", name)) {
    const YamlNode* value = parameter->Find("Default");
    if (value != nullptr && value->is_scalar()) return value->text;
    return Wrong(line, fmt::format("the parameter {} has no Default; give it one", name));
  }
  if (const std::size_t dot = name.find('.'); dot != std::string::npos) {
    return Attribute(name.substr(0, dot), std::string_view(name).substr(dot + 1), line);
  }
  return Attribute(name, "Ref", line);
}

Result<std::string> TemplateFunctions::Attribute(const std::string& name,
                                                 std::string_view attribute, std::size_t line) {
  const YamlNode* resource = InSection(document_, "Resources", name);
  const ResourceKind* kind = KindOf(resource);
  const std::string_view form = kind == nullptr ? "" : FormOf(*kind, attribute);
  if (!form.empty()) {
    PUMICE_TRY(const std::string own_name, NameOf(name, *resource));
    return fmt::format(fmt::runtime(form), source_.region, source_.account_id, own_name);
  }
  if (attribute != "Ref") {
    return Wrong(line, fmt::format("Fn::GetAtt needs what is not in the template, {}.{}; write the "
                                   "value here",
                                   name, attribute));
  }
  return Wrong(line, fmt::format("{} is neither a parameter nor a table, function, queue, topic or "
                                 "bucket of this template; write the value here",
                                 name));
}

Result<std::string> TemplateFunctions::NameOf(const std::string& resource,
                                              const YamlNode& definition) {
  const DepthGuard guard(depth_);
  if (guard.too_deep()) return Wrong(definition.line, "the resources' names stand on one another");
  const std::string_view property = KindOf(&definition)->name_property;
  const YamlNode* properties = definition.Find("Properties");
  const YamlNode* name = properties == nullptr ? nullptr : properties->Find(property);
  if (name == nullptr) return resource;
  PUMICE_TRY(const std::optional<YamlNode> resolved, Resolve(*name));
  if (!resolved) return resource;
  if (!resolved->is_scalar()) {
    return Wrong(name->line, fmt::format("{}: a text is needed", property));
  }
  return resolved->text;
}

TemplateFunctions::Resolved TemplateFunctions::Ref(const YamlNode& name) {
  if (name.text == "AWS::NoValue") return std::optional<YamlNode>();
  PUMICE_TRY(std::string text, TextOf(name.text, name.line));
  return std::optional(ScalarNode(std::move(text), name.line));
}

/// "Name.Attribute" or [Name, Attribute].
TemplateFunctions::Resolved TemplateFunctions::GetAtt(const YamlNode& argument) {
  std::string name = argument.text;
  if (argument.is_list() && argument.elements.size() == 2) {
    name = fmt::format("{}.{}", argument.elements[0].text, argument.elements[1].text);
  }
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos) {
    return Wrong(argument.line, "Fn::GetAtt: a resource and an attribute are needed");
  }
  PUMICE_TRY(std::string text,
             Attribute(name.substr(0, dot), std::string_view(name).substr(dot + 1), argument.line));
  return std::optional(ScalarNode(std::move(text), argument.line));
}

// --- Texts
// -----------------------------------------------------------------------------------------

Result<std::string> TemplateFunctions::Text(const YamlNode& node) {
  PUMICE_TRY(const std::optional<YamlNode> resolved, Resolve(node));
  if (!resolved || !resolved->is_scalar()) return Wrong(node.line, "a text is needed here");
  return resolved->text;
}

/// Fn::Sub: text, or [text, {name: value}].
TemplateFunctions::Resolved TemplateFunctions::Sub(const YamlNode& argument) {
  const bool list = argument.is_list() && argument.elements.size() == 2;
  const YamlNode& pattern = list ? argument.elements[0] : argument;
  const YamlNode* names = list ? &argument.elements[1] : nullptr;
  if (!pattern.is_scalar()) return Wrong(argument.line, "Fn::Sub: a text is needed");
  std::string text;
  std::string_view rest = pattern.text;
  for (std::size_t at = 0; (at = rest.find("${")) != rest.npos;) {
    text += rest.substr(0, at);
    const std::size_t end = rest.find('}', at);
    if (end == rest.npos) return Wrong(pattern.line, "Fn::Sub: a ${ is not closed");
    const std::string name(rest.substr(at + 2, end - at - 2));
    rest.remove_prefix(end + 1);
    if (name.starts_with('!')) {
      text += fmt::format("${{{}}}", name.substr(1));
      continue;
    }
    const YamlNode* own = names == nullptr ? nullptr : names->Find(name);
    PUMICE_TRY(const std::string value, own ? Text(*own) : TextOf(name, pattern.line));
    text += value;
  }
  text += rest;
  return std::optional(ScalarNode(std::move(text), argument.line));
}

/// Fn::Join: [delimiter, [text, ...]].
TemplateFunctions::Resolved TemplateFunctions::Join(const YamlNode& argument) {
  const bool right = argument.elements.size() == 2 && argument.elements[0].is_scalar() &&
                     argument.elements[1].is_list();
  if (!right) return Wrong(argument.line, "Fn::Join: a delimiter and a list are needed");
  PUMICE_TRY(const std::optional<YamlNode> parts, ResolveAll(argument.elements[1]));
  std::string text;
  for (const YamlNode& part : parts->elements) {
    if (!part.is_scalar()) return Wrong(part.line, "Fn::Join: a text is needed here");
    if (&part != &parts->elements.front()) text += argument.elements[0].text;
    text += part.text;
  }
  return std::optional(ScalarNode(std::move(text), argument.line));
}

/// Fn::FindInMap: [map, first key, second key].
TemplateFunctions::Resolved TemplateFunctions::FindInMap(const YamlNode& argument) {
  const YamlNode* found = document_.Find("Mappings");
  std::string names;
  for (const YamlNode& element : argument.elements) {
    PUMICE_TRY(const std::string name, Text(element));
    names += (names.empty() ? "" : ", ") + name;
    if (found != nullptr) found = found->Find(name);
  }
  if (found == nullptr || argument.elements.size() != 3) {
    return Wrong(argument.line, fmt::format("Fn::FindInMap: Mappings has no [{}]", names));
  }
  return std::optional(*found);
}

// --- Conditions
// ------------------------------------------------------------------------------------

/// Fn::If: [condition, value, other value].
TemplateFunctions::Resolved TemplateFunctions::If(const YamlNode& argument) {
  if (argument.elements.size() != 3) {
    return Wrong(argument.line, "Fn::If: a condition and two values are needed");
  }
  PUMICE_TRY(const bool holds, Condition(argument.elements[0].text, argument.line));
  return Resolve(argument.elements[holds ? 1 : 2]);
}

Result<bool> TemplateFunctions::Condition(const std::string& name, std::size_t line) {
  const YamlNode* condition = InSection(document_, "Conditions", name);
  if (condition != nullptr) return Holds(*condition);
  return Wrong(line, fmt::format("Conditions has no '{}'", name));
}

Result<bool> TemplateFunctions::Holds(const YamlNode& condition) {
  const DepthGuard guard(depth_);
  if (guard.too_deep()) return Wrong(condition.line, "the conditions stand on one another");
  if (!condition.is_map() || condition.members.size() != 1) {
    return Wrong(condition.line, "a condition is needed here");
  }
  const auto& [function, argument] = condition.members.front();
  if (function == "Condition") return Condition(argument.text, argument.line);
  return Combined(function, argument);
}

Result<bool> TemplateFunctions::Combined(const std::string& function, const YamlNode& argument) {
  const std::vector<YamlNode>& parts = argument.elements;
  if (function == "Fn::Equals" && parts.size() == 2) {
    PUMICE_TRY(const std::string one, Text(parts[0]));
    PUMICE_TRY(const std::string other, Text(parts[1]));
    return one == other;
  }
  const bool is_not = function == "Fn::Not" && parts.size() == 1;
  if (!is_not && function != "Fn::And" && function != "Fn::Or") {
    return Wrong(argument.line, fmt::format("{}: no condition can be made of this", function));
  }
  for (const YamlNode& part : parts) {
    PUMICE_TRY(const bool holds, Holds(part));
    if (is_not) return !holds;
    if (holds == (function == "Fn::Or")) return holds;
  }
  return function == "Fn::And";
}

}  // namespace pumice
