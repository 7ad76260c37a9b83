// SPDX-License-Identifier: Apache-2.0
#pragma once
// ExecutionEnvironment: one process of a function, from its start to its end, and the invocation
// that it runs. A process that dies, hangs or answers nonsense costs its own invocation and itself;
// whoever owns the environment makes another. Thread rule: the handlers' thread only. Lifetime: all
// it is given outlives it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "streams/functions/callback_guard.h"
#include "streams/functions/child_process.h"
#include "streams/functions/function_command.h"
#include "streams/functions/function_runner.h"
#include "streams/functions/invocation_queue.h"
#include "streams/functions/log_tail.h"
#include "streams/functions/runtime_api.h"

namespace pumice {

/// What a function may take to import its code, on top of its own Timeout. AWS: the Init phase.
inline constexpr std::chrono::seconds kInitTime{10};

/// Each may destroy the environment, and none comes before Start has returned.
struct EnvironmentEvents {
  std::function<void()> idle;     // it asks for an invocation
  std::function<void()> changed;  // state() or pid()
  /// It said that it cannot begin, and is about to end.
  std::function<void(const InvocationOutcome& why)> init_failed;
  /// Its process is gone; with the reason if it ended before it was ready and did not say why.
  std::function<void(const std::optional<InvocationOutcome>& init_failure)> ended;
};

class ExecutionEnvironment {
 public:
  enum class State : std::uint8_t {
    kStarting,  // until it asks for its first invocation
    kFailed,    // it said that it cannot begin, and is about to end
    kIdle,
    kRunning,
    kAnswered,  // until it asks for the next one
    kEnded,
  };

  /// place.runtime_port is set here.
  ExecutionEnvironment(const FunctionConfig& function, FunctionPlace place, SinkParts parts,
                       EnvironmentEvents events);

  /// Errors (log_text): LimitExceeded: the system has no process, port or memory left; Internal:
  /// there is no such program, or it cannot be executed.
  Result<void> Start();

  /// Precondition: kIdle. `done` comes later, and never if this is destroyed before.
  void Run(PendingInvocation next);

  State state() const { return state_; }
  pid_t pid() const { return process_ == nullptr ? 0 : process_->pid(); }

 private:
  RuntimeEvents MakeRuntimeEvents();
  void PrintLine(std::string_view line);
  void Waiting();
  void InitFailed(std::string body);
  void ProcessEnded(const std::string& how);
  void InitTimedOut();
  void TimedOut();
  void Replace(std::string_view why);
  void Answered(InvocationOutcome outcome);
  void Complete(InvocationOutcome& outcome);
  void End(std::optional<FunctionError> error);
  void Enter(State state);

  const FunctionConfig& function_;
  FunctionPlace place_;
  SinkParts parts_;
  EnvironmentEvents events_;
  State state_ = State::kStarting;
  InvocationDone done_;          // of the running invocation
  std::string request_id_;       // of the running or the latest invocation
  std::optional<LogTail> tail_;  // of the running invocation, if wanted
  TimePoint began_;              // the start, then the running invocation
  std::optional<std::chrono::microseconds> init_duration_;  // until the first report told it
  std::unique_ptr<Timer> limit_;  // of the init phase, of the running invocation, of a pause
  std::unique_ptr<RuntimeApi> api_;
  std::unique_ptr<ChildProcess> process_;
  CallbackGuard guard_;
};

}  // namespace pumice
