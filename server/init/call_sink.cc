// SPDX-License-Identifier: Apache-2.0
#include "server/init/call_sink.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace pumice {
namespace {

using nlohmann::json;

constexpr int kServerErrors = 500;
constexpr int kMostTries = 64;  // some five minutes
constexpr std::chrono::milliseconds kLongestPause{5000};

std::string MessageOf(const CallAnswer& answer) {
  const std::string message = TextAt(answer.body, {"message"});
  return message.empty() ? TextAt(answer.body, {"Message"}) : message;
}

}  // namespace

std::string TextAt(std::string_view body, std::initializer_list<const char*> path) {
  json value = json::parse(body, nullptr, false);
  for (const char* name : path) {
    if (!value.is_object() || !value.contains(name)) return {};
    value = json(value[name]);
  }
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::string ErrorNameOf(const CallAnswer& answer) {
  const std::string type = TextAt(answer.body, {"__type"});
  if (type.empty()) return fmt::format("HTTP {}", answer.status);
  return type.substr(type.find('#') + 1);
}

std::string ErrorTextOf(const CallAnswer& answer) {
  const std::string message = MessageOf(answer);
  return message.empty() ? ErrorNameOf(answer) : ErrorNameOf(answer) + ": " + message;
}

bool IsTransient(const CallAnswer& answer) {
  if (answer.status >= kServerErrors) return true;
  const std::string name = ErrorNameOf(answer);
  return name == "ProvisionedThroughputExceededException" || name == "ThrottlingException" ||
         name == "RequestLimitExceeded" || name == "LimitExceededException";
}

Result<void> Backoff::Wait() {
  if (++tries_ > kMostTries) {
    return Error(ErrorCode::kInternal, "the endpoint has taken nothing more for minutes");
  }
  PUMICE_TRY(sink_.Wait(pause_));
  pause_ = std::min(pause_ * 2, kLongestPause);
  return Ok();
}

Result<CallAnswer> CallUntilSettled(CallSink& sink, std::string_view operation,
                                    std::string_view body) {
  Backoff backoff(sink);
  for (;;) {
    PUMICE_TRY(CallAnswer answer, sink.Call(operation, body));
    if (answer.ok() || !IsTransient(answer)) return answer;
    const Result<void> waited = backoff.Wait();
    if (waited) continue;
    return Error(ErrorCode::kInternal, fmt::format("{}: {} ({})", operation, ErrorTextOf(answer),
                                                   waited.error().client_text()));
  }
}

Result<std::string> CallUntilAnswered(CallSink& sink, std::string_view operation,
                                      std::string_view body) {
  PUMICE_TRY(CallAnswer answer, CallUntilSettled(sink, operation, body));
  if (answer.ok()) return std::move(answer.body);
  return Error(ErrorCode::kInternal, fmt::format("{}: {}", operation, ErrorTextOf(answer)));
}

}  // namespace pumice
