// SPDX-License-Identifier: Apache-2.0
#include "bench/process_stats.h"

#include <time.h>

#include <fstream>
#include <string>

#include <fmt/core.h>

namespace pumice::bench {

std::chrono::nanoseconds CpuTime(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) return {};
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

std::int64_t ResidentBytes(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/status", pid));
  std::string word;
  while (file >> word) {
    if (word != "VmRSS:") continue;
    std::int64_t kibibytes = 0;
    file >> kibibytes;
    return kibibytes * 1024;
  }
  return 0;
}

}  // namespace pumice::bench
