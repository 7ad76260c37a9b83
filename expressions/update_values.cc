// SPDX-License-Identifier: Apache-2.0
#include "expressions/update_values.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "expressions/document_path.h"

namespace pumice {
namespace {

constexpr std::string_view kWrongOperandType =
    "An operand in the update expression has an incorrect data type";

Error WrongType(std::string_view text) { return Error(ErrorCode::kValidation, std::string(text)); }

Error MissingAttribute() {
  return Error(ErrorCode::kValidation,
               "The provided expression refers to an attribute that does not exist in the item");
}

/// A result that 38 digits cannot hold is answered as an overflow, too.
Result<AttributeValue> NumberOrError(std::variant<Number, NumberError> result) {
  if (const auto* const number = std::get_if<Number>(&result)) return AttributeValue(*number);
  const bool too_small = std::get<NumberError>(result) == NumberError::kUnderflow;
  return Error(ErrorCode::kValidation,
               too_small ? "Number underflow. Attempting to store a number with magnitude smaller "
                           "than supported range"
                         : "Number overflow. Attempting to store a number with magnitude larger "
                           "than supported range");
}

template <class Set>
std::optional<AttributeValue> Union(const AttributeValue& a, const AttributeValue& b) {
  const auto* const left = a.As<Set>();
  const auto* const right = b.As<Set>();
  if (left == nullptr || right == nullptr) return std::nullopt;
  Set both;
  both.members.reserve(left->members.size() + right->members.size());
  std::set_union(left->members.begin(), left->members.end(), right->members.begin(),
                 right->members.end(), std::back_inserter(both.members));
  return AttributeValue(std::move(both));
}

template <class Set>
std::optional<AttributeValue> Difference(const AttributeValue& a, const AttributeValue& b) {
  const auto* const left = a.As<Set>();
  const auto* const right = b.As<Set>();
  if (left == nullptr || right == nullptr) return std::nullopt;
  Set rest;
  std::set_difference(left->members.begin(), left->members.end(), right->members.begin(),
                      right->members.end(), std::back_inserter(rest.members));
  return AttributeValue(std::move(rest));
}

std::optional<AttributeValue> Concatenation(const AttributeValue& a, const AttributeValue& b) {
  const auto* const front = a.As<List>();
  const auto* const back = b.As<List>();
  if (front == nullptr || back == nullptr) return std::nullopt;
  List both;
  both.reserve(front->size() + back->size());
  both.insert(both.end(), front->begin(), front->end());
  both.insert(both.end(), back->begin(), back->end());
  return AttributeValue(std::move(both));
}

bool IsEmptySet(const AttributeValue& value) {
  const auto empty = [](const auto* set) { return set != nullptr && set->members.empty(); };
  return empty(value.As<StringSet>()) || empty(value.As<NumberSet>()) ||
         empty(value.As<BinarySet>());
}

/// Recursion is as deep as the calls in the text; parsing bounds it.
struct SetValueVisitor {
  const Item& old_item;

  Result<AttributeValue> operator()(const DocumentPath& path) const {
    const AttributeValue* const value = FindValue(path, old_item);
    if (value == nullptr) return MissingAttribute();
    return *value;
  }

  Result<AttributeValue> operator()(const AttributeValue& value) const { return value; }

  Result<AttributeValue> operator()(const Sum& sum) const {
    PUMICE_TRY(const auto left, EvaluateSetValue(*sum.left, old_item));
    PUMICE_TRY(const auto right, EvaluateSetValue(*sum.right, old_item));
    const auto* const a = left.As<Number>();
    const auto* const b = right.As<Number>();
    if (a == nullptr || b == nullptr) return WrongType(kWrongOperandType);
    return NumberOrError(sum.subtract ? Number::Subtract(*a, *b) : Number::Add(*a, *b));
  }

  Result<AttributeValue> operator()(const IfNotExists& if_not_exists) const {
    const AttributeValue* const value = FindValue(if_not_exists.path, old_item);
    if (value != nullptr) return *value;
    return EvaluateSetValue(*if_not_exists.otherwise, old_item);
  }

  Result<AttributeValue> operator()(const ListAppend& list_append) const {
    PUMICE_TRY(const auto front, EvaluateSetValue(*list_append.front, old_item));
    PUMICE_TRY(const auto back, EvaluateSetValue(*list_append.back, old_item));
    auto both = Concatenation(front, back);
    if (!both) return WrongType(kWrongOperandType);
    return *std::move(both);
  }
};

}  // namespace

Result<AttributeValue> EvaluateSetValue(const SetValue& value, const Item& old_item) {
  return std::visit(SetValueVisitor{old_item}, value.node);
}

std::string_view TypeMismatch(const UpdateExpression& update) {
  return update.from_attribute_updates ? "Type mismatch for attribute to update"
                                       : kWrongOperandType;
}

Result<AttributeValue> Added(const AttributeValue* old_value, const AttributeValue& added,
                             std::string_view type_mismatch) {
  if (old_value == nullptr) return added;
  if (const auto* const number = added.As<Number>()) {
    const auto* const old_number = old_value->As<Number>();
    if (old_number == nullptr) return WrongType(type_mismatch);
    return NumberOrError(Number::Add(*old_number, *number));
  }
  for (const auto combine : {Union<StringSet>, Union<NumberSet>, Union<BinarySet>, Concatenation}) {
    if (auto both = combine(*old_value, added)) return *std::move(both);
  }
  return WrongType(type_mismatch);
}

Result<std::optional<AttributeValue>> WithoutMembers(const AttributeValue& old_value,
                                                     const AttributeValue& deleted,
                                                     std::string_view type_mismatch) {
  for (const auto subtract :
       {Difference<StringSet>, Difference<NumberSet>, Difference<BinarySet>}) {
    auto rest = subtract(old_value, deleted);
    if (!rest) continue;
    if (IsEmptySet(*rest)) return std::optional<AttributeValue>();
    return rest;
  }
  return WrongType(type_mismatch);
}

}  // namespace pumice
