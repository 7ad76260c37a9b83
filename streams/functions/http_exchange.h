// SPDX-License-Identifier: Apache-2.0
#pragma once
// HttpExchange: one POST on a connection of its own, and its answer. Thread rule: the thread that
// runs the context.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "streams/functions/code_uri.h"
#include "streams/functions/scheduler.h"

namespace pumice {

struct HttpPost {
  HttpEndpoint endpoint;
  std::vector<std::pair<std::string, std::string>> headers;  // beside Host and Content-Length
  std::string body = {};
  std::chrono::seconds timeout{};  // for all of it
  std::size_t max_answer_bytes = 0;
};

struct HttpAnswer {
  enum class How : std::uint8_t {
    kNotConnected,  // no such host, nobody listens: nothing was sent
    kTimedOut,
    kBroken,  // the connection ended before the answer did, or that was no HTTP
    kTooLarge,
    kAnswered,
  };
  How how = How::kAnswered;
  std::string problem = {};  // the system's words, if not answered
  unsigned status = 0;
  std::string function_error = {};  // of the header X-Amz-Function-Error
  std::string body = {};
};

class HttpExchange {
 public:
  /// `done` is called once, after this has returned, and may destroy the exchange.
  HttpExchange(boost::asio::io_context& context, Scheduler& scheduler, HttpPost post,
               std::function<void(HttpAnswer)> done);
  /// Closes the connection; `done` is not called from then on.
  ~HttpExchange();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pumice
