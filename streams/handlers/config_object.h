// SPDX-License-Identifier: Apache-2.0
#pragma once
// One JSON object of a configuration file, read member by member; what nobody asked for is an
// error, so that a misspelt member is never ignored. Every error names the file and the member.
// Lifetime: lives on the JSON value it was made from.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace pumice {

/// Where we are, for errors: {"handlers.json", "Functions[0]"}.
struct ConfigPlace {
  std::string file;
  std::string path;

  ConfigPlace Member(std::string_view name) const;
  ConfigPlace Element(std::size_t index) const;
  /// Validation, "handlers.json: Functions[0].Timeout must be a number".
  Error Fail(std::string_view what) const;
};

class ConfigObject {
 public:
  /// Errors (Validation): `value` is no JSON object.
  static Result<ConfigObject> Open(const nlohmann::json& value, ConfigPlace place);

  const ConfigPlace& place() const { return place_; }

  /// The member, null if it is absent or JSON null. Marks it as known.
  const nlohmann::json* Find(std::string_view name);

  /// Errors (Validation) of all: wrong type; of Need…: absent as well; of Integer: outside
  /// low..high.
  Result<std::string> NeedString(std::string_view name);
  Result<std::string> String(std::string_view name, std::string fallback);
  Result<bool> Bool(std::string_view name, bool fallback);
  struct Range {
    std::int64_t low;
    std::int64_t high;
  };
  Result<std::int64_t> Integer(std::string_view name, std::int64_t fallback, Range range);

  /// Errors (Validation): a member that none of the calls above named.
  Result<void> RejectOthers() const;

 private:
  ConfigObject(const nlohmann::json& value, ConfigPlace place)
      : value_(&value), place_(std::move(place)) {}

  const nlohmann::json* value_;
  ConfigPlace place_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace pumice
