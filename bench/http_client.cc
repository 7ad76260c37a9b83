// SPDX-License-Identifier: Apache-2.0
#include "bench/http_client.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace pumice::bench {
namespace {

constexpr std::string_view kEndOfHeader = "\r\n\r\n";
constexpr std::size_t kStatusOffset = sizeof("HTTP/1.1 ") - 1;

bool EqualIgnoringCase(std::string_view text, std::string_view lower_case) {
  if (text.size() != lower_case.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower_case[i]) return false;
  }
  return true;
}

/// The value of the first such header; empty: there is none.
std::string_view HeaderValue(std::string_view header, std::string_view lower_case_name) {
  for (std::size_t at = header.find("\r\n"); at != header.npos; at = header.find("\r\n", at)) {
    at += 2;
    const std::size_t colon = at + lower_case_name.size();
    if (colon >= header.size() || header[colon] != ':') continue;
    if (!EqualIgnoringCase(header.substr(at, lower_case_name.size()), lower_case_name)) continue;
    const std::size_t begin = std::min(header.size(), header.find_first_not_of(' ', colon + 1));
    return header.substr(begin, header.find("\r\n", begin) - begin);
  }
  return {};
}

std::optional<std::size_t> ContentLength(std::string_view header) {
  const std::string_view text = HeaderValue(header, "content-length");
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc()) return std::nullopt;
  return length;
}

}  // namespace

std::string DynamoDbRequest(std::string_view operation, std::string_view body,
                            std::string_view extra_headers) {
  // The headers of an AWS SDK, so that a server has as much to read as in real use. The signature
  // is none: the servers measured accept any.
  return fmt::format(
      "POST / HTTP/1.1\r\n"
      "Host: 127.0.0.1\r\n"
      "Accept-Encoding: identity\r\n"
      "X-Amz-Target: DynamoDB_20120810.{}\r\n"
      "Content-Type: application/x-amz-json-1.0\r\n"
      "User-Agent: pumice-bench/1.0\r\n"
      "X-Amz-Date: 20261121T000000Z\r\n"
      "Authorization: AWS4-HMAC-SHA256 Credential=bench/20261121/us-east-1/dynamodb/aws4_request, "
      "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature={:064}\r\n"
      "{}"
      "Content-Length: {}\r\n"
      "\r\n"
      "{}",
      operation, 0, extra_headers, body.size(), body);
}

AnswerState ParseAnswer(std::string_view bytes, AnswerView& answer) {
  const std::size_t header_end = bytes.find(kEndOfHeader);
  if (header_end == bytes.npos) return AnswerState::kIncomplete;
  const std::string_view header = bytes.substr(0, header_end);
  const auto length = ContentLength(header);
  if (!header.starts_with("HTTP/1.1 ") || !length) return AnswerState::kMalformed;
  std::from_chars(header.data() + kStatusOffset, header.data() + header.size(), answer.status);
  const std::size_t body_start = header_end + kEndOfHeader.size();
  if (bytes.size() < body_start + *length) return AnswerState::kIncomplete;
  answer.body = bytes.substr(body_start, *length);
  answer.total_bytes = body_start + *length;
  answer.closes = EqualIgnoringCase(HeaderValue(header, "connection"), "close");
  return AnswerState::kComplete;
}

std::optional<Connection> Connection::Open(std::uint16_t port) {
  Connection connection(port);
  if (!connection.Reopen()) return std::nullopt;
  return connection;
}

bool Connection::Reopen() {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    return false;
  }
  const int on = 1;
  setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval limit{.tv_sec = 30, .tv_usec = 0};
  setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return true;
}

Connection::Connection(Connection&& other) noexcept
    : port_(other.port_), descriptor_(std::exchange(other.descriptor_, -1)) {}

Connection& Connection::operator=(Connection&& other) noexcept {
  std::swap(port_, other.port_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Connection::~Connection() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::optional<Connection::Answer> Connection::Call(std::string_view request) {
  if (send(descriptor_, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    return std::nullopt;
  }
  std::string received;
  for (;;) {
    char chunk[64 * 1024];
    const ssize_t count = recv(descriptor_, chunk, sizeof chunk, 0);
    if (count <= 0) return std::nullopt;
    received.append(chunk, static_cast<std::size_t>(count));
    AnswerView view;
    const AnswerState state = ParseAnswer(received, view);
    if (state == AnswerState::kMalformed) return std::nullopt;
    if (state != AnswerState::kComplete) continue;
    Answer answer{view.status, std::string(view.body)};
    if (view.closes && !Reopen()) return std::nullopt;
    return answer;
  }
}

}  // namespace pumice::bench
