// SPDX-License-Identifier: Apache-2.0
#pragma once
// Function: one function and what carries it out: as many processes as invocations run at once, at
// most config.max_concurrency, each kept warm; or an endpoint. Thread rule: the handlers' thread
// only; Report from any. Lifetime: the parts outlive it.

#include <memory>
#include <string>

#include "streams/functions/function_config.h"
#include "streams/functions/function_sink.h"
#include "streams/functions/process_sink.h"

namespace pumice {

class Function final : public FunctionSink {
 public:
  /// `place.runtime_port` is set for each process.
  Function(FunctionConfig config, FunctionPlace place, SinkParts parts);
  ~Function() override;

  /// Starts one process now, so that the first event finds it ready. A failure is logged and no
  /// more.
  void WarmUp();
  void Invoke(Invocation invocation, InvocationDone done) override;
  /// Kills the processes and forgets what waits or runs; Report still answers.
  void Stop();

  const FunctionConfig& config() const { return config_; }
  FunctionReport Report() const;

 private:
  const FunctionConfig config_;
  ProcessSink sink_;
};

}  // namespace pumice
