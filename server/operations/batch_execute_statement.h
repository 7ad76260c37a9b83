// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "expressions/partiql/statement.h"
#include "server/operations/consumed_capacity.h"
#include "server/operations/item_parameters.h"
#include "server/operations/operation.h"

namespace pumice {

/// BatchExecuteStatement: up to 25 PartiQL statements, each about one item: all of them read or all
/// of them write. Each succeeds or fails for itself.
///
/// Errors: Validation (no statements, reads beside writes, one item twice). All else is the error
/// of one member. AWS: API_BatchExecuteStatement. ReturnValuesOnConditionCheckFailure has no
/// effect, as at AWS (measured, October 2026).
struct BatchExecuteStatement {
  static constexpr std::string_view kName = "BatchExecuteStatement";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct MemberError {
    std::string_view code;  // "ValidationError", …
    std::string message;
  };
  struct Member {
    std::variant<partiql::Statement, MemberError> statement;
    bool consistent_read = false;
  };
  struct Request {
    std::vector<Member> members;
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    static Result<Request> FromJson(std::string& body);
  };
  struct MemberResult {
    std::string table_name;  // empty: refused before its table was reached
    std::string item;        // wire text; empty: none
    std::optional<MemberError> error;
  };
  struct Response {
    std::vector<MemberResult> results;
    std::vector<TableUse> tables;
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
