// SPDX-License-Identifier: Apache-2.0
#pragma once
// HTTP/1.1 as the measuring programs need it: requests made beforehand, answers read without
// copies. Plain sockets: the driver shares nothing with the servers that it measures, and costs
// less than they do.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pumice::bench {

/// The bytes of one DynamoDB request; `operation` is the name after "DynamoDB_20120810.".
/// `extra_headers`: whole lines with their line ends.
std::string DynamoDbRequest(std::string_view operation, std::string_view body,
                            std::string_view extra_headers = {});

/// One answer at the front of a buffer; lives on that buffer.
struct AnswerView {
  int status = 0;
  std::string_view body;
  std::size_t total_bytes = 0;  // header and body
  bool closes = false;          // the server ends the connection after it
};

enum class AnswerState : std::uint8_t { kIncomplete, kComplete, kMalformed };

/// Reads one answer with a Content-Length from the front of `bytes`.
AnswerState ParseAnswer(std::string_view bytes, AnswerView& answer);

/// A connected socket on 127.0.0.1, closed at the end of life. Thread rule: one thread.
class Connection {
 public:
  /// None: refused.
  static std::optional<Connection> Open(std::uint16_t port);
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&& other) noexcept;
  ~Connection();

  int descriptor() const { return descriptor_; }

  /// For servers that end the connection after each answer. False: refused.
  bool Reopen();

  /// Sends and waits for the answer (at most 30 s); reopens if the server ends the connection after
  /// it. None: closed, malformed or late.
  struct Answer {
    int status = 0;
    std::string body;
  };
  std::optional<Answer> Call(std::string_view request);

 private:
  explicit Connection(std::uint16_t port) : port_(port) {}
  std::uint16_t port_;
  int descriptor_ = -1;
};

}  // namespace pumice::bench
