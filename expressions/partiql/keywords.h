// SPDX-License-Identifier: Apache-2.0
#pragma once
// The words that cannot stand as a bare name in a PartiQL statement: those of SQL-92 and PartiQL's
// own. AWS: "PartiQL - a SQL-compatible query language for Amazon DynamoDB" asks for double quotes
// around them.

#include <string_view>

namespace pumice::partiql {

/// `word` in lower case.
bool IsKeyword(std::string_view word);

/// Keywords that AWS reads as operators: one that stands where a term is wanted is "Unexpected
/// operator", any other "Unexpected keyword".
bool IsOperatorKeyword(std::string_view word);

/// Keywords that are also the names of functions.
bool IsFunctionKeyword(std::string_view word);

}  // namespace pumice::partiql
