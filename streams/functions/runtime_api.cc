// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/runtime_api.h"

#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "streams/functions/runtime_conversation.h"

namespace pumice {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Response = http::response<http::string_body>;
using Parser = http::request_parser<http::string_body>;

/// A response over kMaxResponseBytes is read to its end up to here, so that its sender reads our
/// refusal instead of a broken connection.
constexpr std::size_t kMaxBodyBytes = 32 * 1024 * 1024;

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

Response MakeResponse(unsigned status, std::string body) {
  Response response;
  response.result(status);
  response.set(http::field::content_type, "application/json");
  response.body() = std::move(body);
  return response;
}

Response MakeResponse(const RuntimeInvocation& invocation) {
  Response response = MakeResponse(200, invocation.event);
  const auto deadline =
      std::chrono::duration_cast<std::chrono::milliseconds>(invocation.deadline.time_since_epoch());
  response.set("Lambda-Runtime-Aws-Request-Id", invocation.request_id);
  response.set("Lambda-Runtime-Deadline-Ms", std::to_string(deadline.count()));
  response.set("Lambda-Runtime-Invoked-Function-Arn", invocation.function_arn);
  response.set("Lambda-Runtime-Trace-Id", invocation.trace_id);
  return response;
}

Response TooLarge() {
  return MakeResponse(413, fmt::format(R"({{"errorType":"RequestEntityTooLarge","errorMessage":)"
                                       R"("The limit is {} bytes"}})",
                                       kMaxResponseBytes));
}

/// One connection. A `next` sleeps on `wake` until there is a response.
struct Connection {
  explicit Connection(tcp::socket connected)
      : socket(std::move(connected)), wake(socket.get_executor()) {
    wake.expires_at(asio::steady_timer::time_point::max());
  }

  tcp::socket socket;
  asio::steady_timer wake;
  boost::beast::flat_buffer buffer;
  std::optional<Response> response;
};

}  // namespace

class RuntimeApi::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& context, RuntimeEvents events)
      : context_(context), acceptor_(context), events_(std::move(events)) {}

  error_code Open() {
    error_code error;
    acceptor_.open(tcp::v4(), error);
    if (!error) acceptor_.bind({asio::ip::address_v4::loopback(), 0}, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    return error;
  }

  void Run() { asio::co_spawn(context_, Accept(shared_from_this()), asio::detached); }

  /// Connections and the acceptor end by themselves once their sockets are closed.
  void Close() {
    closed_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    for (Connection* connection : connections_) {
      connection->socket.close(ignored);
      connection->wake.cancel();
    }
  }

  std::uint16_t port() const { return port_; }

  void Give(const RuntimeInvocation& invocation) {
    if (waiting_ == nullptr) return;
    conversation_.Give(invocation.request_id);
    waiting_->response = MakeResponse(invocation);
    std::exchange(waiting_, nullptr)->wake.cancel();
  }

 private:
  static asio::awaitable<void> Accept(std::shared_ptr<Impl> self) {
    while (true) {
      auto [error, socket] = co_await self->acceptor_.async_accept(kAsTuple);
      if (self->closed_) co_return;
      if (error) {
        // Out of files, above all: asking again at once would fail at once.
        asio::steady_timer pause(self->context_, std::chrono::milliseconds(50));
        co_await pause.async_wait(kAsTuple);
        continue;
      }
      socket.set_option(tcp::no_delay(true), error);
      asio::co_spawn(self->context_, Serve(self, std::move(socket)), asio::detached);
    }
  }

  static asio::awaitable<void> Serve(std::shared_ptr<Impl> self, tcp::socket socket) {
    Connection connection(std::move(socket));
    self->connections_.insert(&connection);
    while (!self->closed_ && co_await self->ServeOne(connection)) {
    }
    self->connections_.erase(&connection);
    if (self->waiting_ == &connection) self->waiting_ = nullptr;
  }

  /// False: the connection is at its end.
  asio::awaitable<bool> ServeOne(Connection& connection) {
    Parser parser;
    parser.body_limit(kMaxBodyBytes);
    const error_code error = co_await ReadRequest(connection, parser);
    const bool cut_off = error == http::error::body_limit;
    if (closed_ || (error && !cut_off)) co_return false;
    const bool keep_alive = parser.keep_alive() && !cut_off;
    co_await Answer(connection, parser.get(),
                    cut_off || parser.get().body().size() > kMaxResponseBytes);
    if (closed_ || !connection.response) co_return false;
    connection.response->version(11);
    connection.response->keep_alive(keep_alive);
    connection.response->prepare_payload();
    const auto [write_error, written] =
        co_await http::async_write(connection.socket, *connection.response, kAsTuple);
    connection.response.reset();
    co_return !write_error && keep_alive;
  }

  asio::awaitable<error_code> ReadRequest(Connection& connection, Parser& parser) {
    const auto [header_error, header_bytes] =
        co_await http::async_read_header(connection.socket, connection.buffer, parser, kAsTuple);
    if (header_error) co_return header_error;
    if (parser.get()[http::field::expect] == "100-continue") {
      static constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto [write_error, written] =
          co_await asio::async_write(connection.socket, asio::buffer(kGoOn), kAsTuple);
      if (write_error) co_return write_error;
    }
    const auto [error, bytes] =
        co_await http::async_read(connection.socket, connection.buffer, parser, kAsTuple);
    co_return error;
  }

  asio::awaitable<void> Answer(Connection& connection, Parser::value_type& message,
                               bool too_large) {
    const auto method = message.method_string();
    const auto target = message.target();
    const RuntimeRequest request =
        ParseRuntimeRequest({method.data(), method.size()}, {target.data(), target.size()});
    const RuntimeReply reply = conversation_.Accept(request);
    if (reply.status != 202) {
      connection.response = MakeResponse(reply.status, reply.body);
    } else if (request.call == RuntimeCall::kNext) {
      co_await WaitForInvocation(connection);
    } else if (too_large) {
      connection.response = TooLarge();
      Tell([](RuntimeEvents& events) { events.too_large(kMaxResponseBytes); });
    } else {
      connection.response = MakeResponse(reply.status, reply.body);
      Tell([call = request.call, body = std::move(message.body())](RuntimeEvents& events) mutable {
        auto& event = call == RuntimeCall::kResponse ? events.response
                      : call == RuntimeCall::kError  ? events.error
                                                     : events.init_error;
        event(std::move(body));
      });
    }
  }

  asio::awaitable<void> WaitForInvocation(Connection& connection) {
    if (waiting_ != nullptr) waiting_->wake.cancel();  // without a response: that connection ends
    waiting_ = &connection;
    // A runtime may ask twice: when the second one is told, the first may have got its invocation.
    asio::post(context_, [self = shared_from_this()] {
      const bool waits = self->conversation_.state() == RuntimeConversation::State::kWaiting;
      if (!self->closed_ && self->waiting_ != nullptr && waits) self->events_.waiting();
    });
    while (!connection.response && waiting_ == &connection && !closed_) {
      co_await connection.wake.async_wait(kAsTuple);
    }
  }

  // Behind what is under way here: an event may destroy this object, and the answer to the runtime
  // shall not wait for what the event does.
  template <class Event>
  void Tell(Event event) {
    asio::post(context_, [self = shared_from_this(), event = std::move(event)]() mutable {
      if (!self->closed_) event(self->events_);
    });
  }

  asio::io_context& context_;
  tcp::acceptor acceptor_;
  RuntimeEvents events_;
  RuntimeConversation conversation_;
  std::uint16_t port_ = 0;
  bool closed_ = false;
  std::set<Connection*> connections_;  // each lives in its coroutine
  Connection* waiting_ = nullptr;      // whose `next` is open
};

Result<std::unique_ptr<RuntimeApi>> RuntimeApi::Listen(asio::io_context& context,
                                                       RuntimeEvents events) {
  auto impl = std::make_shared<Impl>(context, std::move(events));
  if (const error_code error = impl->Open(); error) {
    return Error(ErrorCode::kInternal, {},
                 fmt::format("No port of 127.0.0.1 for a function: {}", error.message()));
  }
  impl->Run();
  return std::unique_ptr<RuntimeApi>(new RuntimeApi(std::move(impl)));
}

RuntimeApi::RuntimeApi(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
RuntimeApi::~RuntimeApi() { impl_->Close(); }
std::uint16_t RuntimeApi::port() const { return impl_->port(); }
void RuntimeApi::Give(const RuntimeInvocation& invocation) { impl_->Give(invocation); }

}  // namespace pumice
