// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/operations/operation.h"
#include "server/operations/table_name.h"

namespace pumice {

/// UpdateTimeToLive: names the attribute whose value says when an item expires, or stops expiry.
///
/// Errors: Validation (already so, active on another attribute), ResourceNotFound, ResourceInUse
/// (the table is being created or deleted). AWS: API_UpdateTimeToLive. Difference from AWS, which
/// takes one change an hour ("Time to live has been modified multiple times within a fixed
/// interval"): any number is taken, because tests switch it on and off.
struct UpdateTimeToLive {
  static constexpr std::string_view kName = "UpdateTimeToLive";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    TableReference table;
    std::string attribute_name;  // "AttributeName", 1..255
    bool enabled = false;        // "Enabled"
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    std::string attribute_name;
    bool enabled = false;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
