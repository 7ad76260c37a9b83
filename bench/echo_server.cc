// SPDX-License-Identifier: Apache-2.0
// A bare Boost.Beast HTTP/1.1 server: reads a request, answers 200 with as many bytes as the header
// "x-answer-bytes" asks for. One thread, one coroutine a connection: what the library costs by
// itself.
//   echo_server <port>

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kMaxAnswerBytes = 4 << 20;  // a page of 1 MB is longer as JSON

std::size_t AskedBytes(const http::request<http::string_body>& request) {
  const std::string_view text = request["x-answer-bytes"];
  std::size_t bytes = 2;
  std::from_chars(text.data(), text.data() + text.size(), bytes);
  return std::min(bytes, kMaxAnswerBytes);
}

asio::awaitable<void> Serve(tcp::socket socket) {
  beast::flat_buffer buffer;
  for (;;) {
    http::request<http::string_body> request;
    const auto [read_error, read_count] =
        co_await http::async_read(socket, buffer, request, kNoThrow);
    if (read_error) co_return;
    http::response<http::string_body> response(http::status::ok, request.version());
    response.set(http::field::content_type, "application/x-amz-json-1.0");
    response.keep_alive(request.keep_alive());
    response.body().assign(AskedBytes(request), 'x');
    response.prepare_payload();
    const auto [write_error, write_count] = co_await http::async_write(socket, response, kNoThrow);
    if (write_error || !response.keep_alive()) co_return;
  }
}

asio::awaitable<void> Accept(tcp::acceptor acceptor) {
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(kNoThrow);
    if (error) continue;
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(acceptor.get_executor(), Serve(std::move(socket)), asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: echo_server <port>\n";
    return EXIT_FAILURE;
  }
  asio::io_context context(1);
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(),
                               static_cast<std::uint16_t>(std::atoi(argv[1])));
  asio::co_spawn(context, Accept(tcp::acceptor(context, endpoint)), asio::detached);
  context.run();
}
