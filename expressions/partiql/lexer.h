// SPDX-License-Identifier: Apache-2.0
#pragma once
// A PartiQL statement -> its tokens, with their positions.
// Thread rule: pure.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expressions/partiql/position.h"

namespace pumice::partiql {

enum class TokenKind : std::uint8_t {
  kEnd,
  kName,        // bare, and no keyword
  kQuotedName,  // "…"
  kKeyword,     // text in lower case
  kString,      // '…'
  kNumber,      // without a sign
  kParameter,   // ?
  kSymbol,      // punctuation and operators
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;  // names and strings without their quotes
  Position position;
};

/// The tokens of a statement, the last of them kEnd; comments are left out. Errors (Validation):
/// what begins no token, an open comment or quote.
Result<std::vector<Token>> ReadTokens(std::string_view statement);

}  // namespace pumice::partiql
