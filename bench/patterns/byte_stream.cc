// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/byte_stream.h"

#include <netdb.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace pumice::patterns {
namespace {

Error SystemError(std::string_view what) {
  return Error(ErrorCode::kInternal, fmt::format("{}: {}", what, std::strerror(errno)));
}

class TcpStream final : public ByteStream {
 public:
  TcpStream(int descriptor, std::chrono::seconds answer_time, const StopFlag& stop)
      : descriptor_(descriptor), answer_time_(answer_time), stop_(stop) {}
  ~TcpStream() override { close(descriptor_); }
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;

  Result<void> Write(std::string_view bytes) override {
    const auto deadline = std::chrono::steady_clock::now() + answer_time_;
    while (!bytes.empty()) {
      const ssize_t sent = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
        continue;
      }
      PUMICE_TRY(MayGoOn("sending", deadline));
    }
    return Ok();
  }

  Result<std::size_t> Read(std::span<char> into) override {
    const auto deadline = std::chrono::steady_clock::now() + answer_time_;
    for (;;) {
      const ssize_t got = recv(descriptor_, into.data(), into.size(), 0);
      if (got >= 0) return static_cast<std::size_t>(got);
      PUMICE_TRY(MayGoOn("waiting for the answer", deadline));
    }
  }

 private:
  /// After a call that has failed: was it only that its second is over?
  Result<void> MayGoOn(std::string_view what, std::chrono::steady_clock::time_point deadline) {
    const bool waited = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    if (!waited) return SystemError(what);
    if (stop_.is_set()) return Error(ErrorCode::kInternal, "stopped");
    if (std::chrono::steady_clock::now() < deadline) return Ok();
    return Error(ErrorCode::kInternal,
                 fmt::format("{}: nothing within {} s", what, answer_time_.count()));
  }

  int descriptor_;
  const std::chrono::seconds answer_time_;
  const StopFlag& stop_;
};

void SetWaiting(int descriptor, std::chrono::seconds seconds) {
  const timeval limit{seconds.count(), 0};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

/// The descriptor, or -1 with errno set.
int Connect(const addrinfo& address) {
  const int descriptor = socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  SetWaiting(descriptor, kConnectTime);
  if (connect(descriptor, address.ai_addr, address.ai_addrlen) != 0) {
    const int problem = errno;
    close(descriptor);
    errno = problem == EINPROGRESS ? ETIMEDOUT : problem;
    return -1;
  }
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  SetWaiting(descriptor, std::chrono::seconds(1));
  return descriptor;
}

}  // namespace

Result<std::unique_ptr<ByteStream>> OpenTcpStream(const Endpoint& endpoint, const StopFlag& stop) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int problem =
          getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &wanted, &found);
      problem != 0) {
    return Error(ErrorCode::kInternal, fmt::format("{}: {}", endpoint.host, gai_strerror(problem)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    const int descriptor = Connect(*address);
    if (descriptor >= 0) {
      return std::unique_ptr<ByteStream>(
          std::make_unique<TcpStream>(descriptor, endpoint.answer_time, stop));
    }
  }
  return SystemError(fmt::format("{} port {}", endpoint.host, endpoint.port));
}

Result<std::unique_ptr<ByteStream>> OpenStream(const Endpoint& endpoint, const StopFlag& stop) {
  return endpoint.tls ? OpenTlsStream(endpoint, stop) : OpenTcpStream(endpoint, stop);
}

}  // namespace pumice::patterns
