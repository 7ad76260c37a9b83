// SPDX-License-Identifier: Apache-2.0
#include "server/init/template_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "server/init/template_handlers.h"

namespace pumice {
namespace {

using Json = nlohmann::ordered_json;

/// Named alike in CreateTable's request.
constexpr std::array<std::string_view, 11> kSameMembers = {"AttributeDefinitions",
                                                           "BillingMode",
                                                           "DeletionProtectionEnabled",
                                                           "GlobalSecondaryIndexes",
                                                           "KeySchema",
                                                           "LocalSecondaryIndexes",
                                                           "OnDemandThroughput",
                                                           "ProvisionedThroughput",
                                                           "TableClass",
                                                           "Tags",
                                                           "WarmThroughput"};
/// Without effect here, so functions in them need not be resolved.
constexpr std::array<std::string_view, 5> kLeftOut = {
    "ContributorInsightsSpecification", "ImportSourceSpecification", "KinesisStreamSpecification",
    "PointInTimeRecoverySpecification", "ResourcePolicy"};

template <std::size_t N>
bool IsAmong(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void Remove(YamlNode& map, std::string_view name) {
  std::erase_if(map.members, [&](const YamlNode::Member& member) { return member.name == name; });
}

/// A template says which view a stream has; the request says as well that there is one.
YamlNode Stream(YamlNode specification) {
  Remove(specification, "ResourcePolicy");
  specification.members.push_back({"StreamEnabled", ScalarNode("true", specification.line)});
  return specification;
}

YamlNode Encryption(YamlNode specification) {
  for (YamlNode::Member& member : specification.members) {
    if (member.name == "SSEEnabled") member.name = "Enabled";
  }
  return specification;
}

YamlNode Indexes(YamlNode indexes) {
  for (YamlNode& index : indexes.elements) Remove(index, "ContributorInsightsSpecification");
  return indexes;
}

class TableResource {
 public:
  TableResource(std::string_view path, std::string table) : path_(path), table_(std::move(table)) {}

  /// `properties` without functions.
  Result<void> Read(const YamlNode& properties) {
    request_.kind = YamlNode::Kind::kMap;
    request_.line = properties.line;
    request_.members.push_back({"TableName", ScalarNode(table_, properties.line)});
    for (const auto& [name, value] : properties.members) {
      PUMICE_TRY(Add(name, value));
    }
    return Ok();
  }

  Result<void> Visit(std::size_t line, StepVisitor visit) const {
    PUMICE_TRY(std::string body, RequestJson(request_, path_));
    PUMICE_TRY(visit({TableStep{table_, std::move(body)}, line}));
    if (!time_to_live_) return Ok();
    YamlNode request;
    request.kind = YamlNode::Kind::kMap;
    request.members = {{"TableName", ScalarNode(table_, line)},
                       {"TimeToLiveSpecification", *time_to_live_}};
    PUMICE_TRY(body, RequestJson(request, path_));
    return visit({TimeToLiveStep{table_, std::move(body)}, time_to_live_->line});
  }

 private:
  Result<void> Add(const std::string& name, const YamlNode& value) {
    if (name == "TableName") return Ok();
    if (name == "StreamSpecification") {
      request_.members.push_back({name, Stream(value)});
    } else if (name == "SSESpecification") {
      request_.members.push_back({name, Encryption(value)});
    } else if (name == "TimeToLiveSpecification") {
      const YamlNode* enabled = value.Find("Enabled");
      if (enabled != nullptr && enabled->text == "true") time_to_live_ = value;
    } else if (IsAmong(kSameMembers, name)) {
      request_.members.push_back({name, Indexes(value)});
    } else {
      return WrongAt(path_, value.line,
                     fmt::format("AWS::DynamoDB::Table has no property {}", name));
    }
    return Ok();
  }

  std::string_view path_;
  std::string table_;
  YamlNode request_;
  std::optional<YamlNode> time_to_live_;
};

class TemplateReader {
 public:
  TemplateReader(const YamlNode& document, const TemplateSource& source, StepVisitor visit)
      : document_(document), source_(source), visit_(visit), functions_(document, source) {}

  Result<void> Read() {
    bool found = false;
    for (const auto& [name, resource] : document_.Find("Resources")->members) {
      PUMICE_TRY(const bool is_table, IsTable(resource));
      if (!is_table) continue;
      found = true;
      PUMICE_TRY(ReadTable(name, resource));
    }
    if (found || HasHandlers(document_)) return Ok();
    return WrongAt(source_.path, document_.line,
                   "the template has no resource of type AWS::DynamoDB::Table");
  }

 private:
  Result<bool> IsTable(const YamlNode& resource) const {
    const YamlNode* type = resource.Find("Type");
    if (type == nullptr) return WrongAt(source_.path, resource.line, "a resource needs a Type");
    if (type->text == "AWS::DynamoDB::GlobalTable" ||
        type->text == "AWS::Serverless::SimpleTable") {
      return WrongAt(
          source_.path, type->line,
          fmt::format("{} is not read; write the table as AWS::DynamoDB::Table", type->text));
    }
    return type->text == "AWS::DynamoDB::Table";
  }

  Result<void> ReadTable(const std::string& name, const YamlNode& resource) {
    if (const YamlNode* condition = resource.Find("Condition")) {
      PUMICE_TRY(const bool holds, functions_.Condition(condition->text, condition->line));
      if (!holds) return Ok();
    }
    const YamlNode* properties = resource.Find("Properties");
    if (properties == nullptr || !properties->is_map()) {
      return WrongAt(source_.path, resource.line, fmt::format("{} has no Properties", name));
    }
    PUMICE_TRY(std::string table_name, functions_.NameOf(name, resource));
    TableResource table(source_.path, std::move(table_name));
    YamlNode known = *properties;
    for (const std::string_view left_out : kLeftOut) Remove(known, left_out);
    PUMICE_TRY(const std::optional<YamlNode> resolved, functions_.Resolve(known));
    PUMICE_TRY(table.Read(*resolved));
    return table.Visit(resource.line, visit_);
  }

  const YamlNode& document_;
  const TemplateSource& source_;
  StepVisitor visit_;
  TemplateFunctions functions_;
};

}  // namespace

bool IsTemplate(const YamlNode& document) {
  const YamlNode* resources = document.Find("Resources");
  return resources != nullptr && resources->is_map();
}

Result<void> ReadTemplate(const YamlNode& document, const TemplateSource& source,
                          StepVisitor visit) {
  return TemplateReader(document, source, visit).Read();
}

}  // namespace pumice
