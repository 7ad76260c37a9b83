// SPDX-License-Identifier: Apache-2.0
#pragma once
// What can be wrong with an expression, in AWS's words (API_Query, API_UpdateItem; measured on AWS,
// October 2026), without the "Invalid <Kind>: " that InvalidExpression puts in front.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/result.h"
#include "expressions/document_path.h"
#include "model/attribute_value.h"

namespace pumice {

/// Validation "Invalid <kind>: <problem>"; kind = "UpdateExpression", ...
Error InvalidExpression(std::string_view kind, std::string_view problem);

/// Not empty, not too long.
Result<void> CheckExpressionSize(std::string_view kind, std::string_view text);

namespace problems {

std::string TooManyOperators();
std::string RedundantParentheses();
std::string ReservedWord(std::string_view word);
std::string TooManyLevels(std::size_t levels);
std::string IndexOutOfRange(std::string_view index);
std::string UndefinedName(std::string_view placeholder);
std::string UndefinedValue(std::string_view placeholder);
std::string UnknownFunction(std::string_view function);
std::string MisusedFunction(std::string_view function);
std::string NotInUpdates(std::string_view function);
std::string NotInConditions(std::string_view function);
std::string OperandCount(std::string_view function, std::size_t count);
std::string OperandType(std::string_view operation, std::string_view type);
std::string ActionOperandType(std::string_view section, AttributeType type);
std::string PathRequired(std::string_view function);
std::string UnknownTypeName(std::string_view name);
std::string NotDistinct(std::string_view operation, const DocumentPath& path);
std::string TooManyInOperands(std::size_t count);
std::string BoundTypesDiffer(const AttributeValue& low, const AttributeValue& high);
std::string BoundsReversed(const AttributeValue& low, const AttributeValue& high);
std::string SectionRepeated(std::string_view section);
std::string Collision(const PathCollision& collision);

}  // namespace problems

/// AWS answers one problem of an expression: the one of the first rank, of these the first in the
/// text.
template <class Rank>
class FirstProblem {
 public:
  bool found() const { return text_.has_value(); }
  const std::string& text() const { return *text_; }

  /// `make_text` is called only if the problem would be the one.
  template <class MakeText>
  void Report(Rank rank, MakeText make_text) {
    if (text_ && rank_ <= rank) return;
    rank_ = rank;
    text_ = make_text();
  }

 private:
  Rank rank_{};
  std::optional<std::string> text_;
};

}  // namespace pumice
