// SPDX-License-Identifier: Apache-2.0
#include "expressions/partiql/problems.h"

#include <utility>

#include <fmt/core.h>
#include <fmt/ranges.h>

namespace pumice::partiql {

std::string At(const Position& position) {
  return fmt::format("at {}:{}:{}", position.line, position.column, position.length);
}

namespace problems {

Error Invalid(std::string text) { return Error(ErrorCode::kValidation, std::move(text)); }

Error NotWellFormed(std::string_view detail) {
  return Invalid(fmt::format("Statement wasn't well formed, can't be processed: {}", detail));
}

Error UnsupportedOperation(std::string_view operation) {
  return Invalid(fmt::format("Unsupported operation: {}", operation));
}

// DynamoDB Local's words.
Error UnsupportedOperator(std::string_view expression, std::string_view op) {
  return Invalid(
      fmt::format("Unsupported operator in {} Expression. Operator: {}", expression, op));
}

Error UnsupportedClause(std::string_view clause, const Position& position) {
  return Invalid(fmt::format("Unsupported clause: {} {}", clause, At(position)));
}

Error UnrecognizedFunction(std::string_view name, const Position& position) {
  return Invalid(fmt::format("Unrecognized function: {} {}", name, At(position)));
}

Error UnexpectedPathComponent(const Position& position) {
  return Invalid(fmt::format("Unexpected path component {}", At(position)));
}

Error UnsupportedDataType(std::string_view what, std::string_view key, const Position& position) {
  return Invalid(fmt::format("Unsupported data type: {} under key {} {}", what, key, At(position)));
}

// DynamoDB Local's words, but for the names of the types.
Error KeyOfTuple(std::string_view type, std::string_view path, const Position& position) {
  return Invalid(fmt::format("Tuple keys must be of type String. Actual type: {} under {} {}", type,
                             path, At(position)));
}

Error NumberOutOfRange(NumberError error, std::string_view path) {
  switch (error) {
    // The exponent of a literal is one that its reader cannot hold.
    case NumberError::kNotNumeric: return NotWellFormed("");
    case NumberError::kOverflow:
      return Invalid(
          fmt::format("Number overflow. Attempting to store a number with magnitude larger than "
                      "supported range under {}",
                      path));
    case NumberError::kUnderflow:
      return Invalid(
          fmt::format("Number underflow. Attempting to store a number with magnitude smaller than "
                      "supported range under {}",
                      path));
    case NumberError::kTooManyDigits:
      return Invalid(fmt::format(
          "Attempting to store more than 38 significant digits in a Number under {}", path));
  }
  return NotWellFormed("");
}

Error EmptyBag() { return Invalid("Empty bags are not supported"); }

// DynamoDB Local's words, as are those of UnsupportedInBag.
Error MixedBag() { return Invalid("DynamoDB only supports either numbers or strings in bags"); }

Error UnsupportedInBag() { return Invalid("Unsupported data type in Bag"); }

Error DuplicatesInBag(const AttributeValue& members) {
  const auto* const strings = members.As<StringSet>();
  if (strings == nullptr) return Invalid("Input collection contains duplicates");
  return Invalid(
      fmt::format("One or more parameter values were invalid: Input collection [{}] contains "
                  "duplicates.",
                  fmt::join(strings->members, ", ")));
}

Error TooDeep() {
  return Invalid(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit");
}

}  // namespace problems
}  // namespace pumice::partiql
