// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/runtime_error.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pumice {
namespace {

using nlohmann::json;

/// A runtime may be anybody's: what is no error JSON is shown, up to this size.
constexpr std::size_t kMaxShownBytes = 4096;

std::string TextMember(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string StackTrace(const json& object) {
  // Node's runtime calls it by another name.
  const auto found = object.find(object.contains("stackTrace") ? "stackTrace" : "trace");
  if (found == object.end() || !found->is_array()) return {};
  std::string out;
  for (const json& line : *found) {
    if (!line.is_string()) continue;
    out += line.get_ref<const std::string&>();
    if (!out.ends_with('\n')) out += '\n';
  }
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

std::string IdPrefix(std::string_view request_id) {
  return request_id.empty() ? std::string() : fmt::format("RequestId: {} Error: ", request_id);
}

}  // namespace

std::string ErrorText(const FunctionError& error) {
  return error.type.empty() ? error.message : error.type + ": " + error.message;
}

FunctionError ReadRuntimeError(std::string_view body) {
  const json value = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) {
    return {.type = "Runtime.Unknown", .message = std::string(body.substr(0, kMaxShownBytes))};
  }
  return {.type = TextMember(value, "errorType"),
          .message = TextMember(value, "errorMessage"),
          .stack_trace = StackTrace(value),
          .hint = TextMember(value, "hint")};
}

std::string RuntimeErrorJson(const FunctionError& error) {
  nlohmann::ordered_json value{{"errorType", error.type}, {"errorMessage", error.message}};
  if (!error.stack_trace.empty()) value["stackTrace"] = json::array({error.stack_trace});
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

InvocationOutcome ReportedOutcome(std::string body) {
  InvocationOutcome outcome{.error = ReadRuntimeError(body), .payload = std::move(body)};
  if (outcome.error->hint.empty()) return outcome;
  auto value = nlohmann::ordered_json::parse(outcome.payload, nullptr, false);
  value.erase("hint");
  outcome.payload = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return outcome;
}

InvocationOutcome FailedOutcome(const FunctionError& error, bool invoked) {
  return {.error = error, .invoked = invoked, .payload = RuntimeErrorJson(error)};
}

FunctionError TimeoutError(std::string_view request_id, std::chrono::seconds limit) {
  return {.type = std::string(kTimeoutErrorType),
          .message = fmt::format("{}Task timed out after {}.00 seconds", IdPrefix(request_id),
                                 limit.count())};
}

FunctionError InitTimeoutError(std::chrono::seconds limit) {
  return {.type = std::string(kTimeoutErrorType),
          .message = fmt::format("The function was not ready after {}.00 seconds", limit.count())};
}

FunctionError ExitError(std::string_view request_id, std::string_view how) {
  const std::string what = how == "exit status 0"
                               ? "Runtime exited without providing a reason"
                               : fmt::format("Runtime exited with error: {}", how);
  return {.type = "Runtime.ExitError", .message = IdPrefix(request_id) + what};
}

FunctionError ResponseTooLargeError(std::size_t limit_bytes) {
  return {
      .type = "Function.ResponseSizeTooLarge",
      .message = fmt::format(
          "Response payload size exceeded maximum allowed payload size ({} bytes).", limit_bytes)};
}

FunctionError InvalidEntrypointError(std::string_view reason) {
  return {.type = "Runtime.InvalidEntrypoint", .message = std::string(reason)};
}

FunctionError NotAttachedError(std::string_view address) {
  return {.type = "Pumice.NoRuntimeAttached",
          .message = fmt::format("No runtime is attached; start one with AWS_LAMBDA_RUNTIME_API={}",
                                 address)};
}

FunctionError TooManyRequestsError() {
  return {.type = std::string(kThrottledErrorType), .message = "Rate Exceeded."};
}

FunctionError NoResourcesError(std::string_view reason) {
  return {.type = "ServiceException", .message = std::string(reason)};
}

}  // namespace pumice
