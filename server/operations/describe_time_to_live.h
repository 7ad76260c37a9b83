// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "server/operations/operation.h"
#include "server/operations/table_name.h"

namespace pumice {

/// DescribeTimeToLive: whether items of a table expire, and by which attribute.
///
/// Errors: Validation (also while the table is being created), ResourceNotFound.
/// AWS: API_DescribeTimeToLive. Difference from AWS, where a change takes up to an hour: it shows
/// at once, or after two seconds of ENABLING or DISABLING with delay_transient_statuses.
struct DescribeTimeToLive {
  static constexpr std::string_view kName = "DescribeTimeToLive";
  static constexpr Api kApi = Api::kDynamoDb;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  enum class Status : std::uint8_t { kEnabling, kEnabled, kDisabling, kDisabled };

  struct Request {
    TableReference table;
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    Status status = Status::kDisabled;
    std::string attribute_name;  // empty: not shown
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
