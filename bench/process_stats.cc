// SPDX-License-Identifier: Apache-2.0
#include "bench/process_stats.h"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include <fmt/core.h>

namespace pumice::bench {

std::chrono::microseconds CpuTime(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(file, line)) return {};
  // The second field is the program's name in parentheses and may hold blanks; fields 14 and 15 are
  // meant.
  std::istringstream fields(line.substr(line.rfind(')') + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  std::int64_t user_ticks = 0;
  std::int64_t system_ticks = 0;
  fields >> user_ticks >> system_ticks;
  const auto ticks_per_second = sysconf(_SC_CLK_TCK);
  return std::chrono::microseconds((user_ticks + system_ticks) * 1'000'000 / ticks_per_second);
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
