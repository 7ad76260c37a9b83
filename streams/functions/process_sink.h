// SPDX-License-Identifier: Apache-2.0
#pragma once
// ProcessSink: a function that runs in child processes of ours, one for each invocation that runs
// at the same time, at most config.max_concurrency. A process is kept warm; one that dies is
// replaced when it is needed. Thread rule: the handlers' thread only. Lifetime: all it is given
// outlives it.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "streams/functions/callback_guard.h"
#include "streams/functions/code_watch.h"
#include "streams/functions/execution_environment.h"
#include "streams/functions/function_runner.h"
#include "streams/functions/invocation_queue.h"

namespace pumice {

/// A process that had nothing to do for so long ends, unless it is the last one.
inline constexpr std::chrono::minutes kIdleTime{5};
inline constexpr std::chrono::minutes kIdleCheckInterval{1};
/// While some processes are ready: the pause after one that could not begin.
inline constexpr std::chrono::seconds kStartPause{1};

class ProcessSink final : public FunctionRunner {
 public:
  ProcessSink(const FunctionConfig& function, FunctionPlace place, SinkParts parts,
              FunctionStatus& status);

  /// Starts one process if there is none.
  void WarmUp() override;
  void Invoke(Invocation invocation, InvocationDone done) override;
  /// Kills the processes.
  void Stop() override;

 private:
  using State = ExecutionEnvironment::State;
  struct Entry {
    std::unique_ptr<ExecutionEnvironment> environment;
    TimePoint idle_since{};
    bool stale = false;  // it has the code of before a change
  };
  using Entries = std::map<std::uint64_t, Entry>;  // by age

  void Pump();
  Entry* LatestIdle();
  void StartMore();
  bool MayStart() const;
  bool StartOne();
  EnvironmentEvents MakeEvents(std::uint64_t id);
  void CannotStart(const Error& error);
  void Idle(std::uint64_t id);
  void Ended(std::uint64_t id, const std::optional<InvocationOutcome>& init_failure);
  void InitFailed(const InvocationOutcome& why);
  void RetireAll();
  void WatchIdle();
  void EndIdle();
  std::size_t Count(std::initializer_list<State> states) const;
  void Tell();

  const FunctionConfig& function_;
  FunctionPlace place_;
  SinkParts parts_;
  FunctionStatus& status_;
  InvocationQueue waiting_;
  Entries entries_;
  std::uint64_t newest_id_ = 0;
  TimePoint no_start_before_{};
  CodeWatch watch_;
  std::unique_ptr<Timer> idle_check_;
  CallbackGuard guard_;
};

}  // namespace pumice
