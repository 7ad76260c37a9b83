// SPDX-License-Identifier: Apache-2.0
#pragma once
// The functions of expressions. Their names are case-sensitive.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pumice {

enum class Function : std::uint8_t {
  kAttributeExists,
  kAttributeNotExists,
  kAttributeType,
  kBeginsWith,
  kContains,
  kSize,
  kIfNotExists,
  kListAppend,
};

/// Where a function may stand.
enum class FunctionUse : std::uint8_t {
  kCondition,         // as a whole condition
  kConditionOperand,  // as an operand in one
  kUpdateOperand,     // in a value of SET
};

struct FunctionInfo {
  std::string_view name;
  Function function;
  std::size_t operand_count;
  FunctionUse use;
};

inline constexpr std::array<FunctionInfo, 8> kFunctions{{
    {"attribute_exists", Function::kAttributeExists, 1, FunctionUse::kCondition},
    {"attribute_not_exists", Function::kAttributeNotExists, 1, FunctionUse::kCondition},
    {"attribute_type", Function::kAttributeType, 2, FunctionUse::kCondition},
    {"begins_with", Function::kBeginsWith, 2, FunctionUse::kCondition},
    {"contains", Function::kContains, 2, FunctionUse::kCondition},
    {"size", Function::kSize, 1, FunctionUse::kConditionOperand},
    {"if_not_exists", Function::kIfNotExists, 2, FunctionUse::kUpdateOperand},
    {"list_append", Function::kListAppend, 2, FunctionUse::kUpdateOperand},
}};

/// Null: there is no such function.
constexpr const FunctionInfo* FindFunction(std::string_view name) {
  for (const FunctionInfo& info : kFunctions) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

}  // namespace pumice
