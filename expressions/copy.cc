// SPDX-License-Identifier: Apache-2.0
#include "expressions/copy.h"

namespace pumice {
namespace {

ConditionPtr CopyOf(const ConditionPtr& condition) {
  return std::make_unique<const Condition>(pumice::CopyOf(*condition));
}

struct ConditionCopier {
  Condition operator()(const And& both) const {
    return {And{CopyOf(both.left), CopyOf(both.right)}};
  }
  Condition operator()(const Or& either) const {
    return {Or{CopyOf(either.left), CopyOf(either.right)}};
  }
  Condition operator()(const Not& inverse) const { return {Not{CopyOf(inverse.condition)}}; }
  template <class Primitive>
  Condition operator()(const Primitive& primitive) const {
    return {primitive};
  }
};

SetValue CopyOf(const SetValue& value);

SetValuePtr CopyOf(const SetValuePtr& value) {
  return std::make_unique<const SetValue>(CopyOf(*value));
}

struct SetValueCopier {
  SetValue operator()(const Sum& sum) const {
    return {Sum{CopyOf(sum.left), CopyOf(sum.right), sum.subtract}};
  }
  SetValue operator()(const IfNotExists& if_not_exists) const {
    return {IfNotExists{if_not_exists.path, CopyOf(if_not_exists.otherwise)}};
  }
  SetValue operator()(const ListAppend& list_append) const {
    return {ListAppend{CopyOf(list_append.front), CopyOf(list_append.back)}};
  }
  template <class Operand>
  SetValue operator()(const Operand& operand) const {
    return {operand};
  }
};

SetValue CopyOf(const SetValue& value) { return std::visit(SetValueCopier{}, value.node); }

}  // namespace

Condition CopyOf(const Condition& condition) {
  return std::visit(ConditionCopier{}, condition.node);
}

UpdateExpression CopyOf(const UpdateExpression& update) {
  UpdateExpression copy;
  copy.set.reserve(update.set.size());
  for (const SetAction& action : update.set) {
    copy.set.push_back({action.target, CopyOf(action.value)});
  }
  copy.remove = update.remove;
  copy.add = update.add;
  copy.del = update.del;
  return copy;
}

}  // namespace pumice
