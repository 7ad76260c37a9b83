// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_server.h"

#include <fcntl.h>

#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/http/connection.h"
#include "server/http/worker.h"

namespace pumice {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr int kBacklog = 4096;
// Connections over the limit that are told so; beyond them the backlog of the kernel has to wait.
constexpr std::size_t kMaxRefused = 256;
constexpr std::chrono::milliseconds kAcceptPause{50};

/// A child process (a handler's function) must not keep the port or a connection open.
void CloseOnExec(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

Error ListenError(const std::string& where, const error_code& error) {
  std::string text = fmt::format("Cannot listen on {}: {}.", where, error.message());
  if (error == asio::error::address_in_use) {
    text = fmt::format(
        "Cannot listen on {}: the port is in use. Stop the other server or choose another port "
        "with "
        "-port (0: any free one).",
        where);
  } else if (error == asio::error::access_denied) {
    text = fmt::format(
        "Cannot listen on {}: not allowed. Choose a port above 1023 with -port, or start with the "
        "right "
        "to bind to it.",
        where);
  }
  return Error(ErrorCode::kInternal, std::move(text));
}

}  // namespace

struct HttpServer::Parts {
  Parts(HttpServerOptions given, RequestHandler& handler, const Clock& clock, Log& log)
      : options(std::move(given)), shared{options.limits, handler, clock, log} {
    for (int i = 0; i < std::max(1, options.thread_count); ++i) {
      workers.push_back(std::make_unique<Worker>(shared));
    }
    acceptor = std::make_unique<tcp::acceptor>(workers.front()->context());
    pause = std::make_unique<asio::steady_timer>(workers.front()->context());
  }

  error_code Open(const tcp::endpoint& endpoint, bool both_families);
  void Accept();
  void OnAccepted(const error_code& error, tcp::socket socket, Worker& worker);
  void AcceptLater();

  HttpServerOptions options;
  HttpShared shared;
  std::vector<std::unique_ptr<Worker>> workers;
  // On the first worker's thread once that runs.
  std::unique_ptr<tcp::acceptor> acceptor;
  std::unique_ptr<asio::steady_timer> pause;
  std::size_t next_worker = 0;
  std::uint16_t port = 0;
  std::vector<std::thread> threads;
};

error_code HttpServer::Parts::Open(const tcp::endpoint& endpoint, bool both_families) {
  error_code error;
  const auto step = [&error](auto&& call) {
    if (!error) call();
  };
  acceptor->close(error);
  error.clear();
  step([&] { acceptor->open(endpoint.protocol(), error); });
  step([&] { CloseOnExec(acceptor->native_handle()); });
  step([&] { acceptor->set_option(tcp::acceptor::reuse_address(true), error); });
  if (both_families) step([&] { acceptor->set_option(asio::ip::v6_only(false), error); });
  step([&] { acceptor->bind(endpoint, error); });
  step([&] { acceptor->listen(kBacklog, error); });
  step([&] { port = acceptor->local_endpoint(error).port(); });
  return error;
}

void HttpServer::Parts::Accept() {
  const std::size_t open = shared.connections.load(std::memory_order_relaxed);
  if (open >= options.limits.max_connections + kMaxRefused) return AcceptLater();
  Worker& worker = *workers[next_worker];
  next_worker = (next_worker + 1) % workers.size();
  acceptor->async_accept(worker.context(),
                         [this, &worker](const error_code& error, tcp::socket socket) {
                           OnAccepted(error, std::move(socket), worker);
                         });
}

void HttpServer::Parts::OnAccepted(const error_code& error, tcp::socket socket, Worker& worker) {
  if (!acceptor->is_open()) return;
  if (error) {
    // Out of descriptors or memory, or the client has gone already: the next one may be luckier.
    if (error != asio::error::connection_aborted) {
      shared.log.Warn("Accepting a connection failed: {}", error.message());
    }
    return AcceptLater();
  }
  CloseOnExec(socket.native_handle());
  const std::size_t before = shared.connections.fetch_add(1, std::memory_order_relaxed);
  worker.Adopt(std::move(socket), before >= options.limits.max_connections);
  Accept();
}

void HttpServer::Parts::AcceptLater() {
  pause->expires_after(kAcceptPause);
  pause->async_wait([this](const error_code& error) {
    if (!error && acceptor->is_open()) Accept();
  });
}

HttpServer::HttpServer(HttpServerOptions options, RequestHandler& handler, const Clock& clock,
                       Log& log)
    : parts_(std::make_unique<Parts>(std::move(options), handler, clock, log)) {}

HttpServer::~HttpServer() { Stop(); }

Result<void> HttpServer::Listen() {
  const std::string& host = parts_->options.host;
  const std::uint16_t port = parts_->options.port;
  error_code error;
  if (host.empty()) {
    error = parts_->Open({asio::ip::address_v6::any(), port}, true);
    // A machine (or container) without IPv6.
    if (error && error != asio::error::address_in_use && error != asio::error::access_denied) {
      error = parts_->Open({asio::ip::address_v4::any(), port}, false);
    }
    if (error) return ListenError(fmt::format("port {}", port), error);
    return Ok();
  }
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (!error) error = parts_->Open({address, port}, false);
  if (error) return ListenError(fmt::format("{} port {}", host, port), error);
  return Ok();
}

std::uint16_t HttpServer::port() const { return parts_->port; }

void HttpServer::Start() {
  asio::post(parts_->workers.front()->context(), [parts = parts_.get()] { parts->Accept(); });
  for (const auto& worker : parts_->workers) {
    parts_->threads.emplace_back([&worker = *worker] { worker.Run(); });
  }
}

void HttpServer::Stop() {
  if (parts_->threads.empty()) return;
  asio::post(parts_->workers.front()->context(), [parts = parts_.get()] {
    error_code error;
    parts->acceptor->close(error);
    parts->pause->cancel();
  });
  for (const auto& worker : parts_->workers) worker->Stop(parts_->options.stop_time);
  for (std::thread& thread : parts_->threads) thread.join();
  parts_->threads.clear();
}

std::size_t HttpServer::connections() const {
  return parts_->shared.connections.load(std::memory_order_relaxed);
}

}  // namespace pumice
