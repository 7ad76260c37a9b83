// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/operations/operation.h"
#include "server/operations/table_description_json.h"
#include "server/operations/table_name.h"
#include "server/operations/table_parameters.h"

namespace pumice {

/// UpdateTable: throughput, billing mode, global indexes, stream, deletion protection, table class,
/// encryption.
///
/// Errors: Validation, ResourceNotFound, ResourceInUse (being created, updated or deleted),
/// LimitExceeded (a second index while one is being created or deleted). AWS: API_UpdateTable. The
/// answer says UPDATING where AWS's does, but the change is done; only indexes are made and deleted
/// in the background. Changes of vector indexes and replicas are refused in this release.
struct UpdateTable {
  static constexpr std::string_view kName = "UpdateTable";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    TableReference table;
    TableParameters changes;  // checked as far as the request alone tells
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    ShownTable shown;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
