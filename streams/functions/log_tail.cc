// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/log_tail.h"

#include <cstdlib>
#include <fstream>

#include <fmt/format.h>

namespace pumice {
namespace {

double Milliseconds(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) / 1000.0;
}

}  // namespace

void LogTail::Begin(std::string_view request_id, std::string_view version) {
  text_.clear();
  Add(fmt::format("START RequestId: {} Version: {}", request_id, version));
}

void LogTail::Add(std::string_view line) {
  text_ += line;
  text_ += '\n';
  // Not at each line: that would move 4 KiB for every few bytes.
  if (text_.size() > 4 * kMaxLogTailBytes) text_.erase(0, text_.size() - kMaxLogTailBytes);
}

void LogTail::AddError(const FunctionError& error) {
  Add(fmt::format("[ERROR] {}: {}", error.type, error.message));
  if (!error.stack_trace.empty()) Add("Traceback (most recent call last):\n" + error.stack_trace);
}

void LogTail::End(std::string_view request_id, const InvocationReport& report) {
  Add(fmt::format("END RequestId: {}", request_id));
  const auto billed = std::chrono::ceil<std::chrono::milliseconds>(report.duration);
  std::string line = fmt::format(
      "REPORT RequestId: {}\tDuration: {:.2f} ms\tBilled Duration: {} ms\tMemory Size: {} MB\t"
      "Max Memory Used: {} MB\t",
      request_id, Milliseconds(report.duration), billed.count(), report.memory_size_mb,
      report.max_memory_used_mb);
  if (report.init_duration) {
    line += fmt::format("Init Duration: {:.2f} ms\t", Milliseconds(*report.init_duration));
  }
  if (!report.status.empty()) line += fmt::format("Status: {}", report.status);
  Add(line);
}

std::string_view LogTail::Text() const {
  const std::string_view text(text_);
  return text.size() <= kMaxLogTailBytes ? text : text.substr(text.size() - kMaxLogTailBytes);
}

std::int64_t PeakMemoryMb(int pid) {
  constexpr std::string_view kName = "VmHWM:";
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(kName)) continue;
    return (std::strtoll(line.c_str() + kName.size(), nullptr, 10) + 1023) / 1024;
  }
  return 0;
}

}  // namespace pumice
