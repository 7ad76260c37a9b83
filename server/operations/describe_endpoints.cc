// SPDX-License-Identifier: Apache-2.0
#include "server/operations/describe_endpoints.h"

#include <fmt/core.h>

#include "model/attribute_json.h"
#include "server/protocol/json_reader.h"

namespace pumice {

Result<DescribeEndpoints::Request> DescribeEndpoints::Request::FromJson(std::string& body) {
  PUMICE_TRY(ReadRequest(body, [](std::string_view, JsonValue&) -> Result<void> { return Ok(); }));
  return Request{};
}

Result<DescribeEndpoints::Response> DescribeEndpoints::Run(const Request& /*request*/,
                                                           OperationContext& context) {
  // Without a Host header (HTTP/1.0) there is nothing better than AWS's own name.
  if (context.host.empty()) {
    return Response{fmt::format("dynamodb.{}.amazonaws.com", context.identity.region)};
  }
  return Response{std::string(context.host)};
}

void DescribeEndpoints::Response::AppendJson(std::string& out) const {
  out += R"({"Endpoints":[{"Address":)";
  AppendJsonString(out, address);
  out += R"(,"CachePeriodInMinutes":1440}]})";
}

}  // namespace pumice
