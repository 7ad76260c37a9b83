// SPDX-License-Identifier: Apache-2.0
#pragma once
// LogTail: the last 4 KiB of what a function printed during one invocation, between the lines that
// Lambda itself writes around it. AWS: API_Invoke, LogResult. Plain value.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "streams/functions/function_sink.h"

namespace pumice {

inline constexpr std::size_t kMaxLogTailBytes = 4096;

/// What Lambda's REPORT line tells.
struct InvocationReport {
  std::chrono::microseconds duration{0};
  std::optional<std::chrono::microseconds> init_duration = {};  // of a process's first invocation
  std::int64_t memory_size_mb = 0;
  std::int64_t max_memory_used_mb = 0;
  std::string_view status = {};  // "timeout", "error"; empty: none is told
};

class LogTail {
 public:
  void Begin(std::string_view request_id, std::string_view version);
  void Add(std::string_view line);
  /// As Lambda's runtimes log an error: the type, the message, the trace.
  void AddError(const FunctionError& error);
  void End(std::string_view request_id, const InvocationReport& report);

  std::string_view Text() const;

 private:
  std::string text_;
};

/// The most memory that a process had resident up to now, in MB; 0: unknown.
std::int64_t PeakMemoryMb(int pid);

}  // namespace pumice
