// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/operations/operation.h"

namespace pumice {

/// DescribeEndpoints: where to send the next requests. SDKs with endpoint discovery switched on ask
/// this first, so it is the host that the request came to.
///
/// Errors: none but Serialization. AWS: API_DescribeEndpoints.
struct DescribeEndpoints {
  static constexpr std::string_view kName = "DescribeEndpoints";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    std::string address;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
