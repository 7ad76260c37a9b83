// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/http_exchange.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

namespace pumice {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using How = HttpAnswer::How;
using Endpoints = std::vector<tcp::endpoint>;

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

HttpAnswer Failed(How how, std::string_view what, const error_code& error) {
  return {.how = how, .problem = fmt::format("{}: {}", what, error.message())};
}

http::request<http::string_body> MakeRequest(HttpPost& post) {
  http::request<http::string_body> request(http::verb::post, post.endpoint.target, 11);
  const bool is_v6 = post.endpoint.host.find(':') != std::string::npos;
  request.set(http::field::host, fmt::format("{}{}{}:{}", is_v6 ? "[" : "", post.endpoint.host,
                                             is_v6 ? "]" : "", post.endpoint.port));
  request.set(http::field::user_agent, "Pumice");
  for (const auto& [name, value] : post.headers) request.set(name, value);
  request.keep_alive(false);
  request.body() = std::move(post.body);
  request.prepare_payload();
  return request;
}

}  // namespace

struct HttpExchange::State : std::enable_shared_from_this<State> {
  State(asio::io_context& context, HttpPost wanted, std::function<void(HttpAnswer)> when_done)
      : post(std::move(wanted)), done(std::move(when_done)), resolver(context), socket(context) {}

  void Close() {
    error_code ignored;
    resolver.cancel();
    socket.close(ignored);
  }

  static asio::awaitable<void> Run(std::shared_ptr<State> self) {
    HttpAnswer answer = co_await self->Exchange();
    if (self->timed_out) answer = {.how = How::kTimedOut};
    self->limit.reset();
    const auto done = std::exchange(self->done, nullptr);
    if (done) done(std::move(answer));
  }

  asio::awaitable<HttpAnswer> Exchange() {
    const std::string address = fmt::format("{} port {}", post.endpoint.host, post.endpoint.port);
    const auto [lookup_error, found] =
        co_await resolver.async_resolve(post.endpoint.host, post.endpoint.port, kAsTuple);
    if (lookup_error) co_return Failed(How::kNotConnected, address, lookup_error);
    const auto [connect_error, endpoint] = co_await asio::async_connect(socket, found, kAsTuple);
    if (connect_error) co_return Failed(How::kNotConnected, address, connect_error);

    auto request = MakeRequest(post);
    // Who answers without reading all of it is heard as well.
    const auto [write_error, written] = co_await http::async_write(socket, request, kAsTuple);
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(post.max_answer_bytes);
    const auto [error, got] = co_await http::async_read(socket, buffer, parser, kAsTuple);
    if (error == http::error::body_limit) co_return HttpAnswer{.how = How::kTooLarge};
    if (error) co_return Failed(How::kBroken, address, write_error ? write_error : error);
    auto& message = parser.get();
    co_return HttpAnswer{.status = message.result_int(),
                         .function_error = std::string(message["X-Amz-Function-Error"]),
                         .body = std::move(message.body())};
  }

  HttpPost post;
  std::function<void(HttpAnswer)> done;  // empty: nobody waits any more
  tcp::resolver resolver;
  tcp::socket socket;
  std::unique_ptr<Timer> limit;
  bool timed_out = false;
};

HttpExchange::HttpExchange(asio::io_context& context, Scheduler& scheduler, HttpPost post,
                           std::function<void(HttpAnswer)> done)
    : state_(std::make_shared<State>(context, std::move(post), std::move(done))) {
  state_->limit = scheduler.After(state_->post.timeout, [state = state_.get()] {
    state->timed_out = true;
    state->Close();
  });
  asio::co_spawn(context, State::Run(state_), asio::detached);
}

HttpExchange::~HttpExchange() {
  state_->done = nullptr;
  state_->limit.reset();
  state_->Close();
}

}  // namespace pumice
