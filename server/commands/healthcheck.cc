// SPDX-License-Identifier: Apache-2.0
#include "server/commands/healthcheck.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>

#include <CLI/CLI.hpp>
#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "server/command_line.h"
#include "server/config.h"

namespace pumice {
namespace {

constexpr std::string_view kHelp = R"(Usage: pumice healthcheck [flags]

Asks the server that runs on this machine, or in this container, whether it answers.
Exit code 0: it does. 1: it does not; one line says why. 2: the command line is wrong.

  -port <n>                  The server's -port. Default: that of process 1 if that is a server, as
                             in a container; else 8000
  --host <address>           The server's --host. Default: as for -port                  PUMICE_HOST
  -help                      Prints this text
)";

constexpr std::size_t kStatusBytes = 12;  // "HTTP/1.1 200"
constexpr int kMaxPort = 65'535;

class Socket {
 public:
  explicit Socket(int family) : descriptor_(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int descriptor() const { return descriptor_; }

  /// For connecting, sending and each read.
  void LimitWaiting(std::chrono::seconds seconds) const {
    const timeval limit{seconds.count(), 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }

 private:
  int descriptor_;
};

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// A server on all interfaces answers on the loopback one, too.
std::string HostToAsk(const std::string& host) {
  if (host.empty() || host == "*" || host == "0.0.0.0" || host == "localhost") return "127.0.0.1";
  return host == "::" ? "::1" : host;
}

Result<Address> ReadAddress(const std::string& host, std::uint16_t port) {
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    address.size = sizeof *v4;
  } else if (inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    address.size = sizeof *v6;
  } else {
    return WrongCommandLine(fmt::format("--host {}: not an address", host));
  }
  return address;
}

/// The first bytes of the answer to GET /, fewer if the server closes; or what the system says.
Result<std::string> StatusLine(const Socket& server, const Address& address) {
  const auto failed = [] {
    const bool late = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINPROGRESS;
    return Error(ErrorCode::kInternal, late ? "it took too long" : std::strerror(errno));
  };
  constexpr std::string_view kRequest =
      "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  const int to = server.descriptor();
  if (connect(to, address.get(), address.size) != 0) return failed();
  if (send(to, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) return failed();
  char got[kStatusBytes];
  const ssize_t count = recv(to, got, sizeof got, MSG_WAITALL);
  if (count < 0) return failed();
  return std::string(got, static_cast<std::size_t>(count));
}

bool IsHealthy(std::string_view status_line) {
  return status_line.starts_with("HTTP/1.") &&
         (status_line.ends_with(" 200") || status_line.ends_with(" 400"));
}

/// Of the container, if its process 1 is a server.
HealthcheckOptions DefaultOptions() {
  std::ifstream file("/proc/1/cmdline");
  const std::string command_line(std::istreambuf_iterator<char>(file), {});
  return WhereServerListens(command_line).value_or(HealthcheckOptions{});
}

}  // namespace

std::optional<HealthcheckOptions> WhereServerListens(std::string_view command_line) {
  std::vector<std::string> words;
  for (std::size_t end = 0; (end = command_line.find('\0')) != std::string_view::npos;) {
    words.emplace_back(command_line.substr(0, end));
    command_line.remove_prefix(end + 1);
  }
  if (words.empty() || !("/" + words.front()).ends_with("/pumice")) return std::nullopt;
  const Result<Config> config = ParseConfig({words.begin() + 1, words.end()});
  if (!config || config.value().action != Config::Action::kServe || config.value().port == 0) {
    return std::nullopt;
  }
  return HealthcheckOptions{config.value().host, config.value().port};
}

Result<std::string> CheckHealth(const HealthcheckOptions& options) {
  const std::string host = HostToAsk(options.host);
  PUMICE_TRY(const Address address, ReadAddress(host, options.port));
  const Socket server(address.storage.ss_family);
  server.LimitWaiting(options.timeout);
  const Result<std::string> status = StatusLine(server, address);
  if (!status) {
    return Error(ErrorCode::kInternal, fmt::format("No answer from {} port {}: {}", host,
                                                   options.port, status.error().client_text()));
  }
  if (!IsHealthy(status.value())) {
    return Error(ErrorCode::kInternal,
                 fmt::format("{} port {} answers, but not as Pumice does", host, options.port));
  }
  return fmt::format("healthy: {} port {}\n", host, options.port);
}

int Healthcheck(const std::vector<std::string>& arguments) {
  HealthcheckOptions options = DefaultOptions();
  bool help = false;
  CLI::App app;
  app.set_help_flag();
  app.add_option("--port", options.port)->check(CLI::Range(1, kMaxPort));
  app.add_option("--host", options.host)->envname("PUMICE_HOST");
  app.add_flag("-h,--help", help);
  const Result<void> read = ReadCommandLine(app, arguments);
  if (!read) return Fail(kBadCommandLine, read.error().client_text());
  if (help) {
    Print(kHelp);
    return EXIT_SUCCESS;
  }
  const Result<std::string> health = CheckHealth(options);
  if (!health) {
    const bool mistake = health.error().code() == ErrorCode::kValidation;
    return Fail(mistake ? kBadCommandLine : EXIT_FAILURE, health.error().client_text());
  }
  Print(health.value());
  return EXIT_SUCCESS;
}

}  // namespace pumice
