// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expressions/ast.h"
#include "server/operations/consumed_capacity.h"
#include "server/operations/item_parameters.h"
#include "server/operations/operation.h"
#include "storage/table_catalog.h"

namespace pumice {

/// BatchGetItem: up to 100 items of any tables. What does not fit in 16 MB comes back as
/// UnprocessedKeys.
///
/// Errors: Validation, ResourceNotFound (one of the tables is missing: nothing is read).
/// AWS: API_BatchGetItem.
struct BatchGetItem {
  static constexpr std::string_view kName = "BatchGetItem";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kBare;

  /// One entry of RequestItems.
  struct TableKeys {
    std::string table_name;  // as sent: a name or an ARN
    std::vector<Item> keys;
    bool consistent_read = false;
    std::optional<ProjectionExpression> projection;
    std::string
        options;  // the entry's other members as JSON, to be handed back with unprocessed keys
  };
  struct Request {
    std::vector<TableKeys> tables;
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    static Result<Request> FromJson(std::string& body);
  };
  struct TableItems {
    std::string table_name;
    std::string items;             // JSON array
    std::string unprocessed_keys;  // JSON of a KeysAndAttributes; empty: all were read
  };
  struct Response {
    std::vector<TableItems> tables;
    std::vector<TableUse> uses;  // one a table
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
