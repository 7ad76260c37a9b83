// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a call costs: the units that its answer names, and dollars by a price file. Pure but for
// reading the file.

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "bench/patterns/operation.h"

namespace pumice::patterns {

struct Units {
  double read = 0;
  double write = 0;
};

/// Prices of on-demand tables, as patterns/prices.yaml has them.
struct Prices {
  std::string region;
  std::string valid_from;  // a date
  std::string source;
  double read_per_million = 0;  // dollars for so many request units
  double write_per_million = 0;
};

/// Errors: Validation, with file and line.
Result<Prices> ReadPrices(const std::string& path);

/// Of all tables together. None: the answer names no ConsumedCapacity.
std::optional<Units> UnitsIn(const nlohmann::json& answer, UnitKind kind);

/// Of a million calls.
double DollarsPerMillion(const Units& units, const Prices& prices);

}  // namespace pumice::patterns
