// SPDX-License-Identifier: Apache-2.0
#pragma once
// RuntimeApi: the HTTP server that runtimes of a function talk to: AWS's Lambda Runtime API,
// version 2018-06-01. There are two kinds. One belongs to one process of ours, on a loopback port
// of its own, and lives as long as that process: whatever an older process of the function has left
// behind cannot speak for the new one. The other is open to runtimes from outside, any number of
// them: one is told from another by the connection over which it asks for invocations. Thread rule:
// the thread that runs the context. The events come on it too.

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
  std::string client_context;  // JSON; empty: none
  TimePoint deadline;
};

/// Never 0. For a process's own RuntimeApi always the same.
using RuntimeId = std::uint64_t;

/// Each may destroy the RuntimeApi.
struct RuntimeEvents {
  std::function<void(RuntimeId)> waiting;                     // it asks for an invocation
  std::function<void(RuntimeId, std::string body)> response;  // it accepted the running one
  std::function<void(RuntimeId, std::string body)> error;     // it refused it
  std::function<void(std::string body)> init_error;  // one cannot begin; its process will end
  /// Its response was refused for its size.
  std::function<void(RuntimeId, std::size_t limit_bytes)> too_large;
  /// From outside only: it waited for an invocation or ran one, and its connection is closed. It
  /// has no part in anything any more.
  std::function<void(RuntimeId)> gone = [](RuntimeId) {};
};

/// AWS: the largest response of a synchronous invocation, 6 MB and a little for what is around it.
inline constexpr std::size_t kMaxResponseBytes = 6 * 1024 * 1024 + 100;

class RuntimeApi {
 public:
  /// For one process: on a free port of 127.0.0.1. Errors (LimitExceeded, log_text): no port.
  static Result<std::unique_ptr<RuntimeApi>> Listen(boost::asio::io_context& context,
                                                    RuntimeEvents events);
  /// For runtimes from outside: on "host:port", host being "localhost" or an IP address of this
  /// machine; port 0 takes a free one. Errors (Internal, log_text): no such address, or another
  /// program has the port.
  static Result<std::unique_ptr<RuntimeApi>> ListenOutside(boost::asio::io_context& context,
                                                           const std::string& address,
                                                           RuntimeEvents events);
  /// Closes the port and all connections; no event comes from then on.
  ~RuntimeApi();

  std::uint16_t port() const;

  /// Precondition: `waiting` was this runtime's newest event.
  void Give(RuntimeId runtime, RuntimeInvocation invocation);

  /// Nobody is interested in its answer any more, which is accepted all the same. What is known of
  /// a runtime that has no connection now is forgotten.
  void GiveUp(RuntimeId runtime);

 private:
  class Impl;
  explicit RuntimeApi(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace pumice
