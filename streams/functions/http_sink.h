// SPDX-License-Identifier: Apache-2.0
#pragma once
// HttpSink: a function behind an http:// address. With a path
// /2015-03-31/functions/<name>/invocations that is a Lambda of another tool (AWS's runtime
// interface emulator, `sam local start-lambda`, serverless-offline); any other path is a webhook:
// 2xx accepts. Thread rule: the handlers' thread only. Lifetime: all it is given outlives it.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "streams/functions/function_runner.h"
#include "streams/functions/http_exchange.h"
#include "streams/functions/invocation_queue.h"

namespace pumice {

/// "/2015-03-31/functions/function/invocations"
bool IsLambdaInvokePath(std::string_view target);

/// What an answer means. `request_id` is for the texts of errors.
InvocationOutcome ReadHttpAnswer(const FunctionConfig& function, std::string_view request_id,
                                 HttpAnswer answer);

/// "sha256=<hex of HMAC-SHA256(secret, timestamp + "." + body)>": with the timestamp inside, so
/// that an old call cannot be sent again as a new one.
std::string WebhookSignature(std::string_view secret, std::string_view timestamp,
                             std::string_view body);

class HttpSink final : public FunctionRunner {
 public:
  HttpSink(const FunctionConfig& function, SinkParts parts, FunctionStatus& status);

  void Invoke(Invocation invocation, InvocationDone done) override;
  void Stop() override;

 private:
  struct Call {
    InvocationDone done;
    std::string request_id;
    std::unique_ptr<HttpExchange> exchange;
  };

  void Pump();
  void Start(PendingInvocation next);
  HttpPost MakePost(PendingInvocation& next, const std::string& request_id) const;
  void Finish(std::uint64_t id, HttpAnswer answer);
  void Tell();

  const FunctionConfig& function_;
  SinkParts parts_;
  FunctionStatus& status_;
  Result<HttpEndpoint> endpoint_;
  InvocationQueue waiting_;
  std::map<std::uint64_t, Call> calls_;
  std::uint64_t newest_id_ = 0;
};

}  // namespace pumice
