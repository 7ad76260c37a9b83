// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/operations/operation.h"
#include "server/operations/table_description_json.h"
#include "server/operations/table_name.h"

namespace pumice {

/// DescribeTable: what a table looks like, and how many items it holds.
///
/// Errors: Validation, ResourceNotFound.
/// AWS: API_DescribeTable. Counts and sizes are exact here; AWS brings them up to date every six
/// hours.
struct DescribeTable {
  static constexpr std::string_view kName = "DescribeTable";
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
