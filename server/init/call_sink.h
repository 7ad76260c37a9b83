// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where calls of the API go: to a server's own request path, or to an endpoint over HTTP. Thread
// rule: one thread a sink.

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pumice {

struct CallAnswer {
  int status = 0;
  std::string body;
  std::string function_error{};  // X-Amz-Function-Error, of a Lambda function

  bool ok() const { return status == 200; }
};

class CallSink {
 public:
  virtual ~CallSink() = default;

  /// Errors: Internal: there is no answer, and what the system says; or the caller is to stop.
  virtual Result<CallAnswer> Call(std::string_view operation, std::string_view body) = 0;
  /// Before a call is tried again. Errors: Internal: the caller is to stop.
  virtual Result<void> Wait(std::chrono::milliseconds time) = 0;
};

/// "ResourceInUseException"; "HTTP 503" where the body names none.
std::string ErrorNameOf(const CallAnswer& answer);
/// "ValidationException: what AWS says".
std::string ErrorTextOf(const CallAnswer& answer);
/// Is it worth a second try after a while?
bool IsTransient(const CallAnswer& answer);

/// The text at the end of `path` in a JSON object; "" where there is none.
std::string TextAt(std::string_view body, std::initializer_list<const char*> path);

/// The call's answer, which may be an exception; waits and tries again while that is transient.
/// Errors: Internal, without a place: those of the sink; it stays transient for minutes.
Result<CallAnswer> CallUntilSettled(CallSink& sink, std::string_view operation,
                                    std::string_view body);

/// The body of such an answer. Errors: as above; Internal, another exception.
Result<std::string> CallUntilAnswered(CallSink& sink, std::string_view operation,
                                      std::string_view body);

/// Waits between tries: 50 ms at first, twice as long each time, five seconds at most.
class Backoff {
 public:
  explicit Backoff(CallSink& sink) : sink_(sink) {}

  /// Errors: Internal: that was the last of some five minutes; those of the sink.
  Result<void> Wait();

 private:
  CallSink& sink_;
  std::chrono::milliseconds pause_{50};
  int tries_ = 0;
};

}  // namespace pumice
