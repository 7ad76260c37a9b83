// SPDX-License-Identifier: Apache-2.0
#include "server/commands/endpoint_sink.h"

#include <thread>
#include <utility>

#include <fmt/core.h>

namespace pumice {

Result<patterns::Endpoint> ReadEndpointUrl(const std::string& url, const std::string& region) {
  return patterns::ReadEndpoint({"--endpoint-url"}, url, region, patterns::ProcessEnvironment);
}

Result<CallAnswer> EndpointSink::Call(std::string_view operation, std::string_view body) {
  Result<patterns::Answer> answer = client_.Call(operation, body);
  if (!answer) {
    return Error(ErrorCode::kInternal,
                 fmt::format("{}: {}", endpoint_.url, answer.error().client_text()));
  }
  return CallAnswer{answer.value().status, std::move(answer).value().body};
}

Result<void> EndpointSink::Wait(std::chrono::milliseconds time) {
  std::this_thread::sleep_for(time);
  return Ok();
}

}  // namespace pumice
