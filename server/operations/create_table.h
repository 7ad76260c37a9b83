// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "server/operations/operation.h"
#include "server/operations/table_description_json.h"
#include "server/operations/table_name.h"
#include "server/operations/table_parameters.h"

namespace pumice {

/// CreateTable: a new table with its indexes, and a stream if one is asked for.
///
/// Errors: Validation, ResourceInUse (the name is taken).
/// AWS: API_CreateTable. The answer says CREATING as AWS's does, but the table can be used at once.
struct CreateTable {
  static constexpr std::string_view kName = "CreateTable";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    TableReference table;
    TableDescription definition;  // what the request alone tells: no name, ids or times yet
    std::optional<SentEncryption> encryption;
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    ShownTable shown;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
