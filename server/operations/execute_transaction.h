// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expressions/partiql/statement.h"
#include "server/operations/consumed_capacity.h"
#include "server/operations/item_parameters.h"
#include "server/operations/operation.h"

namespace pumice {

/// ExecuteTransaction: up to 100 PartiQL statements, each about one item, all or none of them: all
/// of them read, or all of them write or check (EXISTS).
///
/// Errors: Validation, ResourceNotFound, TransactionCanceled, TransactionInProgress,
/// IdempotentParameterMismatch. Nothing is written on any error.
/// AWS: API_ExecuteTransaction.
struct ExecuteTransaction {
  static constexpr std::string_view kName = "ExecuteTransaction";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Member {
    partiql::Statement statement;
    bool return_item_on_failed_condition = false;
  };
  struct Request {
    std::vector<Member> members;
    std::optional<std::string> client_request_token;
    std::string parameters;  // with a token: a text that is equal for equal requests
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    std::vector<std::string> items;  // one a SELECT: wire text, empty: no item
    std::vector<TableUse> tables;
    CapacityKind capacity_kind = CapacityKind::kRead;
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
