// SPDX-License-Identifier: Apache-2.0
#include "server/init/serverless_file.h"

#include <array>
#include <cctype>
#include <string>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "server/init/init_step.h"
#include "server/init/serverless_variables.h"

namespace pumice {
namespace {

using NamePair = std::pair<std::string_view, std::string_view>;

/// serverless.yml's names, CloudFormation's names.
constexpr std::array<NamePair, 3> kFunctionMembers = {
    {{"memorySize", "MemorySize"}, {"runtime", "Runtime"}, {"timeout", "Timeout"}}};
constexpr std::array<NamePair, 9> kStreamMembers = {
    {{"batchSize", "BatchSize"},
     {"batchWindow", "MaximumBatchingWindowInSeconds"},
     {"bisectBatchOnFunctionError", "BisectBatchOnFunctionError"},
     {"enabled", "Enabled"},
     {"maximumRecordAgeInSeconds", "MaximumRecordAgeInSeconds"},
     {"maximumRetryAttempts", "MaximumRetryAttempts"},
     {"parallelizationFactor", "ParallelizationFactor"},
     {"startingPosition", "StartingPosition"},
     {"tumblingWindowInSeconds", "TumblingWindowInSeconds"}}};

YamlNode Map(std::size_t line) {
  YamlNode node;
  node.kind = YamlNode::Kind::kMap;
  node.line = line;
  return node;
}

YamlNode List(YamlNode only) {
  YamlNode node;
  node.kind = YamlNode::Kind::kList;
  node.line = only.line;
  node.elements.push_back(std::move(only));
  return node;
}

void Add(YamlNode& map, std::string_view name, YamlNode value) {
  map.members.push_back({std::string(name), std::move(value)});
}

YamlNode Resource(std::string_view type, YamlNode properties) {
  YamlNode resource = Map(properties.line);
  Add(resource, "Type", ScalarNode(type, properties.line));
  Add(resource, "Properties", std::move(properties));
  return resource;
}

nlohmann::ordered_json ToJson(const YamlNode& node) {
  if (node.is_list()) {
    auto list = nlohmann::ordered_json::array();
    for (const YamlNode& element : node.elements) list.push_back(ToJson(element));
    return list;
  }
  if (node.is_map()) {
    auto map = nlohmann::ordered_json::object();
    for (const auto& [name, value] : node.members) map[name] = ToJson(value);
    return map;
  }
  if (!node.is_scalar()) return nullptr;
  if (node.quoted) return node.text;
  // Numbers, true, false and null mean themselves in a pattern; all else is text.
  const auto plain = nlohmann::ordered_json::parse(node.text, nullptr, false);
  if (plain.is_primitive() && !plain.is_discarded() && !plain.is_string()) return plain;
  return node.text;
}

/// As the framework names a function's resource: hello-world -> HelloDashworldLambdaFunction.
std::string LogicalName(const std::string& function) {
  std::string name;
  for (const char c : function) {
    if (c == '-') {
      name += "Dash";
    } else if (c == '_') {
      name += "Underscore";
    } else {
      name += c;
    }
  }
  if (!name.empty()) {
    name.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(name.front())));
  }
  return name + "LambdaFunction";
}

class Translator {
 public:
  Translator(const YamlNode& document, const TemplateSource& source)
      : document_(document),
        source_(source),
        variables_(document, source),
        resources_(Map(document.line)) {}

  Result<YamlNode> Translate() {
    PUMICE_TRY(AddResources());
    if (const YamlNode* functions = document_.Find("functions"); functions != nullptr) {
      PUMICE_TRY(const YamlNode filled, variables_.Fill(*functions));
      for (const auto& [name, function] : filled.members) {
        PUMICE_TRY(AddFunction(name, function));
      }
    }
    YamlNode document = Map(document_.line);
    Add(document, "Resources", std::move(resources_));
    return document;
  }

 private:
  /// resources: {Resources: …}, or a list of such.
  Result<void> AddResources() {
    const YamlNode* section = document_.Find("resources");
    if (section == nullptr) return Ok();
    PUMICE_TRY(const YamlNode filled, variables_.Fill(*section));
    const std::vector<YamlNode> parts = filled.is_list() ? filled.elements : std::vector{filled};
    for (const YamlNode& part : parts) {
      const YamlNode* resources = part.Find("Resources");
      if (resources == nullptr) continue;
      for (const YamlNode::Member& member : resources->members) {
        resources_.members.push_back(member);
      }
    }
    return Ok();
  }

  Result<void> AddFunction(const std::string& name, const YamlNode& function) {
    YamlNode properties = Map(function.line);
    PUMICE_TRY(const std::string function_name, NameOf(name, function));
    Add(properties, "FunctionName", ScalarNode(function_name, function.line));
    Add(properties, "Code", ScalarNode(".", function.line));
    if (const YamlNode* handler = function.Find("handler")) Add(properties, "Handler", *handler);
    for (const auto& [own, name_there] : kFunctionMembers) {
      PUMICE_TRY(const std::optional<YamlNode> value, OfFunctionOrProvider(function, own));
      if (value) Add(properties, name_there, *value);
    }
    PUMICE_TRY(YamlNode environment, Environment(function));
    if (!environment.members.empty()) Add(properties, "Environment", std::move(environment));
    Add(resources_, LogicalName(name), Resource("AWS::Lambda::Function", std::move(properties)));
    return AddStreams(name, function_name, function);
  }

  Result<std::string> NameOf(const std::string& name, const YamlNode& function) {
    const YamlNode* own = function.Find("name");
    if (own != nullptr && own->is_scalar()) return own->text;
    PUMICE_TRY(const YamlNode service, variables_.Fill(*document_.Find("service")));
    PUMICE_TRY(const std::string stage, variables_.Stage());
    return fmt::format("{}-{}-{}", service.text, stage, name);
  }

  Result<std::optional<YamlNode>> OfFunctionOrProvider(const YamlNode& function,
                                                       std::string_view name) {
    if (const YamlNode* own = function.Find(name)) return std::optional(*own);
    const YamlNode* general = document_.Find("provider")->Find(name);
    if (general == nullptr) return std::optional<YamlNode>();
    PUMICE_TRY(YamlNode filled, variables_.Fill(*general));
    return std::optional(std::move(filled));
  }

  /// {Variables: …}: the function's own win.
  Result<YamlNode> Environment(const YamlNode& function) {
    YamlNode all = Map(function.line);
    if (const YamlNode* own = function.Find("environment")) all.members = own->members;
    if (const YamlNode* general = document_.Find("provider")->Find("environment")) {
      PUMICE_TRY(const YamlNode filled, variables_.Fill(*general));
      for (const YamlNode::Member& member : filled.members) {
        if (all.Find(member.name) == nullptr) all.members.push_back(member);
      }
    }
    YamlNode environment = Map(function.line);
    if (!all.members.empty()) Add(environment, "Variables", std::move(all));
    return environment;
  }

  // --- Streams

  Result<void> AddStreams(const std::string& name, const std::string& function_name,
                          const YamlNode& function) {
    const YamlNode* events = function.Find("events");
    if (events == nullptr) return Ok();
    for (const YamlNode& event : events->elements) {
      const YamlNode* stream = event.Find("stream");
      if (stream == nullptr) continue;
      const YamlNode* type = stream->Find("type");
      if (type != nullptr && type->text != "dynamodb") continue;
      const YamlNode* arn = stream->Find("arn");
      if (arn == nullptr) arn = stream;  // stream: <arn>
      if (arn->is_map() && arn == stream && stream->Find("batchSize") != nullptr) {
        return WrongAt(source_.path, stream->line, "arn is missing");
      }
      YamlNode properties = Map(stream->line);
      Add(properties, "EventSourceArn", *arn);
      Add(properties, "FunctionName", ScalarNode(function_name, stream->line));
      AddStreamMembers(properties, *stream);
      const auto logical = fmt::format("{}Stream{}", LogicalName(name), resources_.members.size());
      Add(resources_, logical, Resource("AWS::Lambda::EventSourceMapping", std::move(properties)));
    }
    return Ok();
  }

  static void AddStreamMembers(YamlNode& properties, const YamlNode& stream) {
    for (const auto& [own, name_there] : kStreamMembers) {
      if (const YamlNode* value = stream.Find(own)) Add(properties, name_there, *value);
    }
    if (stream.Find("startingPosition") == nullptr) {
      Add(properties, "StartingPosition", ScalarNode("TRIM_HORIZON", stream.line));
    }
    if (const YamlNode* type = stream.Find("functionResponseType")) {
      Add(properties, "FunctionResponseTypes", List(*type));
    }
    if (const YamlNode* patterns = stream.Find("filterPatterns")) {
      Add(properties, "FilterCriteria", Filters(*patterns));
    }
    const YamlNode* destinations = stream.Find("destinations");
    const YamlNode* failure = destinations ? destinations->Find("onFailure") : nullptr;
    if (failure == nullptr) return;
    const YamlNode* arn = failure->Find("arn");
    YamlNode on_failure = Map(failure->line);
    Add(on_failure, "Destination", arn == nullptr ? *failure : *arn);
    YamlNode config = Map(failure->line);
    Add(config, "OnFailure", std::move(on_failure));
    Add(properties, "DestinationConfig", std::move(config));
  }

  static YamlNode Filters(const YamlNode& patterns) {
    YamlNode list;
    list.kind = YamlNode::Kind::kList;
    list.line = patterns.line;
    for (const YamlNode& pattern : patterns.elements) {
      YamlNode filter = Map(pattern.line);
      Add(filter, "Pattern",
          ScalarNode(ToJson(pattern).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                     pattern.line));
      list.elements.push_back(std::move(filter));
    }
    YamlNode criteria = Map(patterns.line);
    Add(criteria, "Filters", std::move(list));
    return criteria;
  }

  const YamlNode& document_;
  const TemplateSource& source_;
  ServerlessVariables variables_;
  YamlNode resources_;
};

}  // namespace

bool IsServerless(const YamlNode& document) {
  const YamlNode* provider = document.Find("provider");
  const bool has_parts =
      document.Find("functions") != nullptr || document.Find("resources") != nullptr;
  return document.Find("service") != nullptr && provider != nullptr && provider->is_map() &&
         has_parts;
}

Result<YamlNode> TemplateOfServerless(const YamlNode& document, const TemplateSource& source) {
  return Translator(document, source).Translate();
}

}  // namespace pumice
