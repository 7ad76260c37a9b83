// SPDX-License-Identifier: Apache-2.0
#include "expressions/legacy/attribute_updates.h"

#include <utility>

#include <fmt/core.h>

namespace pumice {
namespace {

Error Invalid(std::string_view what) {
  return Error(ErrorCode::kValidation,
               fmt::format("One or more parameter values were invalid: {}", what));
}

Error NotForType(std::string_view action, AttributeType type) {
  return Invalid(
      fmt::format("{} is not supported for the type {}", action, AttributeTypeName(type)));
}

bool IsSet(AttributeType type) {
  return type == AttributeType::kSs || type == AttributeType::kNs || type == AttributeType::kBs;
}

bool CanBeAdded(AttributeType type) {
  return IsSet(type) || type == AttributeType::kN || type == AttributeType::kL;
}

}  // namespace

std::optional<AttributeAction> AttributeActionFromName(std::string_view name) {
  if (name == "PUT") return AttributeAction::kPut;
  if (name == "ADD") return AttributeAction::kAdd;
  if (name == "DELETE") return AttributeAction::kDelete;
  return std::nullopt;
}

Result<void> AppendUpdate(std::string attribute, AttributeUpdate update,
                          UpdateExpression& expression) {
  expression.from_attribute_updates = true;
  DocumentPath target{{std::move(attribute)}};
  if (!update.value) {
    if (update.action != AttributeAction::kDelete) {
      return Invalid("Only DELETE action is allowed when no attribute value is specified");
    }
    expression.remove.push_back({std::move(target)});
    return Ok();
  }
  const AttributeType type = update.value->type();
  switch (update.action) {
    case AttributeAction::kPut:
      expression.set.push_back({std::move(target), {*std::move(update.value)}});
      return Ok();
    case AttributeAction::kAdd:
      if (!CanBeAdded(type)) return NotForType("ADD action", type);
      expression.add.push_back({std::move(target), *std::move(update.value)});
      return Ok();
    case AttributeAction::kDelete: break;
  }
  if (!IsSet(type)) return NotForType("DELETE action with value", type);
  expression.del.push_back({std::move(target), *std::move(update.value)});
  return Ok();
}

}  // namespace pumice
