// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "expressions/document_path.h"
#include "expressions/partiql/lower.h"
#include "expressions/partiql/problems.h"
#include "expressions/problems.h"

namespace pumice::partiql {
namespace {

using pumice::problems::OperandCount;
using pumice::problems::OperandType;

bool IsSet(const AttributeValue& value) {
  const AttributeType type = value.type();
  return type == AttributeType::kSs || type == AttributeType::kNs || type == AttributeType::kBs;
}

class UpdateLowering {
 public:
  explicit UpdateLowering(Parameters parameters) : parameters_(parameters) {}

  Result<UpdateExpression> Lower(const std::vector<AssignmentSyntax>& assignments);

 private:
  Result<void> Add(const AssignmentSyntax& assignment);
  Result<void> AddSetFunction(const DocumentPath& target, const Term& call);
  Result<SetValue> LowerSetValue(const Term& term);
  Result<SetValuePtr> LowerPart(const Term& term);
  Result<SetValue> LowerSum(const Term& term);
  Result<SetValue> LowerCall(const Term& call);
  static Result<void> CheckOperand(std::string_view operation, const SetValue& operand,
                                   AttributeType wanted);

  Parameters parameters_;
  UpdateExpression update_;
};

Result<UpdateExpression> UpdateLowering::Lower(const std::vector<AssignmentSyntax>& assignments) {
  std::vector<const DocumentPath*> targets;
  for (const AssignmentSyntax& assignment : assignments) {
    PUMICE_TRY(CheckPath(assignment.target));
    targets.push_back(&assignment.target);
    PUMICE_TRY(Add(assignment));
  }
  if (const auto collision = FindCollision(targets)) {
    return problems::Invalid(pumice::problems::Collision(*collision));
  }
  return std::move(update_);
}

Result<void> UpdateLowering::Add(const AssignmentSyntax& assignment) {
  if (!assignment.value) {
    update_.remove.push_back({assignment.target});
    return Ok();
  }
  const Term& value = *assignment.value;
  if (value.kind == TermKind::kCall && (value.text == "set_add" || value.text == "set_delete")) {
    return AddSetFunction(assignment.target, value);
  }
  PUMICE_TRY(auto set_value, LowerSetValue(value));
  update_.set.push_back({assignment.target, std::move(set_value)});
  return Ok();
}

Result<void> UpdateLowering::AddSetFunction(const DocumentPath& target, const Term& call) {
  const bool add = call.text == "set_add";
  const std::string_view name = add ? "SET_ADD" : "SET_DELETE";
  if (call.children.size() != 2) {
    return problems::Invalid(
        fmt::format("{} must have exactly two arguments {}", name, At(call.position)));
  }
  const Term& first = call.children[0];
  if (first.kind != TermKind::kPath || first.path != target) {
    return problems::Invalid(fmt::format(
        "The first argument to {} must equal the assignment value {}", name, At(call.position)));
  }
  const auto not_a_set = [&] {
    return problems::Invalid(fmt::format(
        "The second argument to {} must be a value with type SET {}", name, At(first.position)));
  };
  if (!IsValue(call.children[1])) return not_a_set();
  PUMICE_TRY(auto members, LowerValue(call.children[1], parameters_));
  if (!IsSet(members)) return not_a_set();
  if (add) {
    update_.add.push_back({target, std::move(members)});
  } else {
    update_.del.push_back({target, std::move(members)});
  }
  return Ok();
}

Result<SetValuePtr> UpdateLowering::LowerPart(const Term& term) {
  PUMICE_TRY(auto value, LowerSetValue(term));
  return SetValuePtr(std::make_unique<const SetValue>(std::move(value)));
}

Result<SetValue> UpdateLowering::LowerSetValue(const Term& term) {
  if (term.kind == TermKind::kPath) {
    PUMICE_TRY(CheckPath(term.path));
    return SetValue{term.path};
  }
  if (term.kind == TermKind::kCall) return LowerCall(term);
  if (term.kind == TermKind::kInfix && (term.text == "+" || term.text == "-")) {
    return LowerSum(term);
  }
  const std::string_view op = OperatorText(term);
  if (!op.empty()) return problems::UnsupportedOperator("Update", op);
  // What is no value is refused in its words.
  PUMICE_TRY(auto value, LowerValue(term, parameters_));
  return SetValue{std::move(value)};
}

/// Values of the statement are checked here, all others when the update is applied.
Result<void> UpdateLowering::CheckOperand(std::string_view operation, const SetValue& operand,
                                          AttributeType wanted) {
  const auto* const value = std::get_if<AttributeValue>(&operand.node);
  if (value == nullptr || value->type() == wanted) return Ok();
  return problems::Invalid(OperandType(operation, AttributeTypeName(value->type())));
}

Result<SetValue> UpdateLowering::LowerSum(const Term& term) {
  Sum sum;
  sum.subtract = term.text == "-";
  PUMICE_TRY(sum.left, LowerPart(term.children[0]));
  PUMICE_TRY(sum.right, LowerPart(term.children[1]));
  PUMICE_TRY(CheckOperand(term.text, *sum.left, AttributeType::kN));
  PUMICE_TRY(CheckOperand(term.text, *sum.right, AttributeType::kN));
  return SetValue{std::move(sum)};
}

Result<SetValue> UpdateLowering::LowerCall(const Term& call) {
  const bool append = call.text == "list_append";
  if (!append && call.text != "if_not_exists") {
    return problems::UnrecognizedFunction(call.text, call.position);
  }
  if (call.children.size() != 2) {
    return problems::Invalid(OperandCount(call.text, call.children.size()));
  }
  if (!append) {
    const Term& path = call.children[0];
    if (path.kind != TermKind::kPath) {
      return problems::Invalid(pumice::problems::PathRequired(call.text));
    }
    PUMICE_TRY(CheckPath(path.path));
    PUMICE_TRY(auto otherwise, LowerPart(call.children[1]));
    return SetValue{IfNotExists{path.path, std::move(otherwise)}};
  }
  ListAppend list_append;
  PUMICE_TRY(list_append.front, LowerPart(call.children[0]));
  PUMICE_TRY(list_append.back, LowerPart(call.children[1]));
  PUMICE_TRY(CheckOperand(call.text, *list_append.front, AttributeType::kL));
  PUMICE_TRY(CheckOperand(call.text, *list_append.back, AttributeType::kL));
  return SetValue{std::move(list_append)};
}

}  // namespace

Result<UpdateExpression> LowerUpdate(const std::vector<AssignmentSyntax>& assignments,
                                     Parameters parameters) {
  return UpdateLowering(parameters).Lower(assignments);
}

}  // namespace pumice::partiql
