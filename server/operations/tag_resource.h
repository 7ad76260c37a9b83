// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "server/operations/operation.h"
#include "server/operations/table_name.h"

namespace pumice {

/// TagResource: gives a table tags; a key that is there already gets the new value.
///
/// Errors: Validation (no tags, bad or too many ones), ResourceNotFound, ResourceInUse (being
/// created). AWS: API_TagResource. The tags are there at once; AWS takes a second or two.
struct TagResource {
  static constexpr std::string_view kName = "TagResource";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    TableReference resource;
    std::vector<Tag> tags;
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    void AppendJson(std::string& out) const;  // nothing: AWS answers an empty body
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
