// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/function.h"

#include <utility>

#include "streams/functions/callback_sink.h"
#include "streams/functions/http_sink.h"
#include "streams/functions/outside_sink.h"
#include "streams/functions/process_sink.h"
#include "streams/functions/runtime_error.h"

namespace pumice {

LambdaFunction::LambdaFunction(FunctionConfig config, FunctionPlace place, SinkParts parts)
    : config_(std::move(config)), runner_(MakeRunner(std::move(place), parts)) {}

LambdaFunction::~LambdaFunction() = default;

std::unique_ptr<FunctionRunner> LambdaFunction::MakeRunner(FunctionPlace place, SinkParts parts) {
  switch (config_.runtime) {
    case FunctionRuntime::kHttp: return std::make_unique<HttpSink>(config_, parts, status_);
    case FunctionRuntime::kOutside:
      return std::make_unique<OutsideSink>(config_, std::move(place), parts, status_);
    case FunctionRuntime::kCallback: return std::make_unique<CallbackSink>(config_, parts, status_);
    case FunctionRuntime::kPython:
    case FunctionRuntime::kNode:
    case FunctionRuntime::kProvided: break;
  }
  return std::make_unique<ProcessSink>(config_, std::move(place), parts, status_);
}

void LambdaFunction::WarmUp() { runner_->WarmUp(); }

void LambdaFunction::Invoke(Invocation invocation, InvocationDone done) {
  status_.Update([](FunctionReport& report) { ++report.in_flight; });
  runner_->Invoke(std::move(invocation),
                  guard_.Wrap([this, done = std::move(done)](InvocationOutcome outcome) {
                    Count(outcome);
                    // The caller may destroy this function.
                    const auto tell = done;
                    tell(std::move(outcome));
                  }));
}

void LambdaFunction::Count(const InvocationOutcome& outcome) {
  status_.Update([&](FunctionReport& report) {
    --report.in_flight;
    if (outcome.invoked) ++report.invocations;
    if (outcome.invoked && outcome.error) ++report.errors;
    if (outcome.error && outcome.error->type == kThrottledErrorType) ++report.throttles;
    if (outcome.error) report.last_error = ErrorText(*outcome.error);
  });
}

void LambdaFunction::Stop() {
  runner_->Stop();
  status_.Update([](FunctionReport& report) { report.in_flight = 0; });
}

}  // namespace pumice
