// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/operations/operation.h"

namespace pumice {

/// DescribeLimits: the quotas of throughput that a new AWS account has. Nothing here is held to
/// them.
///
/// Errors: none but Serialization. AWS: API_DescribeLimits.
struct DescribeLimits {
  static constexpr std::string_view kName = "DescribeLimits";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
