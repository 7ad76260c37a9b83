// SPDX-License-Identifier: Apache-2.0
#pragma once
// FunctionRunner: one way to carry out a function's invocations: processes of ours (ProcessSink),
// runtimes that attach from outside (OutsideSink), an HTTP endpoint (HttpSink), a callback
// (CallbackSink). Thread rule: the handlers' thread only. Lifetime: the parts, the FunctionConfig
// and the FunctionStatus that it was made with outlive it.

#include <boost/asio/io_context.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "streams/functions/function_config.h"
#include "streams/functions/function_sink.h"
#include "streams/functions/function_status.h"
#include "streams/functions/scheduler.h"

namespace pumice {

struct SinkParts {
  boost::asio::io_context& context;
  Scheduler& scheduler;
  const Clock& clock;
  RandomSource& random;
  Log& log;
};

class FunctionRunner : public FunctionSink {
 public:
  /// Makes the first event find it ready. A failure is logged and no more.
  virtual void WarmUp() {}
  /// Ends what runs and forgets what waits: no `done` comes from then on.
  virtual void Stop() = 0;
};

}  // namespace pumice
