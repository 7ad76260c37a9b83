// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/runtime_api.h"

#include <algorithm>
#include <map>
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

#include "streams/functions/code_uri.h"
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

/// No line break of a value ever becomes one of the header.
std::string HeaderText(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return text;
}

Response MakeResponse(RuntimeInvocation invocation) {
  Response response = MakeResponse(200, std::move(invocation.event));
  const auto deadline =
      std::chrono::duration_cast<std::chrono::milliseconds>(invocation.deadline.time_since_epoch());
  response.set("Lambda-Runtime-Aws-Request-Id", invocation.request_id);
  response.set("Lambda-Runtime-Deadline-Ms", std::to_string(deadline.count()));
  response.set("Lambda-Runtime-Invoked-Function-Arn", invocation.function_arn);
  response.set("Lambda-Runtime-Trace-Id", invocation.trace_id);
  if (!invocation.client_context.empty()) {
    response.set("Lambda-Runtime-Client-Context", HeaderText(invocation.client_context));
  }
  return response;
}

Response TooLarge() {
  return MakeResponse(413, fmt::format(R"({{"errorType":"RequestEntityTooLarge","errorMessage":)"
                                       R"("The limit is {} bytes"}})",
                                       kMaxResponseBytes));
}

/// "localhost" or an address in numbers; no name is looked up.
std::optional<asio::ip::address> LocalAddress(const std::string& host) {
  if (host == "localhost") return asio::ip::address_v4::loopback();
  error_code error;
  auto address = asio::ip::make_address(host, error);
  if (error) return std::nullopt;
  return address;
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
  std::int64_t request_count = 0;
  RuntimeId runtime = 0;  // whose `next` came over it; 0: none
};

struct Runtime {
  RuntimeConversation conversation;
  Connection* waiting = nullptr;     // whose `next` is open
  Connection* connection = nullptr;  // over which its newest `next` came; from outside only
};

}  // namespace

class RuntimeApi::Impl : public std::enable_shared_from_this<Impl> {
 public:
  enum class Kind : std::uint8_t { kOneProcess, kOutside };

  Impl(asio::io_context& context, Kind kind, RuntimeEvents events)
      : context_(context), kind_(kind), acceptor_(context), events_(std::move(events)) {}

  error_code Open(const tcp::endpoint& endpoint) {
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
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

  void Give(RuntimeId id, RuntimeInvocation invocation) {
    const auto found = runtimes_.find(id);
    if (found == runtimes_.end() || found->second.waiting == nullptr) return;
    found->second.conversation.Give(invocation.request_id);
    Connection* const connection = std::exchange(found->second.waiting, nullptr);
    connection->response = MakeResponse(std::move(invocation));
    connection->wake.cancel();
  }

  void GiveUp(RuntimeId id) {
    const auto found = runtimes_.find(id);
    if (kind_ == Kind::kOutside && found != runtimes_.end() &&
        found->second.connection == nullptr) {
      runtimes_.erase(found);
    }
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
    self->Leave(connection);
  }

  /// False: the connection is at its end.
  asio::awaitable<bool> ServeOne(Connection& connection) {
    Parser parser;
    parser.body_limit(kMaxBodyBytes);
    const error_code error = co_await ReadRequest(connection, parser);
    const bool cut_off = error == http::error::body_limit;
    if (closed_ || (error && !cut_off)) co_return false;
    ++connection.request_count;
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
    const RuntimeId id = WhoseRequest(connection, request);
    const RuntimeReply reply = runtimes_[id].conversation.Accept(request);
    if (reply.status != 202) {
      connection.response = MakeResponse(reply.status, reply.body);
    } else if (request.call == RuntimeCall::kNext) {
      co_await WaitForInvocation(connection, id);
    } else if (too_large) {
      connection.response = TooLarge();
      Tell([id](RuntimeEvents& events) { events.too_large(id, kMaxResponseBytes); });
    } else {
      connection.response = MakeResponse(reply.status, reply.body);
      TellBody(request.call, id, std::move(message.body()));
    }
    ForgetIfDone(id);
  }

  void TellBody(RuntimeCall call, RuntimeId id, std::string body) {
    Tell([call, id, body = std::move(body)](RuntimeEvents& events) mutable {
      if (call == RuntimeCall::kInitError) return events.init_error(std::move(body));
      (call == RuntimeCall::kResponse ? events.response : events.error)(id, std::move(body));
    });
  }

  /// From outside: a `next` is its connection's runtime or a new one; an answer belongs to whoever
  /// runs that invocation, since it may come over another connection.
  RuntimeId WhoseRequest(Connection& connection, const RuntimeRequest& request) {
    if (kind_ == Kind::kOneProcess) return 1;
    if (request.call == RuntimeCall::kResponse || request.call == RuntimeCall::kError) {
      for (const auto& [id, runtime] : runtimes_) {
        if (runtime.conversation.Runs(request.request_id)) return id;
      }
    }
    if (connection.runtime != 0) return connection.runtime;
    const RuntimeId id = ++newest_id_;
    if (request.call == RuntimeCall::kNext) {
      connection.runtime = id;
      runtimes_[id].connection = &connection;
    }
    return id;
  }

  /// From outside: who has answered and has no connection will come back as a new one.
  void ForgetIfDone(RuntimeId id) {
    const auto found = runtimes_.find(id);
    if (kind_ == Kind::kOneProcess || found == runtimes_.end()) return;
    const bool runs = found->second.conversation.state() == RuntimeConversation::State::kRunning;
    if (found->second.connection == nullptr && !runs) runtimes_.erase(found);
  }

  asio::awaitable<void> WaitForInvocation(Connection& connection, RuntimeId id) {
    {
      Runtime& runtime = runtimes_[id];
      // Without a response: that connection ends.
      if (runtime.waiting != nullptr) runtime.waiting->wake.cancel();
      runtime.waiting = &connection;
    }
    // A runtime may ask twice: when the second one is told, the first may have got its invocation.
    asio::post(context_, [self = shared_from_this(), id] {
      if (!self->closed_ && self->Waits(id)) self->events_.waiting(id);
    });
    if (kind_ == Kind::kOutside) WatchForClose(connection, id);
    while (!connection.response && !closed_ && WaitsOver(connection, id)) {
      co_await connection.wake.async_wait(kAsTuple);
    }
  }

  bool Waits(RuntimeId id) const {
    const auto found = runtimes_.find(id);
    return found != runtimes_.end() && found->second.waiting != nullptr;
  }

  bool WaitsOver(const Connection& connection, RuntimeId id) const {
    const auto found = runtimes_.find(id);
    return found != runtimes_.end() && found->second.waiting == &connection;
  }

  /// A connection that waits reads nothing, so that its end has to be looked for.
  void WatchForClose(Connection& connection, RuntimeId id) {
    connection.socket.async_wait(tcp::socket::wait_read,
                                 [self = shared_from_this(), &connection, id](error_code) {
                                   // Only then it is there.
                                   if (self->closed_ || !self->WaitsOver(connection, id)) return;
                                   error_code error;
                                   if (connection.socket.available(error) > 0 && !error) return;
                                   self->runtimes_.find(id)->second.waiting = nullptr;
                                   connection.wake.cancel();
                                 });
  }

  /// A connection has ended. From outside that may be its runtime's end, or how the runtime makes
  /// its calls: one connection each, as a shell's curl. Who has used one for several calls keeps
  /// it.
  void Leave(Connection& connection) {
    if (kind_ == Kind::kOneProcess) {
      if (runtimes_[1].waiting == &connection) runtimes_[1].waiting = nullptr;
      return;
    }
    const auto found = runtimes_.find(connection.runtime);
    if (found == runtimes_.end()) return;
    Runtime& runtime = found->second;
    runtime.connection = nullptr;
    runtime.waiting = nullptr;
    const auto state = runtime.conversation.state();
    if (state == RuntimeConversation::State::kRunning && connection.request_count == 1) return;
    runtimes_.erase(found);
    if (state == RuntimeConversation::State::kAnswered) return;
    Tell([id = connection.runtime](RuntimeEvents& events) { events.gone(id); });
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
  const Kind kind_;
  tcp::acceptor acceptor_;
  RuntimeEvents events_;
  std::map<RuntimeId, Runtime> runtimes_;
  RuntimeId newest_id_ = 0;
  std::uint16_t port_ = 0;
  bool closed_ = false;
  std::set<Connection*> connections_;  // each lives in its coroutine
};

Result<std::unique_ptr<RuntimeApi>> RuntimeApi::Listen(asio::io_context& context,
                                                       RuntimeEvents events) {
  auto impl = std::make_shared<Impl>(context, Impl::Kind::kOneProcess, std::move(events));
  if (const error_code error = impl->Open({asio::ip::address_v4::loopback(), 0}); error) {
    return Error(ErrorCode::kLimitExceeded, {},
                 fmt::format("No port of 127.0.0.1 for a function: {}", error.message()));
  }
  impl->Run();
  return std::unique_ptr<RuntimeApi>(new RuntimeApi(std::move(impl)));
}

Result<std::unique_ptr<RuntimeApi>> RuntimeApi::ListenOutside(asio::io_context& context,
                                                              const std::string& address,
                                                              RuntimeEvents events) {
  PUMICE_TRY(const HttpEndpoint parsed, ParseListenAddress(address));
  const auto host = LocalAddress(parsed.host);
  if (!host) {
    return Error(ErrorCode::kInternal, {},
                 fmt::format("{} is no IP address of this machine", parsed.host));
  }
  auto impl = std::make_shared<Impl>(context, Impl::Kind::kOutside, std::move(events));
  const auto port = static_cast<std::uint16_t>(std::stoul(parsed.port));
  if (const error_code error = impl->Open({*host, port}); error) {
    return Error(ErrorCode::kInternal, {}, fmt::format("{}: {}", address, error.message()));
  }
  impl->Run();
  return std::unique_ptr<RuntimeApi>(new RuntimeApi(std::move(impl)));
}

RuntimeApi::RuntimeApi(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
RuntimeApi::~RuntimeApi() { impl_->Close(); }
std::uint16_t RuntimeApi::port() const { return impl_->port(); }
void RuntimeApi::Give(RuntimeId runtime, RuntimeInvocation invocation) {
  impl_->Give(runtime, std::move(invocation));
}
void RuntimeApi::GiveUp(RuntimeId runtime) { impl_->GiveUp(runtime); }

}  // namespace pumice
