// SPDX-License-Identifier: Apache-2.0
#include "server/init/handler_sink.h"

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/core.h>

namespace pumice {
namespace {

constexpr std::chrono::milliseconds kLookEvery{50};

Error Stopped() { return Error(ErrorCode::kInternal, "stopped"); }

}  // namespace

HandlerSink::HandlerSink(RequestHandler& handler, HandlerSinkOptions options)
    : handler_(handler),
      options_(std::move(options)),
      // No signature is looked at; of the scope, key and region are.
      authorization_(
          fmt::format("AWS4-HMAC-SHA256 Credential={}/20260101/{}/dynamodb/aws4_request, "
                      "SignedHeaders=host;x-amz-date, Signature=0",
                      options_.access_key, options_.region)) {}

Result<CallAnswer> HandlerSink::Call(std::string_view operation, std::string_view body) {
  if (options_.stopped()) return Stopped();
  const std::string target = fmt::format("DynamoDB_20120810.{}", operation);
  HttpRequest request;
  request.method = "POST";
  request.path = "/";
  request.headers = {{"host", "localhost"},
                     {"content-type", "application/x-amz-json-1.0"},
                     {"x-amz-date", "20260101T000000Z"},
                     {"x-amz-target", target},
                     {"authorization", authorization_}};
  request.body = body;
  HttpResponse response;
  handler_.Handle(request, response);
  return CallAnswer{response.status, std::move(response.body)};
}

Result<void> HandlerSink::Wait(std::chrono::milliseconds time) {
  while (time.count() > 0) {
    if (options_.stopped()) return Stopped();
    const auto step = std::min(time, kLookEvery);
    std::this_thread::sleep_for(step);
    time -= step;
  }
  return Ok();
}

}  // namespace pumice
