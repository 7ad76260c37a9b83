// SPDX-License-Identifier: Apache-2.0
#pragma once
// Puts one server under one workload and measures it. Closed loop: each connection sends its next
// request when the answer is read and checked. Open loop: requests are sent at a fixed rate, and
// latency counts from when one should have been sent, so that a server that stalls is not spared
// the requests that wait meanwhile. One thread over epoll.

#include <chrono>
#include <cstdint>
#include <string>

#include <sys/types.h>

#include "bench/cruddur_requests.h"

namespace pumice::bench {

struct Server {
  std::string name;
  std::uint16_t port = 0;
  pid_t pid = 0;
};

struct LoadOptions {
  std::size_t connections = 1;
  std::chrono::milliseconds warm_up{500};
  std::chrono::milliseconds duration{3000};
  double rate = 0;  // requests per second of the open loop; 0: closed loop
};

struct Measurement {
  std::uint64_t requests = 0;
  double requests_per_second = 0;
  double p50_us = 0;
  double p99_us = 0;
  double server_cpu_us = 0;  // user and system time of the whole server process, per request
  double driver_load =
      0;  // share of one core that the driver itself used; near 1: it was the bottleneck
  double answer_bytes = 0;  // mean body
  std::uint64_t failures = 0;
  std::string first_failure;
};

/// Every answer must be 200 and hold its request's markers; what is not counts as a failure.
/// `counter` is stamped into writes and goes on from run to run.
Measurement RunLoad(const Server& server, Workload& workload, const LoadOptions& options,
                    std::uint64_t& counter);

}  // namespace pumice::bench
