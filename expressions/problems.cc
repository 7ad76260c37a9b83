// SPDX-License-Identifier: Apache-2.0
#include "expressions/problems.h"

#include <fmt/core.h>

#include "model/attribute_json.h"
#include "model/limits.h"

namespace pumice {
namespace {

/// {N:5}, as AWS prints the bounds of BETWEEN; they are of the types S, N and B.
std::string ValueForErrors(const AttributeValue& value) {
  std::string out = fmt::format("AttributeValue: {{{}:", AttributeTypeName(value.type()));
  if (const auto* const text = value.As<std::string>()) out += *text;
  if (const auto* const number = value.As<Number>()) number->AppendTo(out);
  if (const auto* const binary = value.As<Binary>()) AppendBase64(out, binary->bytes);
  return out + '}';
}

std::string Bounds(const AttributeValue& low, const AttributeValue& high) {
  return fmt::format("lower bound operand: {}, upper bound operand: {}", ValueForErrors(low),
                     ValueForErrors(high));
}

}  // namespace

Error InvalidExpression(std::string_view kind, std::string_view problem) {
  return Error(ErrorCode::kValidation, fmt::format("Invalid {}: {}", kind, problem));
}

Result<void> CheckExpressionSize(std::string_view kind, std::string_view text) {
  if (text.empty()) return InvalidExpression(kind, "The expression can not be empty;");
  if (text.size() <= kMaxExpressionBytes) return Ok();
  constexpr std::string_view kTooLong = "Expression size has exceeded the maximum allowed size;";
  // Measured on AWS, July 2026: updates are answered without the number.
  if (kind == "UpdateExpression") return InvalidExpression(kind, kTooLong);
  return InvalidExpression(kind, fmt::format("{} expression size: {}", kTooLong, text.size()));
}

namespace problems {

// AWS stops to count at the first operator that is one too many.
std::string TooManyOperators() {
  return fmt::format("The expression contains too many operators; operator count: {}",
                     kMaxExpressionOperators + 1);
}

std::string RedundantParentheses() { return "The expression has redundant parentheses;"; }

std::string ReservedWord(std::string_view word) {
  return fmt::format("Attribute name is a reserved keyword; reserved keyword: {}", word);
}

std::string TooManyLevels(std::size_t levels) {
  return fmt::format("The document path has too many nesting levels; nesting levels: {}", levels);
}

std::string IndexOutOfRange(std::string_view index) {
  return fmt::format("List index is not within the allowable range; index: [{}]", index);
}

std::string UndefinedName(std::string_view placeholder) {
  return fmt::format(
      "An expression attribute name used in the document path is not defined; attribute name: {}",
      placeholder);
}

std::string UndefinedValue(std::string_view placeholder) {
  return fmt::format(
      "An expression attribute value used in expression is not defined; attribute value: {}",
      placeholder);
}

std::string UnknownFunction(std::string_view function) {
  return fmt::format("Invalid function name; function: {}", function);
}

std::string MisusedFunction(std::string_view function) {
  return fmt::format(
      "The function is not allowed to be used this way in an expression; function: {}", function);
}

// These two texts as DynamoDB Local 3.3.1 has them.
std::string NotInUpdates(std::string_view function) {
  return fmt::format("The function is not allowed in an update expression; function: {}", function);
}

std::string NotInConditions(std::string_view function) {
  return fmt::format("The function is not allowed in a condition expression; function: {}",
                     function);
}

std::string OperandCount(std::string_view function, std::size_t count) {
  return fmt::format(
      "Incorrect number of operands for operator or function; operator or function: {}, number of "
      "operands: {}",
      function, count);
}

std::string OperandType(std::string_view operation, std::string_view type) {
  return fmt::format(
      "Incorrect operand type for operator or function; operator or function: {}, operand type: {}",
      operation, type);
}

std::string ActionOperandType(std::string_view section, AttributeType type) {
  return fmt::format(
      "Incorrect operand type for operator or function; operator: {}, operand type: {}, typeSet: "
      "ALLOWED_FOR_{}_OPERAND",
      section, AttributeTypeLongName(type), section);
}

std::string PathRequired(std::string_view function) {
  return fmt::format("Operator or function requires a document path; operator or function: {}",
                     function);
}

std::string UnknownTypeName(std::string_view name) {
  return fmt::format(
      "Invalid attribute type name found; type: {}, valid types: {{B,NULL,SS,BOOL,L,BS,N,NS,S,M}}",
      name);
}

std::string NotDistinct(std::string_view operation, const DocumentPath& path) {
  return fmt::format(
      "The first operand must be distinct from the remaining operands for this operator or "
      "function; "
      "operator: {}, first operand: {}",
      operation, PathForErrors(path));
}

std::string TooManyInOperands(std::size_t count) {
  return fmt::format("The IN operator is provided with too many operands; number of operands: {}",
                     count);
}

std::string BoundTypesDiffer(const AttributeValue& low, const AttributeValue& high) {
  return "The BETWEEN operator requires same data type for lower and upper bounds; " +
         Bounds(low, high);
}

std::string BoundsReversed(const AttributeValue& low, const AttributeValue& high) {
  return "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; " +
         Bounds(low, high);
}

std::string SectionRepeated(std::string_view section) {
  return fmt::format("The \"{}\" section can only be used once in an update expression;", section);
}

std::string Collision(const PathCollision& collision) {
  const bool overlap = collision.kind == PathCollision::Kind::kOverlap;
  return fmt::format(
      "Two document paths {} with each other; must remove or rewrite one of these paths; path one: "
      "{}, path two: {}",
      overlap ? "overlap" : "conflict", PathForErrors(*collision.one),
      PathForErrors(*collision.two));
}

}  // namespace problems
}  // namespace pumice
