// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/operations/item_write.h"
#include "server/operations/operation.h"

namespace pumice {

/// PutItem: stores an item, in place of the one under the same key if there is one.
///
/// Errors: Validation, ResourceNotFound (no such table), ConditionalCheckFailed.
/// AWS: API_PutItem. Nothing is written on any error.
struct PutItem {
  static constexpr std::string_view kName = "PutItem";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kEnveloped;

  struct Request : ItemWriteRequest {
    Item item;
    static Result<Request> FromJson(std::string& body);
  };
  using Response = ItemWriteResponse;
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
