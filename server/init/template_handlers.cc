// SPDX-License-Identifier: Apache-2.0
#include "server/init/template_handlers.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "server/init/init_step.h"

namespace pumice {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kLambdaFunction = "AWS::Lambda::Function";
constexpr std::string_view kSamFunction = "AWS::Serverless::Function";
constexpr std::string_view kMapping = "AWS::Lambda::EventSourceMapping";

/// What a function may be told, by Globals or by itself.
constexpr std::array<std::string_view, 4> kFunctionMembers = {"Handler", "MemorySize", "Runtime",
                                                              "Timeout"};
/// Of a mapping, but for its source and its function.
constexpr std::array<std::string_view, 12> kMappingMembers = {"BatchSize",
                                                              "BisectBatchOnFunctionError",
                                                              "DestinationConfig",
                                                              "Enabled",
                                                              "FilterCriteria",
                                                              "FunctionResponseTypes",
                                                              "MaximumBatchingWindowInSeconds",
                                                              "MaximumRecordAgeInSeconds",
                                                              "MaximumRetryAttempts",
                                                              "ParallelizationFactor",
                                                              "StartingPosition",
                                                              "TumblingWindowInSeconds"};
constexpr std::array<std::string_view, 8> kNumbers = {"BatchSize",
                                                      "MaximumBatchingWindowInSeconds",
                                                      "MaximumRecordAgeInSeconds",
                                                      "MaximumRetryAttempts",
                                                      "MemorySize",
                                                      "ParallelizationFactor",
                                                      "Timeout",
                                                      "TumblingWindowInSeconds"};
constexpr std::array<std::string_view, 2> kFlags = {"BisectBatchOnFunctionError", "Enabled"};

template <std::size_t N>
bool IsAmong(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view TypeOf(const YamlNode& resource) {
  const YamlNode* type = resource.Find("Type");
  return type == nullptr ? std::string_view() : std::string_view(type->text);
}

const YamlNode* Path(const YamlNode& from, std::initializer_list<std::string_view> names) {
  const YamlNode* found = &from;
  for (const std::string_view name : names) {
    if (found != nullptr) found = found->Find(name);
  }
  return found;
}

/// SAM's events of a function that come from a stream.
std::vector<const YamlNode*> StreamEvents(const YamlNode& function) {
  std::vector<const YamlNode*> streams;
  const YamlNode* events = Path(function, {"Properties", "Events"});
  if (events == nullptr) return streams;
  for (const auto& [name, event] : events->members) {
    const YamlNode* properties = event.Find("Properties");
    if (TypeOf(event) == "DynamoDB" && properties != nullptr) streams.push_back(properties);
  }
  return streams;
}

/// A mapping of another source (a queue, a Kinesis stream) has an ARN that says so, if it is text.
bool IsOfDynamoDb(const std::string& source) {
  return !source.starts_with("arn:") || source.find(":dynamodb:") != std::string::npos;
}

class HandlersReader {
 public:
  HandlersReader(const YamlNode& document, const TemplateSource& source)
      : document_(document), source_(source), functions_(document, source) {}

  Result<TemplateHandlers> Read() {
    for (const auto& [name, resource] : document_.Find("Resources")->members) {
      PUMICE_TRY(const bool exists, Exists(resource));
      if (!exists) continue;
      if (TypeOf(resource) == kSamFunction) {
        PUMICE_TRY(AddEvents(name, resource));
      }
      if (TypeOf(resource) == kMapping) {
        PUMICE_TRY(AddMapping(resource));
      }
    }
    if (mappings_.empty()) return TemplateHandlers{{}, std::move(warnings_)};
    const Json all{{"Functions", known_}, {"EventSourceMappings", mappings_}};
    return TemplateHandlers{all.dump(-1, ' ', false, Json::error_handler_t::replace),
                            std::move(warnings_)};
  }

 private:
  Result<bool> Exists(const YamlNode& resource) {
    const YamlNode* condition = resource.Find("Condition");
    if (condition == nullptr) return true;
    return functions_.Condition(condition->text, condition->line);
  }

  // --- Mappings

  Result<void> AddEvents(const std::string& name, const YamlNode& function) {
    for (const YamlNode* event : StreamEvents(function)) {
      const YamlNode* stream = event->Find("Stream");
      if (stream == nullptr) return WrongAt(source_.path, event->line, "Stream is missing");
      PUMICE_TRY(const std::string function_name, functions_.NameOf(name, function));
      PUMICE_TRY(AddMapping(*event, *stream, function_name));
    }
    return Ok();
  }

  Result<void> AddMapping(const YamlNode& resource) {
    const YamlNode* properties = resource.Find("Properties");
    const YamlNode* stream = Path(resource, {"Properties", "EventSourceArn"});
    const YamlNode* function = Path(resource, {"Properties", "FunctionName"});
    if (stream == nullptr || function == nullptr) return Ok();  // of a source that has no ARN
    PUMICE_TRY(const std::string named, Text(*function));
    const std::size_t mark = named.find(":function:");
    const std::string plain = mark == std::string::npos ? named : named.substr(mark + 10);
    return AddMapping(*properties, *stream, plain.substr(0, plain.find(':')));
  }

  Result<void> AddMapping(const YamlNode& members, const YamlNode& stream,
                          const std::string& function) {
    PUMICE_TRY(const std::string source, Text(stream));
    if (!IsOfDynamoDb(source)) return Ok();
    PUMICE_TRY(const bool runs, UseFunction(function, members.line));
    if (!runs) return Ok();
    Json mapping{{"EventSourceArn", source}, {"FunctionName", function}};
    for (const auto& [name, value] : members.members) {
      if (!IsAmong(kMappingMembers, name)) continue;
      PUMICE_TRY(const std::optional<YamlNode> resolved, functions_.Resolve(value));
      if (!resolved) continue;
      PUMICE_TRY(mapping[name], Value(*resolved, name));
    }
    mappings_.push_back(std::move(mapping));
    return Ok();
  }

  // --- Functions

  /// False: it cannot run here; a warning says why.
  Result<bool> UseFunction(const std::string& name, std::size_t line) {
    if (const auto before = usable_.find(name); before != usable_.end()) return before->second;
    for (const auto& [logical, resource] : document_.Find("Resources")->members) {
      if (TypeOf(resource) != kSamFunction && TypeOf(resource) != kLambdaFunction) continue;
      PUMICE_TRY(const std::string own_name, functions_.NameOf(logical, resource));
      if (own_name != name) continue;
      PUMICE_TRY(const bool added, AddFunction(name, resource));
      return usable_[name] = added;
    }
    Warn(line,
         fmt::format("the function {} is not in this template; its mapping is left out", name));
    return usable_[name] = false;
  }

  Result<bool> AddFunction(const std::string& name, const YamlNode& resource) {
    PUMICE_TRY(const std::optional<std::string> code, CodeOf(resource));
    if (!code) {
      Warn(resource.line, fmt::format("the code of {} is no folder beside the template; the "
                                      "function is left out",
                                      name));
      return false;
    }
    Json function{{"FunctionName", name}, {"CodePath", *code}};
    for (const std::string_view member : kFunctionMembers) {
      const YamlNode* value = Property(resource, member);
      if (value == nullptr) continue;
      PUMICE_TRY(const std::optional<YamlNode> resolved, functions_.Resolve(*value));
      if (!resolved) continue;
      PUMICE_TRY(function[std::string(member)], Value(*resolved, member));
    }
    Json variables = Variables(resource);
    if (!variables.empty()) function["Environment"] = {{"Variables", std::move(variables)}};
    known_.push_back(std::move(function));
    return true;
  }

  const YamlNode* Property(const YamlNode& function, std::string_view name) const {
    const YamlNode* own = Path(function, {"Properties", name});
    if (own != nullptr || TypeOf(function) != kSamFunction) return own;
    return Path(document_, {"Globals", "Function", name});
  }

  /// The folder, as it is written: SAM's CodeUri, a local path as `package` takes it, or CDK's
  /// asset.
  Result<std::optional<std::string>> CodeOf(const YamlNode& function) {
    const YamlNode* asset = Path(function, {"Metadata", "aws:asset:path"});
    if (asset != nullptr && asset->is_scalar()) return std::optional(asset->text);
    const YamlNode* code =
        Property(function, TypeOf(function) == kSamFunction ? "CodeUri" : "Code");
    if (code == nullptr) return std::optional<std::string>();
    const bool plain = code->is_scalar() || code->Find("Ref") != nullptr;
    if (!plain) return std::optional<std::string>();
    PUMICE_TRY(std::string text, Text(*code));
    if (text.starts_with("s3://")) return std::optional<std::string>();
    return std::optional(std::move(text));
  }

  /// Of Globals and of the function, whose own win. What cannot be resolved is left out: a function
  /// may do without.
  Json Variables(const YamlNode& function) {
    Json variables = Json::object();
    const YamlNode* global = Path(document_, {"Globals", "Function", "Environment", "Variables"});
    if (global != nullptr && TypeOf(function) == kSamFunction) AddVariables(variables, *global);
    const YamlNode* own = Path(function, {"Properties", "Environment", "Variables"});
    if (own != nullptr) AddVariables(variables, *own);
    return variables;
  }

  void AddVariables(Json& variables, const YamlNode& members) {
    for (const auto& [name, value] : members.members) {
      const Result<std::string> text = Text(value);
      if (text) {
        variables[name] = text.value();
      } else {
        warnings_.push_back(
            fmt::format("{} (the variable {} is left out)", text.error().client_text(), name));
      }
    }
  }

  // --- Values

  Result<std::string> Text(const YamlNode& node) {
    PUMICE_TRY(const std::optional<YamlNode> resolved, functions_.Resolve(node));
    if (!resolved || !resolved->is_scalar()) {
      return WrongAt(source_.path, node.line, "a text is needed here");
    }
    return resolved->text;
  }

  Result<Json> Value(const YamlNode& node, std::string_view name) {
    if (node.is_list()) {
      Json list = Json::array();
      for (const YamlNode& element : node.elements) {
        PUMICE_TRY(Json value, Value(element, {}));
        list.push_back(std::move(value));
      }
      return list;
    }
    if (node.is_map()) {
      Json map = Json::object();
      for (const auto& [member, inside] : node.members) {
        if (member == "Type") continue;  // SAM's of a destination: its ARN says it
        PUMICE_TRY(map[member], Value(inside, member));
      }
      return map;
    }
    return Scalar(node, name);
  }

  Result<Json> Scalar(const YamlNode& node, std::string_view name) {
    if (IsAmong(kFlags, name)) {
      if (node.text == "true" || node.text == "false") return Json(node.text == "true");
      return WrongAt(source_.path, node.line, fmt::format("{}: true or false is needed", name));
    }
    if (IsAmong(kNumbers, name)) {
      Json number = Json::parse(node.text, nullptr, false);
      if (number.is_number_integer()) return number;
      return WrongAt(source_.path, node.line, fmt::format("{}: a whole number is needed", name));
    }
    return Json(node.text);
  }

  void Warn(std::size_t line, const std::string& text) {
    warnings_.push_back(WrongAt(source_.path, line, text).client_text());
  }

  const YamlNode& document_;
  const TemplateSource& source_;
  TemplateFunctions functions_;
  std::map<std::string, bool> usable_;  // by name: those that a mapping named
  Json known_ = Json::array();
  Json mappings_ = Json::array();
  std::vector<std::string> warnings_;
};

}  // namespace

bool HasHandlers(const YamlNode& document) {
  const auto& resources = document.Find("Resources")->members;
  return std::any_of(resources.begin(), resources.end(), [](const YamlNode::Member& member) {
    return TypeOf(member.value) == kMapping || !StreamEvents(member.value).empty();
  });
}

Result<TemplateHandlers> ReadTemplateHandlers(const YamlNode& document,
                                              const TemplateSource& source) {
  return HandlersReader(document, source).Read();
}

}  // namespace pumice
