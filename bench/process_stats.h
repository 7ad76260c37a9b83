// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the kernel says of a server's process: processor time used and memory resident.

#include <chrono>
#include <cstdint>

#include <sys/types.h>

namespace pumice::bench {

/// User and system time of all threads so far. Zero: no such process.
std::chrono::nanoseconds CpuTime(pid_t pid);

/// VmRSS from /proc/<pid>/status. Zero: no such process.
std::int64_t ResidentBytes(pid_t pid);

}  // namespace pumice::bench
