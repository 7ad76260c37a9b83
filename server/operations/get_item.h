// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "expressions/ast.h"
#include "server/operations/consumed_capacity.h"
#include "server/operations/item_parameters.h"
#include "server/operations/operation.h"

namespace pumice {

/// GetItem: the item under a key, or nothing.
///
/// Errors: Validation, ResourceNotFound (no such table).
/// AWS: API_GetItem. Every read is consistent here; ConsistentRead only changes what it costs.
struct GetItem {
  static constexpr std::string_view kName = "GetItem";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kBare;

  struct Request {
    std::string table_name;  // as sent: a name or an ARN
    Item key;
    std::optional<ProjectionExpression> projection;
    bool consistent_read = false;
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    std::string item;  // wire text; empty: no such item
    std::string table_name;
    CapacityUse use;
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
