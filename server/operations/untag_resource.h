// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "server/operations/operation.h"
#include "server/operations/table_name.h"

namespace pumice {

/// UntagResource: takes tags off a table; keys that are not there are no mistake.
///
/// Errors: Validation (no keys), ResourceNotFound, ResourceInUse (being created). AWS:
/// API_UntagResource. The tags are gone at once; AWS takes a second or two.
struct UntagResource {
  static constexpr std::string_view kName = "UntagResource";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    TableReference resource;
    std::vector<std::string> tag_keys;
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    void AppendJson(std::string& out) const;  // nothing: AWS answers an empty body
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
