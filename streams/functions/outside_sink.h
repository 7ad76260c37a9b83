// SPDX-License-Identifier: Apache-2.0
#pragma once
// OutsideSink: a function whose runtimes somebody else starts, with AWS_LAMBDA_RUNTIME_API naming
// the address that Pumice listens on: a container, a debugger. As many as attach run at once. One
// that goes away, or takes longer than the function's Timeout, costs its invocation; it is not
// ended. Thread rule: the handlers' thread only. Lifetime: all it is given outlives it.

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "streams/functions/callback_guard.h"
#include "streams/functions/function_command.h"
#include "streams/functions/function_runner.h"
#include "streams/functions/invocation_queue.h"
#include "streams/functions/log_tail.h"
#include "streams/functions/runtime_api.h"

namespace pumice {

/// How long an invocation waits while no runtime is attached at all.
inline constexpr std::chrono::seconds kAttachTime{10};

class OutsideSink final : public FunctionRunner {
 public:
  /// Listens as soon as the context runs: whom this one replaces may have the port until then.
  OutsideSink(const FunctionConfig& function, FunctionPlace place, SinkParts parts,
              FunctionStatus& status);

  void Invoke(Invocation invocation, InvocationDone done) override;
  void Stop() override;

  std::uint16_t port() const { return api_ == nullptr ? 0 : api_->port(); }

 private:
  struct Running {
    InvocationDone done;
    std::string request_id;
    TimePoint began;
    bool wants_log_tail = false;
    std::unique_ptr<Timer> limit;
  };

  void Listen();
  RuntimeEvents MakeRuntimeEvents();
  void Pump();
  void Give(RuntimeId id, PendingInvocation next);
  void Waiting(RuntimeId id);
  void Gone(RuntimeId id);
  void TimedOut(RuntimeId id);
  void InitFailed(const InvocationOutcome& why);
  void Finish(RuntimeId id, InvocationOutcome outcome);
  void Tell();

  const FunctionConfig& function_;
  FunctionPlace place_;
  SinkParts parts_;
  FunctionStatus& status_;
  InvocationQueue waiting_;
  std::unique_ptr<RuntimeApi> api_;
  std::deque<RuntimeId> idle_;
  std::map<RuntimeId, Running> running_;
  RuntimeId newest_ = 0;
  std::unique_ptr<Timer> patience_;  // while something waits and nobody is there
  CallbackGuard guard_;
};

}  // namespace pumice
