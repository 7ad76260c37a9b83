// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/operations/operation.h"
#include "server/operations/transact_write.h"

namespace pumice {

/// TransactWriteItems: up to 100 puts, updates, deletes and condition checks of any tables, all or
/// none of them.
///
/// Errors: Validation, ResourceNotFound, TransactionCanceled, TransactionInProgress,
/// IdempotentParameterMismatch. Nothing is written on any error.
/// AWS: API_TransactWriteItems. Difference from AWS: a plain write that is under way is not a
/// conflict, it is waited for.
struct TransactWriteItems {
  static constexpr std::string_view kName = "TransactWriteItems";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    TransactWriteRequest transaction;
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    bool return_item_collection_metrics = false;
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    TransactWriteOutcome outcome;
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    bool return_item_collection_metrics = false;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
