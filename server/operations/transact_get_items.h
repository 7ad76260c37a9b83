// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "server/operations/transact_get.h"

namespace pumice {

/// TransactGetItems: up to 100 items of any tables, all as they are at one moment.
///
/// Errors: Validation, ResourceNotFound, TransactionCanceled.
/// AWS: API_TransactGetItems. Difference from AWS: a plain write that is under way is not a
/// conflict, the read is before or after it.
struct TransactGetItems {
  static constexpr std::string_view kName = "TransactGetItems";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    std::vector<TransactGet> gets;
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    std::vector<std::string> items;  // wire texts; empty: no such item, or nothing selected
    std::vector<TableUse> tables;
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
