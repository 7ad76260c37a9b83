// SPDX-License-Identifier: Apache-2.0
#pragma once
// RuntimeApi: the HTTP server that one process of a function talks to, on a loopback port of its
// own: AWS's Lambda Runtime API, version 2018-06-01. It lives as long as the process: whatever an
// older process of the function has left behind cannot speak for the new one. Thread rule: the
// thread that runs the context. The events come on it too.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "base/clock.h"
#include "base/result.h"

namespace pumice {

struct RuntimeInvocation {
  std::string request_id;
  std::string event;  // JSON
  std::string function_arn;
  std::string trace_id;
  TimePoint deadline;
};

/// Each may destroy the RuntimeApi.
struct RuntimeEvents {
  std::function<void()> waiting;                           // the runtime asks for an invocation
  std::function<void(std::string body)> response;          // it accepted the running one
  std::function<void(std::string body)> error;             // it refused it
  std::function<void(std::string body)> init_error;        // it cannot begin; its process will end
  std::function<void(std::size_t limit_bytes)> too_large;  // its response was refused for its size
};

/// AWS: the largest response of a synchronous invocation, 6 MB and a little for what is around it.
inline constexpr std::size_t kMaxResponseBytes = 6 * 1024 * 1024 + 100;

class RuntimeApi {
 public:
  /// Listens on a free port of 127.0.0.1. Errors (Internal, log_text): no port.
  static Result<std::unique_ptr<RuntimeApi>> Listen(boost::asio::io_context& context,
                                                    RuntimeEvents events);
  /// Closes the port and all connections; no event comes from then on.
  ~RuntimeApi();

  std::uint16_t port() const;

  /// Precondition: `waiting` was the newest event.
  void Give(const RuntimeInvocation& invocation);

 private:
  class Impl;
  explicit RuntimeApi(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace pumice
