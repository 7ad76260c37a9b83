// SPDX-License-Identifier: Apache-2.0
#pragma once
// FunctionRecord: all that is kept of one function, with its versions and aliases. Configurations
// are kept in the form in which they are answered, so nothing of them is written twice. Plain
// values.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "server/lambda/function_name.h"
#include "streams/functions/function_config.h"

namespace pumice {

/// Where a function's code is.
struct FunctionCode {
  enum class Kind : std::uint8_t {
    kPackage,  // unpacked by CodeStore, `place` is its id
    kFolder,   // a folder of the user's, `place` is its path: a change takes effect at once
    kHttp,     // `place` is the URL that each event is POSTed to
    kOutside,  // `place` is the host:port where a runtime attaches
  };
  Kind kind = Kind::kPackage;
  std::string place;
  std::string uri = {};  // as it was given; empty for a package

  bool operator==(const FunctionCode&) const = default;
};

/// $LATEST or a published version.
struct FunctionVersion {
  nlohmann::json configuration;  // FunctionConfiguration: Active, Successful
  FunctionCode code;
};

struct FunctionRecord {
  std::string name;
  LambdaCaller owner;  // whose region and account its ARN has
  FunctionVersion latest;
  std::map<std::int64_t, FunctionVersion> versions;
  std::int64_t next_version = 1;
  std::map<std::string, nlohmann::json, std::less<>> aliases;   // AliasConfiguration
  std::map<std::string, nlohmann::json, std::less<>> policies;  // by qualifier; "": the function's
  std::map<std::string, nlohmann::json, std::less<>> event_invoke_configs;  // by qualifier
  nlohmann::json settings = nlohmann::json::object();  // other documents, by operation
  std::optional<std::int64_t> reserved_concurrency;
  std::map<std::string, std::string> tags;
  bool from_file = false;  // of handlers.json: not stored, and changed there only

  std::string Arn(std::string_view qualifier = {}) const {
    return FunctionArnOf(owner, name, qualifier);
  }
  /// The version that a qualifier means, through an alias; null: there is none. Empty: $LATEST.
  const FunctionVersion* Find(std::string_view qualifier) const;
  /// Likewise its name: "$LATEST" or a number; empty: there is none.
  std::string VersionOf(std::string_view qualifier) const;

  nlohmann::json ToJson() const;
  /// None: it is no such document (a damaged store).
  static std::optional<FunctionRecord> FromJson(const nlohmann::json& document);
};

/// "2024-03-27T09:14:35.123+0000"
std::string LambdaTime(TimePoint time);
/// Seconds with milliseconds, as the numbers among Lambda's times are.
double LambdaSeconds(TimePoint time);

}  // namespace pumice
