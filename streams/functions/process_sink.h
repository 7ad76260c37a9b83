// SPDX-License-Identifier: Apache-2.0
#pragma once
// ProcessSink: a function that runs as a child process and speaks the Lambda Runtime API. The
// process is kept warm; one that dies, hangs or answers nonsense costs its own invocation only and
// is replaced by the next. Thread rule: the thread that runs the context; Report from any.
// Lifetime: all it is given outlives it.

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "streams/functions/callback_guard.h"
#include "streams/functions/child_process.h"
#include "streams/functions/function_command.h"
#include "streams/functions/function_config.h"
#include "streams/functions/function_sink.h"
#include "streams/functions/runtime_api.h"
#include "streams/functions/scheduler.h"

namespace pumice {

/// What a function may take to import its code, on top of its own Timeout. AWS: the Init phase.
inline constexpr std::chrono::seconds kInitTime{10};

struct SinkParts {
  boost::asio::io_context& context;
  Scheduler& scheduler;
  const Clock& clock;
  RandomSource& random;
  Log& log;
};

struct FunctionReport {
  std::string state = "Stopped";  // Stopped, Starting, Failed, Idle, Running
  pid_t pid = 0;                  // 0: no process
  std::int64_t starts = 0;
};

class ProcessSink final : public FunctionSink {
 public:
  /// `function` outlives it. place.runtime_port is set by the sink.
  ProcessSink(const FunctionConfig& function, FunctionPlace place, SinkParts parts);
  ~ProcessSink() override;

  /// Starts the process now, so that the first event finds it ready. A failure is logged and no
  /// more.
  void WarmUp();

  void Invoke(Invocation invocation, InvocationDone done) override;

  /// Kills the process and forgets what waits or runs; Report still answers.
  void Stop();

  const FunctionConfig& config() const { return function_; }
  FunctionReport Report() const;

 private:
  enum class State : std::uint8_t {
    kStopped,
    kStarting,  // until it asks for its first invocation
    kFailed,    // it said that it cannot begin, and is about to end
    kIdle,
    kRunning,
    kAnswered,  // until it asks for the next one
  };
  struct Pending {
    Invocation invocation;
    InvocationDone done;
  };

  void Pump();
  void StartProcess();
  Result<void> TryStart();
  RuntimeEvents MakeRuntimeEvents();
  void GiveNext();
  void Waiting();
  void InitFailed(FunctionError error);
  void Ended(const std::string& how);
  void InitTimedOut();
  void Replace(std::string_view why);
  void TimedOut();
  void StopProcess();
  void Finish(InvocationOutcome outcome);
  void FinishFailed(FunctionError error);
  void FailWaiting(const FunctionError& error);
  void Enter(State state);

  const FunctionConfig& function_;
  FunctionPlace place_;
  SinkParts parts_;
  State state_ = State::kStopped;
  std::deque<Pending> waiting_;
  std::optional<InvocationDone> running_;
  std::string request_id_;        // of the running or the latest invocation
  std::unique_ptr<Timer> limit_;  // of the init phase, or of the running invocation
  std::unique_ptr<RuntimeApi> api_;
  std::unique_ptr<ChildProcess> process_;
  mutable Mutex report_mutex_;
  FunctionReport report_ GUARDED_BY(report_mutex_);
  CallbackGuard guard_;
};

}  // namespace pumice
