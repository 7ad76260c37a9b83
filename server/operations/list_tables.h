// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/operations/operation.h"

namespace pumice {

/// ListTables: names in the order of their bytes, page by page.
///
/// Errors: Validation.
/// AWS: API_ListTables.
struct ListTables {
  static constexpr std::string_view kName = "ListTables";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    std::string exclusive_start_table_name;  // empty: from the start
    std::size_t limit = 0;
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    std::vector<std::string> table_names;
    std::optional<std::string> last_evaluated_table_name;  // absent: the last name was given
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
