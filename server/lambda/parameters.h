// SPDX-License-Identifier: Apache-2.0
#pragma once
// The members of a request's JSON, read with their constraints. What is wrong is collected and told
// together, as AWS does: "2 validation errors detected: …". Lifetime: lives on the document.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "server/lambda/lambda_error.h"

namespace pumice {

class Parameters {
 public:
  explicit Parameters(const nlohmann::json& document) : document_(document) {}

  /// Null: absent, or JSON null.
  const nlohmann::json* Find(std::string_view name) const;
  bool Has(std::string_view name) const { return Find(name) != nullptr; }

  struct Length {
    std::size_t least = 0;
    std::size_t most = 10'000;
  };
  struct Range {
    std::int64_t least;
    std::int64_t most;
  };
  std::optional<std::string> Text(std::string_view name) { return Text(name, Length()); }
  std::optional<std::string> Text(std::string_view name, Length length);
  /// Absent: told as null.
  std::string NeededText(std::string_view name, Length length);
  std::optional<std::string> Choice(std::string_view name, std::string_view comma_separated);
  std::optional<std::int64_t> Integer(std::string_view name, Range range);
  std::optional<bool> Flag(std::string_view name);
  std::optional<std::vector<std::string>> Texts(std::string_view name, std::size_t most);

  /// Value 'echo' at 'path' failed to satisfy constraint: …
  void Fail(std::string_view echo, std::string_view path, std::string_view constraint);

  /// Errors: Serialization (the first member of a wrong type); Validation (all constraints that are
  /// broken).
  LambdaResult<void> Check() const;

 private:
  void WrongType(std::string_view name, std::string_view wanted);

  const nlohmann::json& document_;
  std::optional<std::string> wrong_type_;
  std::vector<std::string> broken_;
};

/// As it stands in a constraint's text: the first letter in lower case.
std::string MemberPath(std::string_view name);

/// "Member must satisfy enum value set: [a, b]"
std::string EnumConstraint(std::string_view comma_separated);
std::string PatternConstraint(std::string_view pattern);

}  // namespace pumice
