// SPDX-License-Identifier: Apache-2.0
#pragma once
// What one HTTP connection, and all of them together, may ask of the server. The size limits are
// those of AWS's endpoint (measured: 16 MiB body, about 16 KB of header lines, about 16 KB of
// request line).

#include <chrono>
#include <cstddef>
#include <string_view>

namespace pumice {

struct HttpLimits {
  std::size_t max_request_line_bytes = 16 * 1024;  // beyond: 400
  std::size_t max_header_bytes = 16 * 1024;        // all header lines together; beyond: 400
  std::size_t max_body_bytes = 16 * 1024 * 1024;   // chunks counted as joined; beyond: 413

  // Requests whose path begins so may have a body of another size; empty: none.
  std::string_view large_body_path;
  std::size_t max_large_body_bytes = 0;

  std::chrono::milliseconds header_time{
      20'000};  // from the first byte to the empty line; beyond: 408
  std::chrono::milliseconds body_time{60'000};   // from there to the last byte; beyond: 408
  std::chrono::milliseconds write_time{60'000};  // for one answer; beyond: the connection ends
  // SDK pools reuse a connection that was idle for a minute and see a reset if it is gone.
  std::chrono::milliseconds idle_time{180'000};

  std::size_t max_connections = 8'000;       // beyond: 503 to the first request of each
  std::size_t max_requests_in_flight = 256;  // requests whose body is still arriving; beyond: 503
};

}  // namespace pumice
