// SPDX-License-Identifier: Apache-2.0
#include "server/operations/update_index_keys.h"

#include <optional>
#include <variant>

#include <fmt/core.h>

#include "storage/index_keys.h"

namespace pumice {
namespace {

using Kind = IndexKeyProblem::Kind;

/// Measured on AWS, June 2026: an update does not name index and key.
Error EmptyKey(const IndexKeyProblem& problem) {
  return Error(ErrorCode::kValidation,
               fmt::format("One or more parameter values are not valid. The update expression "
                           "attempted to update a secondary index key to a value that is not "
                           "supported. The AttributeValue for a key attribute cannot contain an "
                           "empty {} value.",
                           problem.key.type == AttributeType::kB ? "binary" : "string"));
}

/// What can be told of the value without the item; null: nothing. Of sums and lists only the type
/// is known; any value of it stands for them.
const AttributeValue* KnownValue(const SetValue& value) {
  static const AttributeValue some_number = Number();
  static const AttributeValue some_list = List();
  if (const auto* literal = std::get_if<AttributeValue>(&value.node)) return literal;
  if (std::holds_alternative<Sum>(value.node)) return &some_number;
  if (std::holds_alternative<ListAppend>(value.node)) return &some_list;
  return nullptr;
}

const AttributeValue* KnownValueOf(const UpdateExpression& update, const KeyAttribute& key) {
  for (const SetAction& action : update.set) {
    if (action.target.attribute() == key.name) return KnownValue(action.value);
  }
  for (const AddAction& action : update.add) {
    if (action.target.attribute() == key.name) return &action.value;
  }
  return nullptr;
}

std::optional<IndexKeyProblem> FindOperandProblem(const UpdateExpression& update,
                                                  const TableDescription& table) {
  return FindIndexKeyProblem(table,
                             [&](const KeyAttribute& key) { return KnownValueOf(update, key); });
}

}  // namespace

bool HasEmptyIndexKeyOperand(const UpdateExpression& update, const TableDescription& table) {
  const auto problem = FindOperandProblem(update, table);
  return problem && problem->kind == Kind::kEmpty;
}

Result<void> CheckIndexKeyOperands(const UpdateExpression& update, const TableDescription& table) {
  const auto problem = FindOperandProblem(update, table);
  if (!problem) return Ok();
  return problem->kind == Kind::kEmpty ? EmptyKey(*problem) : IndexKeyError(*problem);
}

Result<void> CheckUpdatedIndexKeys(const TableDescription& table, const Item& old_item,
                                   const Item& new_item) {
  const auto problem =
      FindIndexKeyProblem(table, [&](const KeyAttribute& key) -> const AttributeValue* {
        const AttributeValue* const value = new_item.Find(key.name);
        if (value == nullptr) return nullptr;
        const AttributeValue* const old_value = old_item.Find(key.name);
        return old_value != nullptr && *old_value == *value ? nullptr : value;
      });
  if (!problem) return Ok();
  switch (problem->kind) {
    case Kind::kType:
      return Error(ErrorCode::kValidation,
                   "The update expression attempted to update the secondary index key to "
                   "unsupported type");
    case Kind::kEmpty: return EmptyKey(*problem);
    case Kind::kSize: break;
  }
  // API_TransactWriteItems lists this text; where UpdateItem says it was not measured.
  return Error(ErrorCode::kValidation,
               "The update expression attempted to update the secondary index key beyond allowed "
               "size limits");
}

}  // namespace pumice
