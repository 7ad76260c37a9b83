// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace pumice::partiql {

/// Where something stands in a statement, counted in characters from 1.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::uint32_t length = 0;
};

/// "at <line>:<column>:<length>", as errors name it.
std::string At(const Position& position);

}  // namespace pumice::partiql
