// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/parameters.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::size_t kMostTold = 10;

bool IsOneOf(std::string_view value, std::string_view comma_separated) {
  while (!comma_separated.empty()) {
    const auto end = std::min(comma_separated.find(", "), comma_separated.size());
    if (comma_separated.substr(0, end) == value) return true;
    comma_separated.remove_prefix(std::min(end + 2, comma_separated.size()));
  }
  return false;
}

std::string Constraint(std::string_view what, std::string_view bound, auto value) {
  return fmt::format("Member must have {} {} than or equal to {}", what, bound, value);
}

}  // namespace

std::string MemberPath(std::string_view name) {
  std::string path(name);
  if (!path.empty() && path[0] >= 'A' && path[0] <= 'Z') {
    path[0] = static_cast<char>(path[0] - 'A' + 'a');
  }
  return path;
}

std::string EnumConstraint(std::string_view comma_separated) {
  return fmt::format("Member must satisfy enum value set: [{}]", comma_separated);
}

std::string PatternConstraint(std::string_view pattern) {
  return fmt::format("Member must satisfy regular expression pattern: {}", pattern);
}

const json* Parameters::Find(std::string_view name) const {
  const auto found = document_.find(name);
  return found == document_.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> Parameters::Text(std::string_view name, Length length) {
  const json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    WrongType(name, "a string");
    return std::nullopt;
  }
  auto text = value->get<std::string>();
  if (text.size() < length.least) {
    Fail(text, MemberPath(name), Constraint("length", "greater", length.least));
  }
  if (text.size() > length.most) {
    Fail(text, MemberPath(name), Constraint("length", "less", length.most));
  }
  return text;
}

std::string Parameters::NeededText(std::string_view name, Length length) {
  if (!Has(name)) {
    broken_.push_back(
        fmt::format("Value null at '{}' failed to satisfy constraint: Member must not be null",
                    MemberPath(name)));
  }
  return Text(name, length).value_or(std::string());
}

std::optional<std::string> Parameters::Choice(std::string_view name,
                                              std::string_view comma_separated) {
  auto text = Text(name);
  if (text && !IsOneOf(*text, comma_separated)) {
    Fail(*text, MemberPath(name), EnumConstraint(comma_separated));
  }
  return text;
}

std::optional<std::int64_t> Parameters::Integer(std::string_view name, Range range) {
  const json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number_integer()) {
    WrongType(name, "a whole number");
    return std::nullopt;
  }
  const bool too_large = value->is_number_unsigned() && value->get<std::uint64_t>() >> 63 != 0;
  const std::int64_t number = too_large ? INT64_MAX : value->get<std::int64_t>();
  if (number < range.least) {
    Fail(value->dump(), MemberPath(name), Constraint("value", "greater", range.least));
  }
  if (number > range.most) {
    Fail(value->dump(), MemberPath(name), Constraint("value", "less", range.most));
  }
  return number;
}

std::optional<bool> Parameters::Flag(std::string_view name) {
  const json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  WrongType(name, "true or false");
  return std::nullopt;
}

std::optional<std::vector<std::string>> Parameters::Texts(std::string_view name, std::size_t most) {
  const json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  bool all = value->is_array();
  if (all) {
    for (const json& element : *value) {
      all = all && element.is_string();
      if (element.is_string()) texts.push_back(element.get<std::string>());
    }
  }
  if (!all) WrongType(name, "a list of strings");
  if (texts.size() > most) {
    Fail(fmt::format("[{}]", fmt::join(texts, ", ")), MemberPath(name),
         Constraint("length", "less", most));
  }
  return texts;
}

void Parameters::Fail(std::string_view echo, std::string_view path, std::string_view constraint) {
  broken_.push_back(
      fmt::format("Value '{}' at '{}' failed to satisfy constraint: {}", echo, path, constraint));
}

void Parameters::WrongType(std::string_view name, std::string_view wanted) {
  if (!wrong_type_) wrong_type_ = fmt::format("{} must be {}", name, wanted);
}

LambdaResult<void> Parameters::Check() const {
  // AWS tells its parser's words.
  if (wrong_type_) return LambdaError(kSerialization, *wrong_type_);
  if (broken_.empty()) return Ok();
  const std::vector<std::string> told(broken_.begin(),
                                      broken_.begin() + std::min(broken_.size(), kMostTold));
  return LambdaError(kValidationFailed,
                     fmt::format("{} validation error{} detected: {}", broken_.size(),
                                 broken_.size() == 1 ? "" : "s", fmt::join(told, "; ")));
}

}  // namespace pumice
