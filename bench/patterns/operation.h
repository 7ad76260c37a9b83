// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the bench must know of an API operation to judge its answers: where the items stand, and
// whether its units are read or write units. Pure.

#include <cstdint>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "bench/patterns/yaml_node.h"

namespace pumice::patterns {

enum class UnitKind : std::uint8_t { kRead, kWrite, kByStatement };

struct Operation {
  std::string_view name;
  UnitKind units;
  /// The items of an answer, in its order.
  std::vector<nlohmann::json> (*items)(const nlohmann::json& answer);
};

/// nullptr if a pattern cannot have it.
const Operation* FindOperation(std::string_view name);
std::vector<std::string> OperationNames();

/// Read or write: PartiQL's operations tell by the statement in `parameters`.
UnitKind UnitsOf(const Operation& operation, const Json& parameters);

}  // namespace pumice::patterns
