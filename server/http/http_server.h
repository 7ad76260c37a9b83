// SPDX-License-Identifier: Apache-2.0
#pragma once
// HttpServer: one listening socket, N threads that answer its connections. Accepted sockets are
// handed round; a connection stays on its thread, and the handler runs there too. Thread rule: one
// owner calls Listen, Start and Stop; connections() from any thread. Lifetime: handler, clock and
// log outlive it. The destructor stops it.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "server/http/limits.h"
#include "server/http/message.h"

namespace pumice {

struct HttpServerOptions {
  std::string host;           // an address; empty: all interfaces, IPv6 and IPv4
  std::uint16_t port = 8000;  // 0: any free port
  int thread_count = 1;
  HttpLimits limits;
  std::chrono::milliseconds stop_time{5'000};  // what Stop() leaves to requests in flight
};

class HttpServer {
 public:
  HttpServer(HttpServerOptions options, RequestHandler& handler, const Clock& clock, Log& log);
  ~HttpServer();

  /// Binds and listens: from here on clients can connect. Errors: Internal; client_text is one line
  /// that a command line can print (port in use, no such address, no right to the port).
  Result<void> Listen();
  /// The real port, after Listen().
  std::uint16_t port() const;
  /// Starts the threads.
  void Start();
  /// Frees the port, ends idle connections, lets requests in flight finish (their answers say
  /// Connection: close), waits for the threads. Idempotent.
  void Stop();

  std::size_t connections() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pumice
