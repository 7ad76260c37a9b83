// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "expressions/partiql/statement.h"
#include "server/operations/consumed_capacity.h"
#include "server/operations/item_parameters.h"
#include "server/operations/operation.h"
#include "server/operations/partiql_select.h"

namespace pumice {

/// ExecuteStatement: one PartiQL statement: a page of a SELECT, or the write of one item.
///
/// Errors: Validation, ResourceNotFound (no such table), ConditionalCheckFailed, DuplicateItem.
/// AWS: API_ExecuteStatement. Every read is consistent here; ConsistentRead only changes what it
/// costs.
struct ExecuteStatement {
  static constexpr std::string_view kName = "ExecuteStatement";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    partiql::Statement statement;
    std::string statement_text;  // with its parameters: what its tokens belong to
    bool consistent_read = false;
    bool return_item_on_failed_condition = false;
    SelectPaging paging;
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    std::string items;  // the elements of the JSON array
    std::string next_token;
    std::string last_evaluated_key;  // wire text
    std::string table_name;
    TablePtr table;
    CapacityUse use;
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
