// SPDX-License-Identifier: Apache-2.0
#include "server/init/serverless_variables.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

#include "server/init/depth_guard.h"
#include "server/init/init_step.h"

namespace pumice {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

YamlNode Unknown(std::string_view variable, std::size_t line) {
  YamlNode call;
  call.kind = YamlNode::Kind::kMap;
  call.line = line;
  YamlNode nothing;
  nothing.line = line;
  call.members.push_back({"Fn::Variable ${" + std::string(variable) + "}", std::move(nothing)});
  return call;
}

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// "self:custom.a", "file(x.yml):b" but not "AWS::Region", "Table" or "!raw".
bool IsVariable(std::string_view inside) {
  const std::size_t end = std::min(inside.find_first_of(":("), inside.size());
  if (end == inside.size() || end == 0 || inside.substr(end).starts_with("::")) return false;
  return std::all_of(inside.begin(), inside.begin() + static_cast<std::ptrdiff_t>(end),
                     [](unsigned char c) { return std::isalnum(c) != 0; });
}

/// Where an innermost ${…} that is a variable stands in `text`; none: there is no such.
std::optional<std::pair<std::size_t, std::size_t>> FindInnermost(std::string_view text) {
  for (std::size_t end = text.find('}'); end != text.npos; end = text.find('}', end + 1)) {
    const std::size_t begin = text.rfind("${", end);
    if (begin == text.npos) continue;
    if (IsVariable(text.substr(begin + 2, end - begin - 2))) return std::pair(begin, end + 1);
  }
  return std::nullopt;
}

}  // namespace

Result<YamlNode> ServerlessVariables::Fill(const YamlNode& node) {
  if (node.is_scalar()) return FillText(node);
  YamlNode filled = node;
  for (YamlNode& element : filled.elements) {
    PUMICE_TRY(element, Fill(element));
  }
  for (YamlNode::Member& member : filled.members) {
    PUMICE_TRY(member.value, Fill(member.value));
  }
  return filled;
}

/// A text that is one variable becomes what that stands for, a map as well.
Result<YamlNode> ServerlessVariables::FillText(const YamlNode& node) {
  const DepthGuard guard(depth_);
  if (guard.too_deep()) {
    return WrongAt(source_.path, node.line, "the variables here stand on one another");
  }
  if (!FindInnermost(node.text)) return node;
  std::string text = node.text;
  while (const auto place = FindInnermost(text)) {
    const auto [begin, end] = *place;
    const std::string inside = text.substr(begin + 2, end - begin - 3);
    PUMICE_TRY(const Value value, Lookup(inside, node.line));
    if (!value) return Unknown(inside, node.line);
    if (begin == 0 && end == text.size()) return Fill(*value);
    if (!value->is_scalar()) return Unknown(inside, node.line);
    PUMICE_TRY(const YamlNode part, FillText(*value));
    if (!part.is_scalar()) return part;
    text.replace(begin, end - begin, part.text);
  }
  return ScalarNode(text, node.line);
}

/// "opt:stage, self:provider.stage, 'dev'": the first that is known.
Result<ServerlessVariables::Value> ServerlessVariables::Lookup(std::string_view variable,
                                                               std::size_t line) {
  for (;;) {
    const std::size_t comma = variable.find(',');
    PUMICE_TRY(Value value, LookupOne(Trim(variable.substr(0, comma)), line));
    if (value || comma == variable.npos) return value;
    variable.remove_prefix(comma + 1);
  }
}

Result<ServerlessVariables::Value> ServerlessVariables::LookupOne(std::string_view variable,
                                                                  std::size_t line) {
  if (variable.size() >= 2 && (variable.front() == '\'' || variable.front() == '"')) {
    return Value(ScalarNode(variable.substr(1, variable.size() - 2), line));
  }
  const std::size_t colon = variable.find(':');
  if (colon == variable.npos) return Value(ScalarNode(variable, line));  // a number, true, a text
  const std::string_view source = variable.substr(0, colon);
  const std::string_view address = variable.substr(colon + 1);
  if (source == "self") return Self(address);
  if (variable == "sls:stage") return OfProvider("stage", "dev", line);
  if (variable == "aws:region") return OfProvider("region", source_.region, line);
  if (variable == "aws:accountId") return Value(ScalarNode(source_.account_id, line));
  if (source == "env") {
    const char* found = std::getenv(std::string(address).c_str());
    return found == nullptr ? Value() : Value(ScalarNode(found, line));
  }
  return Value();  // opt: nobody gave options
}

Result<ServerlessVariables::Value> ServerlessVariables::Self(std::string_view address) {
  const YamlNode* found = &document_;
  while (found != nullptr && !address.empty()) {
    const std::size_t dot = std::min(address.find('.'), address.size());
    found = found->Find(address.substr(0, dot));
    address.remove_prefix(std::min(dot + 1, address.size()));
  }
  return found == nullptr ? Value() : Value(*found);
}

Result<ServerlessVariables::Value> ServerlessVariables::OfProvider(std::string_view name,
                                                                   std::string_view otherwise,
                                                                   std::size_t line) {
  PUMICE_TRY(Value own, Self("provider." + std::string(name)));
  return own ? own : Value(ScalarNode(otherwise, line));
}

Result<std::string> ServerlessVariables::Stage() {
  PUMICE_TRY(const YamlNode stage, FillText(ScalarNode("${sls:stage}", document_.line)));
  return stage.is_scalar() ? stage.text : std::string("dev");
}

}  // namespace pumice
