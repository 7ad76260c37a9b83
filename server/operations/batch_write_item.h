// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/operations/consumed_capacity.h"
#include "server/operations/item_parameters.h"
#include "server/operations/operation.h"
#include "storage/table_catalog.h"

namespace pumice {

/// BatchWriteItem: up to 25 puts and deletes in any tables.
///
/// Errors: Validation, ResourceNotFound. Any bad element refuses the whole batch: nothing is
/// written then. AWS: API_BatchWriteItem. Here a batch is written as a whole; UnprocessedItems has
/// only what belongs to a transaction that runs now (AWS's operation has no TransactionConflict).
struct BatchWriteItem {
  static constexpr std::string_view kName = "BatchWriteItem";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  /// One put or delete.
  struct Write {
    Item item_or_key;
    bool put = true;
  };
  struct TableWrites {
    std::string table_name;  // as sent: a name or an ARN
    std::vector<Write> writes;
  };
  struct Request {
    std::vector<TableWrites> tables;
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    bool return_item_collection_metrics = false;
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    std::vector<TableUse> tables;
    std::vector<std::string> unprocessed;  // one a table: WriteRequests with commas; empty: none
    ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
    bool return_item_collection_metrics = false;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
