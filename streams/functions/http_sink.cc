// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/http_sink.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <mbedtls/base64.h>
#include <mbedtls/md.h>
#include <nlohmann/json.hpp>

#include "streams/functions/request_ids.h"
#include "streams/functions/runtime_api.h"
#include "streams/functions/runtime_error.h"

namespace pumice {
namespace {

using How = HttpAnswer::How;
using nlohmann::json;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string Base64(std::string_view text) {
  std::string out(4 * (text.size() / 3 + 1) + 1, '\0');
  std::size_t written = 0;
  mbedtls_base64_encode(reinterpret_cast<unsigned char*>(out.data()), out.size(), &written,
                        Bytes(text), text.size());
  out.resize(written);
  return out;
}

/// AWS's emulator answers 200 whatever happened. Its error has these members and no others.
bool IsErrorBody(std::string_view body) {
  static constexpr std::string_view kMembers[] = {"errorMessage", "errorType", "requestId",
                                                  "stackTrace",   "trace",     "reason",
                                                  "promise",      "cause"};
  if (!body.starts_with('{')) return false;
  const json value = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object() || !value.contains("errorMessage") || !value.contains("errorType")) {
    return false;
  }
  return std::all_of(value.items().begin(), value.items().end(), [](const auto& member) {
    return std::find(std::begin(kMembers), std::end(kMembers), member.key()) != std::end(kMembers);
  });
}

/// "Task timed out after 3.00 seconds", as the emulator answers with 200.
bool IsTimeoutText(std::string_view body) {
  return body.size() < 100 && body.find("Task timed out after ") != std::string_view::npos &&
         !body.starts_with('{');
}

InvocationOutcome ReadLambdaAnswer(HttpAnswer answer) {
  if (!answer.function_error.empty() || IsErrorBody(answer.body)) {
    InvocationOutcome outcome = ReportedOutcome(std::move(answer.body));
    if (outcome.error->type.empty()) outcome.error->type = answer.function_error;
    return outcome;
  }
  if (IsTimeoutText(answer.body)) {
    return FailedOutcome(
        {.type = std::string(kTimeoutErrorType), .message = std::move(answer.body)});
  }
  return {.payload = std::move(answer.body)};
}

/// An endpoint that cannot take a call now did not call the function, as with AWS's own errors.
bool IsNotInvoked(unsigned status) {
  return status == 404 || status == 429 || (status >= 502 && status <= 504);
}

FunctionError EndpointError(const FunctionConfig& function, std::string_view what) {
  return {.type = "Pumice.EndpointError",
          .message = fmt::format("{}: {}", function.endpoint, what)};
}

}  // namespace

bool IsLambdaInvokePath(std::string_view target) {
  constexpr std::string_view kHead = "/2015-03-31/functions/";
  constexpr std::string_view kTail = "/invocations";
  target = target.substr(0, target.find('?'));
  return target.starts_with(kHead) && target.ends_with(kTail) &&
         target.size() > kHead.size() + kTail.size();
}

InvocationOutcome ReadHttpAnswer(const FunctionConfig& function, std::string_view request_id,
                                 HttpAnswer answer) {
  switch (answer.how) {
    case How::kNotConnected:
      return FailedOutcome(EndpointError(function, answer.problem), /*invoked=*/false);
    case How::kTimedOut: return FailedOutcome(TimeoutError(request_id, function.timeout));
    case How::kBroken: return FailedOutcome(EndpointError(function, answer.problem));
    case How::kTooLarge: return FailedOutcome(ResponseTooLargeError(kMaxResponseBytes));
    case How::kAnswered: break;
  }
  const auto endpoint = ParseHttpEndpoint(function.endpoint);
  const bool lambda = endpoint && IsLambdaInvokePath(endpoint.value().target);
  if (answer.status / 100 == 2) {
    if (lambda) return ReadLambdaAnswer(std::move(answer));
    return {.payload = std::move(answer.body)};
  }
  constexpr std::size_t kShownBytes = 500;
  const auto shown = std::string_view(answer.body).substr(0, kShownBytes);
  return FailedOutcome(EndpointError(function, fmt::format("HTTP status {}{}{}", answer.status,
                                                           shown.empty() ? "" : ": ", shown)),
                       /*invoked=*/!(lambda && IsNotInvoked(answer.status)));
}

std::string WebhookSignature(std::string_view secret, std::string_view timestamp,
                             std::string_view body) {
  const std::string text = fmt::format("{}.{}", timestamp, body);
  std::array<unsigned char, 32> digest{};
  mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), Bytes(secret), secret.size(),
                  Bytes(text), text.size(), digest.data());
  return fmt::format("sha256={:02x}", fmt::join(digest, ""));
}

HttpSink::HttpSink(const FunctionConfig& function, SinkParts parts, FunctionStatus& status)
    : function_(function),
      parts_(parts),
      status_(status),
      endpoint_(ParseHttpEndpoint(function.endpoint)) {
  Tell();
}

void HttpSink::Invoke(Invocation invocation, InvocationDone done) {
  if (!endpoint_) {
    return done(FailedOutcome(
        InvalidEntrypointError(fmt::format("The endpoint {}", endpoint_.error().client_text()))));
  }
  if (waiting_.Push(std::move(invocation), std::move(done))) Pump();
}

void HttpSink::Stop() {
  waiting_.Clear();
  calls_.clear();
  status_.Update([](FunctionReport& report) { report.state = "Stopped"; });
}

void HttpSink::Pump() {
  const std::size_t most = std::max<std::size_t>(function_.max_concurrency, 1);
  while (!waiting_.empty() && calls_.size() < most) Start(waiting_.Pop());
  Tell();
}

void HttpSink::Start(PendingInvocation next) {
  const std::uint64_t id = ++newest_id_;
  Call& call = calls_[id];
  call.request_id = MakeRequestId(parts_.random);
  HttpPost post = MakePost(next, call.request_id);
  call.done = std::move(next.done);
  call.exchange = std::make_unique<HttpExchange>(
      parts_.context, parts_.scheduler, std::move(post),
      [this, id](HttpAnswer answer) { Finish(id, std::move(answer)); });
}

HttpPost HttpSink::MakePost(PendingInvocation& next, const std::string& request_id) const {
  HttpPost post{
      .endpoint = endpoint_.value(),
      .headers = {{"Content-Type", "application/json"}, {"X-Pumice-Request-Id", request_id}},
      .body = std::move(next.invocation.event),
      .timeout = function_.timeout,
      .max_answer_bytes = kMaxResponseBytes};
  if (IsLambdaInvokePath(post.endpoint.target)) {
    post.headers.emplace_back("X-Amz-Invocation-Type", "RequestResponse");
    if (const std::string& context = next.invocation.client_context; !context.empty()) {
      post.headers.emplace_back("X-Amz-Client-Context", Base64(context));
    }
  }
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(parts_.clock.Now().time_since_epoch());
  std::string timestamp = std::to_string(seconds.count());
  if (!function_.webhook_secret.empty()) {
    post.headers.emplace_back("X-Pumice-Signature",
                              WebhookSignature(function_.webhook_secret, timestamp, post.body));
  }
  post.headers.emplace_back("X-Pumice-Timestamp", std::move(timestamp));
  return post;
}

void HttpSink::Finish(std::uint64_t id, HttpAnswer answer) {
  auto node = calls_.extract(id);
  const Call& call = node.mapped();
  InvocationOutcome outcome = ReadHttpAnswer(function_, call.request_id, std::move(answer));
  outcome.request_id = call.request_id;
  Pump();
  call.done(std::move(outcome));
}

void HttpSink::Tell() {
  status_.Update(
      [&](FunctionReport& report) { report.state = calls_.empty() ? "Idle" : "Running"; });
}

}  // namespace pumice
