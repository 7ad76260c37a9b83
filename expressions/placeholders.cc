// SPDX-License-Identifier: Apache-2.0
#include "expressions/placeholders.h"

#include <algorithm>

#include <fmt/core.h>

#include "expressions/lexer.h"

namespace pumice {
namespace {

constexpr std::string_view kNamesParameter = "ExpressionAttributeNames";
constexpr std::string_view kValuesParameter = "ExpressionAttributeValues";
constexpr std::size_t kMaxPlaceholderBytes =
    255;  // with the sigil; AWS: "Quotas in Amazon DynamoDB"

template <class Entries>
Result<void> CheckKeysOf(const Entries& entries, bool given, std::string_view parameter,
                         char sigil) {
  if (given && entries.empty()) {
    return Error(ErrorCode::kValidation, fmt::format("{} must not be empty", parameter));
  }
  for (const auto& [key, unused] : entries) {
    if (key.size() > kMaxPlaceholderBytes) {
      return Error(ErrorCode::kValidation,
                   fmt::format("{} contains invalid key: The expression attribute map contains a "
                               "key that is too long; size of key: {}",
                               parameter, key.size()));
    }
    if (IsPlaceholder(key, sigil)) continue;
    return Error(ErrorCode::kValidation,
                 fmt::format("{} contains invalid key: Syntax error; key: \"{}\"", parameter, key));
  }
  return Ok();
}

template <class Entries>
auto Use(const Entries& entries, std::vector<bool>& used, std::string_view token)
    -> decltype(&entries.front().second) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].first != token) continue;
    used[i] = true;
    return &entries[i].second;
  }
  return nullptr;
}

template <class Entries>
Result<void> CheckUsed(const Entries& entries, const std::vector<bool>& used,
                       std::string_view parameter) {
  std::string unused;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (used[i]) continue;
    if (!unused.empty()) unused += ", ";
    unused += entries[i].first;
  }
  if (unused.empty()) return Ok();
  return Error(
      ErrorCode::kValidation,
      fmt::format("Value provided in {} unused in expressions: keys: {{{}}}", parameter, unused));
}

}  // namespace

Placeholders::Placeholders(Names names, Values values)
    : names_(std::move(names)),
      values_(std::move(values)),
      name_used_(names_.size()),
      value_used_(values_.size()) {}

Result<void> Placeholders::CheckKeys(const Names& names, bool names_given, const Values& values,
                                     bool values_given) {
  PUMICE_TRY(CheckKeysOf(names, names_given, kNamesParameter, '#'));
  return CheckKeysOf(values, values_given, kValuesParameter, ':');
}

const std::string* Placeholders::UseName(std::string_view token) {
  return Use(names_, name_used_, token);
}

const AttributeValue* Placeholders::UseValue(std::string_view token) {
  return Use(values_, value_used_, token);
}

Result<void> Placeholders::CheckAllUsed() const {
  PUMICE_TRY(CheckUsed(names_, name_used_, kNamesParameter));
  return CheckUsed(values_, value_used_, kValuesParameter);
}

}  // namespace pumice
