// SPDX-License-Identifier: Apache-2.0
#pragma once
// Calls on a server's own request path, without a socket.

#include <functional>
#include <string>

#include "server/http/message.h"
#include "server/init/call_sink.h"

namespace pumice {

/// Whose calls they are, and when to stop.
struct HandlerSinkOptions {
  std::string access_key;
  std::string region;
  std::function<bool()> stopped;
};

/// Lifetime: the handler outlives it.
class HandlerSink final : public CallSink {
 public:
  HandlerSink(RequestHandler& handler, HandlerSinkOptions options);

  Result<CallAnswer> Call(std::string_view operation, std::string_view body) override;
  Result<void> Wait(std::chrono::milliseconds time) override;

 private:
  RequestHandler& handler_;
  HandlerSinkOptions options_;
  std::string authorization_;
};

}  // namespace pumice
