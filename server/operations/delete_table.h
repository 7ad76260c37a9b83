// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/operations/operation.h"
#include "server/operations/table_description_json.h"
#include "server/operations/table_name.h"

namespace pumice {

/// DeleteTable: the table, its items and its indexes. Its streams stay readable for 24 hours.
///
/// Errors: Validation (deletion protection), ResourceNotFound, ResourceInUse (it or one of its
/// indexes is being created, updated or deleted).
/// AWS: API_DeleteTable. The answer says DELETING as AWS's does, but the table is gone at once.
struct DeleteTable {
  static constexpr std::string_view kName = "DeleteTable";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    TableReference table;
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    ShownTable shown;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
