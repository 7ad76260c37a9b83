// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/value_problems.h"

#include <algorithm>
#include <functional>
#include <vector>

#include <fmt/core.h>

#include "model/attribute_json.h"

namespace pumice {
namespace {

constexpr std::string_view kInvalidValues = "One or more parameter values were invalid: ";

Error Problem(std::string text) { return Error(ErrorCode::kValidation, std::move(text)); }
Error InvalidValues(std::string_view text) {
  return Problem(fmt::format("{}{}", kInvalidValues, text));
}

std::string_view SetWord(AttributeType set) {
  switch (set) {
    case AttributeType::kSs: return "string";
    case AttributeType::kNs: return "number";
    default: return "binary";
  }
}

/// The newer validator notices a repeat while it fills a sorted set: what stands before the repeat
/// is printed sorted, the repeat and the rest as sent.
template <class T>
std::vector<T> AsNewerPrints(std::span<const T> members) {
  std::vector<T> printed(members.begin(), members.end());
  auto repeat = printed.begin();
  while (repeat != printed.end() && std::find(printed.begin(), repeat, *repeat) == repeat) ++repeat;
  std::sort(printed.begin(), repeat);
  return printed;
}

template <class T, class Text>
std::string Joined(std::span<const T> members, std::string_view separator, Text text) {
  std::string out;
  for (const T& member : members) {
    if (!out.empty()) out += separator;
    out += text(member);
  }
  return out;
}

std::string Base64(const Binary& binary) {
  std::string out;
  AppendBase64(out, binary.bytes);
  return out;
}

}  // namespace

Error NumberProblem(NumberError error, std::string_view text, ValueTexts texts) {
  switch (error) {
    case NumberError::kOverflow:
      return Problem(
          "Number overflow. Attempting to store a number with magnitude larger than supported "
          "range");
    case NumberError::kUnderflow:
      return Problem(
          "Number underflow. Attempting to store a number with magnitude smaller than supported "
          "range");
    case NumberError::kTooManyDigits:
      return Problem("Attempting to store more than 38 significant digits in a Number");
    case NumberError::kNotNumeric: break;
  }
  std::string message = "The parameter cannot be converted to a numeric value";
  if (!text.empty() || texts == ValueTexts::kNewer) message.append(": ").append(text);
  return Problem(std::move(message));
}

Error EmptySetProblem(AttributeType set) {
  if (set == AttributeType::kBs) return InvalidValues("Binary sets should not be empty");
  return InvalidValues(fmt::format("An {} set  may not be empty", SetWord(set)));
}

Error NullInSetProblem(AttributeType set) {
  return InvalidValues(
      fmt::format("An {} set may not have a null {} as a member", SetWord(set), SetWord(set)));
}

Error DuplicatesProblem(std::span<const std::string> members, ValueTexts texts) {
  if (texts == ValueTexts::kOlder) {
    const std::string list = Joined(members, ", ", [](const std::string& text) { return text; });
    return InvalidValues(fmt::format("Input collection [{}] contains duplicates.", list));
  }
  const auto printed = AsNewerPrints(members);
  const std::string list = Joined(std::span<const std::string>(printed), ", ",
                                  [](const std::string& text) { return '"' + text + '"'; });
  return InvalidValues(fmt::format("Input collection [{}] contains duplicates.", list));
}

Error DuplicatesProblem(std::span<const Number>, ValueTexts texts) {
  if (texts == ValueTexts::kOlder) return Problem("Input collection contains duplicates");
  return InvalidValues("Input collection contains duplicates.");
}

Error DuplicatesProblem(std::span<const Binary> members, ValueTexts texts) {
  if (texts == ValueTexts::kOlder) {
    return InvalidValues(fmt::format("Input collection [{}]of type BS contains duplicates.",
                                     Joined(members, ", ", Base64)));
  }
  const auto printed = AsNewerPrints(members);
  const std::string list = Joined(std::span<const Binary>(printed), ",",
                                  [](const Binary& binary) { return '"' + Base64(binary) + '"'; });
  return InvalidValues(fmt::format("Input collection [{}]of type BS contains duplicates.", list));
}

Error NullNotTrueProblem() {
  return InvalidValues("Null attribute value types must have the value of true");
}

Error EmptyValueProblem() {
  return Problem(
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
}

Error SeveralDatatypesProblem() {
  return Problem(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
      "supported datatypes");
}

Error EmptyAttributeNameProblem() { return Problem("Empty attribute name"); }

// Measured on AWS, September 2026, for PutItem and UpdateItem (github.com/ExtendDB/extenddb, issue
// 365).
Error AttributeNameTooLargeProblem() {
  return Problem("Attribute name is too large, must be less than 65536 bytes");
}

Error NestingProblem() {
  return Problem(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit");
}

}  // namespace pumice
