// SPDX-License-Identifier: Apache-2.0
#pragma once
// A connection as bytes, plain or with TLS. Calls wait, for a second at most at a time. Thread
// rule: one thread.

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "bench/patterns/endpoint.h"
#include "bench/patterns/stop_flag.h"

namespace pumice::patterns {

/// How long a connection may take to open.
constexpr std::chrono::seconds kConnectTime{30};

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// All of it. Errors: Internal, with what the system says.
  virtual Result<void> Write(std::string_view bytes) = 0;

  /// As many bytes as are there, at least one; 0: the other side has closed. Errors: Internal:
  /// nothing came within the endpoint's answer_time, the stop flag was set, or what the system
  /// says.
  virtual Result<std::size_t> Read(std::span<char> into) = 0;
};

/// Errors: Internal: no such host, refused, no answer, a certificate that is not trusted.
Result<std::unique_ptr<ByteStream>> OpenStream(const Endpoint& endpoint, const StopFlag& stop);

/// A connected socket. Used by OpenStream and by TLS, which writes and reads through it.
Result<std::unique_ptr<ByteStream>> OpenTcpStream(const Endpoint& endpoint, const StopFlag& stop);
Result<std::unique_ptr<ByteStream>> OpenTlsStream(const Endpoint& endpoint, const StopFlag& stop);

}  // namespace pumice::patterns
