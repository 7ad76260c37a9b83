// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/operations/operation.h"
#include "server/operations/table_name.h"

namespace pumice {

/// ListTagsOfResource: a table's tags, ten a page as at AWS.
///
/// Errors: Validation, ResourceNotFound, ResourceInUse (being created). AWS:
/// API_ListTagsOfResource. A NextToken that is none is ignored, as AWS does.
struct ListTagsOfResource {
  static constexpr std::string_view kName = "ListTagsOfResource";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    TableReference resource;
    std::string next_token;  // empty: from the start
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    std::vector<Tag> tags;
    std::optional<std::string> next_token;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
