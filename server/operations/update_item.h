// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "expressions/ast.h"
#include "server/operations/item_write.h"
#include "server/operations/operation.h"

namespace pumice {

/// UpdateItem: changes attributes of the item under a key, or makes the item if there is none.
///
/// Errors: Validation, ResourceNotFound (no such table), ConditionalCheckFailed.
/// AWS: API_UpdateItem. Nothing is written on any error.
struct UpdateItem {
  static constexpr std::string_view kName = "UpdateItem";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kEnveloped;

  struct Request : ItemWriteRequest {
    Item key;
    std::optional<UpdateExpression> update;  // none: only makes the item if it is missing
    static Result<Request> FromJson(std::string& body);
  };
  using Response = ItemWriteResponse;
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
