// SPDX-License-Identifier: Apache-2.0
#pragma once
// NextToken of ExecuteStatement: opaque to clients; it says how far a SELECT has come and belongs
// to one statement with its parameters. Nothing is kept in the server for it.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/attribute_value.h"

namespace pumice {

/// Where a SELECT goes on: behind `last_key` in its range number `range`.
struct SelectPosition {
  std::uint32_t range = 0;
  Item last_key;
};

/// AWS: API_ExecuteStatement.
inline constexpr std::size_t kMaxNextTokenLength = 32'768;

/// statement: what StatementText gave.
std::string EncodeNextToken(std::string_view statement, const SelectPosition& position);

/// Errors (Validation): "Invalid NextToken"; "NextToken does not match request" for the token of
/// another statement.
Result<SelectPosition> DecodeNextToken(std::string_view token, std::string_view statement);

}  // namespace pumice
