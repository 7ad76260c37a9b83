// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "server/operations/operation.h"
#include "server/operations/page.h"

namespace pumice {

/// Scan: all items of a table, an index, or one segment of them, in the order of the partition
/// keys' hashes, a page a call.
///
/// Errors: Validation, ResourceNotFound (no such table).
/// AWS: API_Scan. Every read is consistent here; ConsistentRead only changes what it costs.
struct Scan {
  static constexpr std::string_view kName = "Scan";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    PageRequest page;
    std::optional<ScanSegment> segment;
    static Result<Request> FromJson(std::string& body);
  };
  using Response = PageResponse;
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
