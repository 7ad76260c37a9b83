// SPDX-License-Identifier: Apache-2.0
// What UpdateItem charges for its statement: costs measured on AWS, August to October 2026, to the
// byte.
#include <string>

#include "expressions/evaluate.h"

namespace pumice {
namespace {

constexpr std::size_t kStatement = 3;
constexpr std::size_t kWritingAction = 19;  // SET, ADD
constexpr std::size_t kRemovingAction = 1;  // REMOVE, DELETE
constexpr std::size_t kTargetStep = 4;      // each step of a target but the first
constexpr std::size_t kOperandPath = 1;
constexpr std::size_t kOperandStep = 14;
constexpr std::size_t kPlus = 34;
constexpr std::size_t kMinus = 37;
constexpr std::size_t kIfNotExists = 39;
constexpr std::size_t kListAppend = 37;

/// A name's own bytes, whatever stood for it in the text; an index costs its digits.
std::size_t StepBytes(const PathElement& element) {
  if (const auto* const name = std::get_if<std::string>(&element)) return name->size();
  return std::to_string(std::get<std::size_t>(element)).size();
}

std::size_t TargetBytes(const DocumentPath& path) {
  std::size_t bytes = 0;
  for (const PathElement& element : path.elements) bytes += kTargetStep + StepBytes(element);
  return bytes - kTargetStep;
}

std::size_t OperandBytes(const DocumentPath& path) {
  std::size_t bytes = kOperandPath;
  for (const PathElement& element : path.elements) bytes += kOperandStep + StepBytes(element);
  return bytes;
}

std::size_t OperandBytes(const SetValue& value);

struct OperandVisitor {
  std::size_t operator()(const DocumentPath& path) const { return OperandBytes(path); }
  std::size_t operator()(const AttributeValue& value) const { return ValueSizeBytes(value); }
  std::size_t operator()(const Sum& sum) const {
    return (sum.subtract ? kMinus : kPlus) + OperandBytes(*sum.left) + OperandBytes(*sum.right);
  }
  std::size_t operator()(const IfNotExists& if_not_exists) const {
    return kIfNotExists + OperandBytes(if_not_exists.path) + OperandBytes(*if_not_exists.otherwise);
  }
  std::size_t operator()(const ListAppend& list_append) const {
    return kListAppend + OperandBytes(*list_append.front) + OperandBytes(*list_append.back);
  }
};

std::size_t OperandBytes(const SetValue& value) { return std::visit(OperandVisitor{}, value.node); }

}  // namespace

std::size_t StatementChargeBytes(const UpdateExpression& update) {
  if (update.from_attribute_updates) return 0;
  std::size_t bytes = kStatement;
  for (const SetAction& action : update.set) {
    bytes += kWritingAction + TargetBytes(action.target) + OperandBytes(action.value);
  }
  for (const AddAction& action : update.add) {
    bytes += kWritingAction + TargetBytes(action.target) + ValueSizeBytes(action.value);
  }
  for (const RemoveAction& action : update.remove) {
    bytes += kRemovingAction + TargetBytes(action.target);
  }
  for (const DeleteAction& action : update.del) {
    bytes += kRemovingAction + TargetBytes(action.target);
  }
  return bytes;
}

}  // namespace pumice
