// SPDX-License-Identifier: Apache-2.0
#pragma once
// LambdaFunction: one function and what carries it out: as many processes as invocations run at
// once, at most config.max_concurrency, each kept warm; or runtimes from outside, an endpoint, a
// callback. Thread rule: the handlers' thread only; Report from any. Lifetime: the parts outlive
// it.

#include <memory>

#include "streams/functions/callback_guard.h"
#include "streams/functions/function_command.h"
#include "streams/functions/function_config.h"
#include "streams/functions/function_runner.h"

namespace pumice {

class LambdaFunction final : public FunctionSink {
 public:
  /// `place.runtime_port` is set for each process.
  LambdaFunction(FunctionConfig config, FunctionPlace place, SinkParts parts);
  ~LambdaFunction() override;

  /// Starts one process now, so that the first event finds it ready. A failure is logged and no
  /// more.
  void WarmUp();
  /// Beyond what may run at once an invocation waits; beyond what may wait it is refused with
  /// TooManyRequestsException (not invoked). The function's errors are as AWS counts them: it
  /// threw, exited, could not begin or took too long. Not invoked: refused, no process or port is
  /// left, nobody is attached or listens at the endpoint.
  void Invoke(Invocation invocation, InvocationDone done) override;
  /// Kills the processes and forgets what waits or runs; Report still answers.
  void Stop();

  const FunctionConfig& config() const { return config_; }
  FunctionReport Report() const { return status_.Read(); }

 private:
  std::unique_ptr<FunctionRunner> MakeRunner(FunctionPlace place, SinkParts parts);
  void Count(const InvocationOutcome& outcome);

  const FunctionConfig config_;
  FunctionStatus status_;
  std::unique_ptr<FunctionRunner> runner_;
  CallbackGuard guard_;
};

}  // namespace pumice
