// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "expressions/parse.h"
#include "server/operations/operation.h"
#include "server/operations/page.h"

namespace pumice {

/// Query: items of one partition of a table or index, in sort key order, a page a call.
///
/// Errors: Validation, ResourceNotFound (no such table).
/// AWS: API_Query. Every read is consistent here; ConsistentRead only changes what it costs.
struct Query {
  static constexpr std::string_view kName = "Query";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kBare;

  struct Request {
    PageRequest page;
    KeyConditionExpression key_condition;
    bool legacy_filter = false;  // the filter came as QueryFilter
    bool scan_index_forward = true;
    static Result<Request> FromJson(std::string& body);
  };
  using Response = PageResponse;
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
