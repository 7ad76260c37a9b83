// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/operations/item_write.h"
#include "server/operations/operation.h"

namespace pumice {

/// DeleteItem: removes the item under a key; removing a missing item is no error.
///
/// Errors: Validation, ResourceNotFound (no such table), ConditionalCheckFailed.
/// AWS: API_DeleteItem. Nothing is written on any error.
struct DeleteItem {
  static constexpr std::string_view kName = "DeleteItem";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kEnveloped;

  struct Request : ItemWriteRequest {
    Item key;
    static Result<Request> FromJson(std::string& body);
  };
  using Response = ItemWriteResponse;
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
