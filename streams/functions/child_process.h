// SPDX-License-Identifier: Apache-2.0
#pragma once
// ChildProcess: a program in a process group of its own, whose output comes back line by line. It
// inherits no descriptor of ours but its three standard ones, and it is killed when we die. Thread
// rule: the thread that runs the context, which must live as long as the child: Linux sends the
// parent-death signal when the thread that forked ends.

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <sys/types.h>

#include "base/result.h"

namespace pumice {

struct ChildOptions {
  std::filesystem::path program;         // absolute
  std::vector<std::string> arguments;    // without the program's own name
  std::vector<std::string> environment;  // NAME=value; nothing else is passed on
  std::filesystem::path folder;          // where it starts
  std::size_t memory_limit_bytes = 0;    // of its private memory (RLIMIT_DATA); 0: none
};

struct ChildEvents {
  /// A line of its output, without the line's end; one longer than kMaxLineBytes comes in pieces.
  std::function<void(std::string_view line)> line;
  /// It has ended: "exit status 1" or "signal: killed". Called once, after its last line; the
  /// object may be destroyed in it.
  std::function<void(std::string how)> ended;
};

inline constexpr std::size_t kMaxLineBytes = 64 * 1024;

class ChildProcess {
 public:
  /// Errors (log_text: the system's reason): LimitExceeded: no process, descriptor or memory is
  /// left; Internal: the program cannot be executed.
  static Result<std::unique_ptr<ChildProcess>> Start(boost::asio::io_context& context,
                                                     const ChildOptions& options,
                                                     ChildEvents events);
  /// Kills what is left of the process group and waits until the process is gone, at most a second.
  /// No event comes from then on.
  ~ChildProcess();

  pid_t pid() const;  // 0: it has ended

  /// What it has written up to now comes as lines before this returns, the last one even without
  /// its end.
  void TakeOutput();

 private:
  class Impl;
  explicit ChildProcess(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pumice
