// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/function_name.h"

#include <algorithm>
#include <vector>

#include <fmt/core.h>

namespace pumice {
namespace {

constexpr std::size_t kMaxNameLength = 64;
// From the service's model.
constexpr std::string_view kPattern =
    R"((arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?)"
    R"((\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?)";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) || c == '-' || c == '_';
}

bool IsName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsNameCharacter);
}

bool IsAccount(std::string_view text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), IsDigit);
}

/// "us-east-1", "us-gov-west-1"; also "ddblocal", which clients of DynamoDB Local are used to.
bool IsRegion(std::string_view text) {
  return text == "ddblocal" || (text.size() > 3 && text[2] == '-' && IsDigit(text.back()) &&
                                std::count(text.begin(), text.end(), '-') >= 2);
}

std::vector<std::string_view> Parts(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto colon = text.find(':');
    parts.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return parts;
    text.remove_prefix(colon + 1);
  }
}

LambdaError BadName(std::string_view text) {
  return {kValidationFailed,
          fmt::format("1 validation error detected: Value '{}' at 'functionName' failed to satisfy "
                      "constraint: Member must satisfy regular expression pattern: {}",
                      text, kPattern)};
}

}  // namespace

bool IsVersionNumber(std::string_view qualifier) {
  return !qualifier.empty() && std::all_of(qualifier.begin(), qualifier.end(), IsDigit);
}

bool IsAliasName(std::string_view qualifier) {
  return IsName(qualifier) && !IsVersionNumber(qualifier);
}

LambdaResult<FunctionName> ParseFunctionName(std::string_view text) {
  std::vector<std::string_view> parts = Parts(text);
  auto at = parts.begin();
  // The last part always belongs to the name.
  const auto skip = [&](bool wanted) {
    if (wanted && parts.end() - at > 1) ++at;
  };
  if (parts.size() > 3 && parts[0] == "arn" && parts[2] == "lambda") at += 3;
  skip(IsRegion(*at));
  skip(IsAccount(*at));
  skip(*at == "function");
  const auto left = parts.end() - at;
  if (left > 2 || !IsName(*at) || at->size() > kMaxNameLength) return BadName(text);
  FunctionName name{.name = std::string(*at)};
  if (left == 1) return name;
  if (at[1] != kLatest && !IsName(at[1])) return BadName(text);
  name.qualifier = at[1];
  return name;
}

LambdaResult<FunctionName> NamedFunction(const LambdaCall& call) {
  PUMICE_TRY(FunctionName name, ParseFunctionName(call.PathParameter("FunctionName")));
  const std::string qualifier = call.Query("Qualifier");
  if (qualifier.empty()) return name;
  if (!name.qualifier.empty() && name.qualifier != qualifier) {
    return InvalidParameter(
        "The derived qualifier from the function name does not match the specified qualifier.");
  }
  name.qualifier = qualifier;
  return name;
}

std::string FunctionArnOf(const LambdaCaller& owner, std::string_view name,
                          std::string_view qualifier) {
  return fmt::format("arn:aws:lambda:{}:{}:function:{}{}{}", owner.region, owner.account, name,
                     qualifier.empty() ? "" : ":", qualifier);
}

}  // namespace pumice
