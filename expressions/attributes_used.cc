// SPDX-License-Identifier: Apache-2.0
// Which attributes an expression names.
#include <algorithm>

#include <fmt/core.h>

#include "base/function_ref.h"
#include "expressions/parse.h"

namespace pumice {
namespace {

using PathVisitor = FunctionRef<void(const DocumentPath&)>;

/// Calls `visit` for each path of a condition in the order of the text.
struct ConditionWalker {
  PathVisitor visit;

  void operator()(const DocumentPath& path) const { visit(path); }
  void operator()(const AttributeValue&) const {}
  void operator()(const SizeOf& size) const { std::visit(*this, size.of); }

  void operator()(const Comparison& comparison) const {
    Walk(comparison.left);
    Walk(comparison.right);
  }
  void operator()(const Between& between) const {
    Walk(between.value);
    Walk(between.low);
    Walk(between.high);
  }
  void operator()(const In& in) const {
    Walk(in.value);
    for (const Operand& operand : in.list) Walk(operand);
  }
  void operator()(const AttributeExists& exists) const { visit(exists.path); }
  void operator()(const AttributeTypeIs& type_is) const { Walk(type_is.value); }
  void operator()(const BeginsWith& begins_with) const {
    Walk(begins_with.value);
    Walk(begins_with.prefix);
  }
  void operator()(const Contains& contains) const {
    Walk(contains.container);
    Walk(contains.element);
  }
  void operator()(const And& both) const {
    std::visit(*this, both.left->node);
    std::visit(*this, both.right->node);
  }
  void operator()(const Or& either) const {
    std::visit(*this, either.left->node);
    std::visit(*this, either.right->node);
  }
  void operator()(const Not& inverse) const { std::visit(*this, inverse.condition->node); }

 private:
  void Walk(const Operand& operand) const { std::visit(*this, operand); }
};

struct SetValueWalker {
  PathVisitor visit;

  void operator()(const DocumentPath& path) const { visit(path); }
  void operator()(const AttributeValue&) const {}
  void operator()(const Sum& sum) const {
    std::visit(*this, sum.left->node);
    std::visit(*this, sum.right->node);
  }
  void operator()(const IfNotExists& if_not_exists) const {
    visit(if_not_exists.path);
    std::visit(*this, if_not_exists.otherwise->node);
  }
  void operator()(const ListAppend& list_append) const {
    std::visit(*this, list_append.front->node);
    std::visit(*this, list_append.back->node);
  }
};

void ForEachPath(const Condition& condition, PathVisitor visit) {
  std::visit(ConditionWalker{visit}, condition.node);
}

void ForEachPath(const ProjectionExpression& projection, PathVisitor visit) {
  for (const DocumentPath& path : projection.paths) visit(path);
}

void ForEachPath(const UpdateExpression& update, PathVisitor visit) {
  for (const DocumentPath* const target : update.Targets()) visit(*target);
  for (const SetAction& action : update.set) {
    std::visit(SetValueWalker{visit}, action.value.node);
  }
}

template <class Expression>
std::vector<std::string> AttributesOf(const Expression& expression) {
  std::vector<std::string> names;
  ForEachPath(expression, [&](const DocumentPath& path) { names.push_back(path.attribute()); });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

template <class Expression>
Result<void> CheckNoneInto(const Expression& expression, const KeySchema& schema,
                           std::string_view label) {
  const DocumentPath* into_key = nullptr;
  ForEachPath(expression, [&](const DocumentPath& path) {
    if (into_key == nullptr && !path.IsTopLevel() && schema.Names(path.attribute())) {
      into_key = &path;
    }
  });
  if (into_key == nullptr) return Ok();
  return Error(ErrorCode::kValidation,
               fmt::format("Key attributes must be scalars; list random access '[]' and map lookup "
                           "'.' are not allowed: {}: {}",
                           label, into_key->attribute()));
}

}  // namespace

std::vector<std::string> TopLevelAttributes(const Condition& condition) {
  return AttributesOf(condition);
}
std::vector<std::string> TopLevelAttributes(const ProjectionExpression& projection) {
  return AttributesOf(projection);
}
std::vector<std::string> TopLevelAttributes(const UpdateExpression& update) {
  return AttributesOf(update);
}

Result<void> CheckNoPathIntoKey(const Condition& condition, const KeySchema& schema,
                                std::string_view label) {
  return CheckNoneInto(condition, schema, label);
}
Result<void> CheckNoPathIntoKey(const ProjectionExpression& projection, const KeySchema& schema,
                                std::string_view label) {
  return CheckNoneInto(projection, schema, label);
}
Result<void> CheckNoPathIntoKey(const UpdateExpression& update, const KeySchema& schema,
                                std::string_view label) {
  return CheckNoneInto(update, schema, label);
}

}  // namespace pumice
