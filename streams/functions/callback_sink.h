// SPDX-License-Identifier: Apache-2.0
#pragma once
// CallbackSink: a function that is a FunctionCallback in this program. It runs on threads of its
// own, so that it may take its time. Thread rule: the handlers' thread only, but the callback.
// Lifetime: all it is given outlives it; its end waits for callbacks that run.

#include <optional>

#include <boost/asio/thread_pool.hpp>

#include "streams/functions/callback_guard.h"
#include "streams/functions/function_runner.h"
#include "streams/functions/invocation_queue.h"

namespace pumice {

class CallbackSink final : public FunctionRunner {
 public:
  CallbackSink(const FunctionConfig& function, SinkParts parts, FunctionStatus& status);
  ~CallbackSink() override;

  void Invoke(Invocation invocation, InvocationDone done) override;
  void Stop() override;

 private:
  void Pump();
  void Finish(InvocationOutcome outcome, const InvocationDone& done);

  const FunctionConfig& function_;
  SinkParts parts_;
  FunctionStatus& status_;
  InvocationQueue waiting_;
  std::size_t running_count_ = 0;
  std::optional<boost::asio::thread_pool> threads_;  // from the first invocation on
  std::optional<CallbackGuard> guard_{std::in_place};
};

}  // namespace pumice
