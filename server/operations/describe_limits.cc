// SPDX-License-Identifier: Apache-2.0
#include "server/operations/describe_limits.h"

#include "server/protocol/json_reader.h"

namespace pumice {

Result<DescribeLimits::Request> DescribeLimits::Request::FromJson(std::string& body) {
  PUMICE_TRY(ReadRequest(body, [](std::string_view, JsonValue&) -> Result<void> { return Ok(); }));
  return Request{};
}

Result<DescribeLimits::Response> DescribeLimits::Run(const Request& /*request*/,
                                                     OperationContext& /*context*/) {
  return Response{};
}

void DescribeLimits::Response::AppendJson(std::string& out) const {
  // AWS: "Quotas in Amazon DynamoDB", the defaults of an account.
  out += R"({"AccountMaxReadCapacityUnits":80000,"AccountMaxWriteCapacityUnits":80000,)"
         R"("TableMaxReadCapacityUnits":40000,"TableMaxWriteCapacityUnits":40000})";
}

}  // namespace pumice
