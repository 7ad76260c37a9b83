// SPDX-License-Identifier: Apache-2.0
#pragma once
// AttributeUpdates: PUT, ADD and DELETE of top-level attributes.
// AWS: API_AttributeValueUpdate. PUT is SET; ADD is ADD, and appends lists as well; DELETE without
// a value is REMOVE, with one DELETE.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "expressions/ast.h"

namespace pumice {

enum class AttributeAction : std::uint8_t { kPut, kAdd, kDelete };
std::optional<AttributeAction> AttributeActionFromName(std::string_view name);

struct AttributeUpdate {
  AttributeAction action = AttributeAction::kPut;
  std::optional<AttributeValue> value;
};

/// Adds one entry to `expression`, which then says that it came from AttributeUpdates.
/// Errors: "One or more parameter values were invalid: " with "Only DELETE action is allowed when
/// no attribute value is specified", "<action> action … is not supported for the type <T>".
Result<void> AppendUpdate(std::string attribute, AttributeUpdate update,
                          UpdateExpression& expression);

}  // namespace pumice
