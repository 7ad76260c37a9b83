// SPDX-License-Identifier: Apache-2.0
#include "server/commands/endpoint_sink.h"

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/core.h>

namespace pumice {
namespace {

constexpr std::chrono::milliseconds kStopWithin{50};

}  // namespace

const patterns::StopFlag EndpointSink::kNever;

Result<patterns::Endpoint> ReadEndpointUrl(const std::string& url, const std::string& region) {
  return patterns::ReadEndpoint({"--endpoint-url"}, url, region, patterns::ProcessEnvironment);
}

Result<CallAnswer> EndpointSink::Call(std::string_view operation, std::string_view body) {
  Result<patterns::Answer> answer = client_.Call(operation, body);
  if (!answer) {
    return Error(ErrorCode::kInternal,
                 fmt::format("{}: {}", endpoint_.url, answer.error().client_text()));
  }
  patterns::Answer& got = answer.value();
  return CallAnswer{got.status, std::move(got.body), std::move(got.function_error)};
}

Result<void> EndpointSink::Wait(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (!stop_.is_set()) {
    const auto left = end - std::chrono::steady_clock::now();
    if (left <= left.zero()) return Ok();
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, kStopWithin));
  }
  return Error(ErrorCode::kInternal, "stopped");
}

}  // namespace pumice
