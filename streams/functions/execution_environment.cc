// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/execution_environment.h"

#include <utility>

#include <fmt/format.h>

#include "streams/functions/request_ids.h"
#include "streams/functions/runtime_error.h"

namespace pumice {
namespace {

/// For what a runtime does between two calls of its own: ending after it said that it cannot begin,
/// asking for the next invocation after an answer.
constexpr std::chrono::seconds kEndGrace{1};
constexpr std::chrono::seconds kNextGrace{10};

std::chrono::microseconds Since(TimePoint began, const Clock& clock) {
  return std::max(std::chrono::microseconds(0), clock.Now() - began);
}

}  // namespace

ExecutionEnvironment::ExecutionEnvironment(const FunctionConfig& function, FunctionPlace place,
                                           SinkParts parts, EnvironmentEvents events)
    : function_(function), place_(std::move(place)), parts_(parts), events_(std::move(events)) {}

// --- The process
// -----------------------------------------------------------------------------------

Result<void> ExecutionEnvironment::Start() {
  began_ = parts_.clock.Now();
  PUMICE_TRY(api_, RuntimeApi::Listen(parts_.context, MakeRuntimeEvents()));
  place_.runtime_port = api_->port();
  PUMICE_TRY(const ChildOptions options, FunctionCommand(function_, place_));
  ChildEvents events;
  events.line = [this](std::string_view line) { PrintLine(line); };
  events.ended = [this](const std::string& how) { ProcessEnded(how); };
  PUMICE_TRY(process_, ChildProcess::Start(parts_.context, options, std::move(events)));
  limit_ = parts_.scheduler.After(kInitTime + function_.timeout,
                                  guard_.Wrap([this] { InitTimedOut(); }));
  return Ok();
}

RuntimeEvents ExecutionEnvironment::MakeRuntimeEvents() {
  RuntimeEvents events;
  events.waiting = [this](RuntimeId) { Waiting(); };
  events.response = [this](RuntimeId, std::string body) { Answered({.payload = std::move(body)}); };
  events.error = [this](RuntimeId, std::string body) {
    Answered(ReportedOutcome(std::move(body)));
  };
  events.init_error = [this](std::string body) { InitFailed(std::move(body)); };
  events.too_large = [this](RuntimeId, std::size_t limit_bytes) {
    Answered(FailedOutcome(ResponseTooLargeError(limit_bytes)));
  };
  return events;
}

void ExecutionEnvironment::PrintLine(std::string_view line) {
  parts_.log.Info("[{}] {}", function_.name, line);
  if (tail_) tail_->Add(line);
}

void ExecutionEnvironment::InitFailed(std::string body) {
  limit_ = parts_.scheduler.After(kEndGrace, guard_.Wrap([this] { Replace("did not end"); }));
  Enter(State::kFailed);
  const auto init_failed = events_.init_failed;
  init_failed(ReportedOutcome(std::move(body)));
}

void ExecutionEnvironment::Replace(std::string_view why) {
  parts_.log.Warn("Function {}: its process {}; it is stopped", function_.name, why);
  End(std::nullopt);
}

void ExecutionEnvironment::InitTimedOut() {
  auto error = InitTimeoutError(kInitTime + function_.timeout);
  parts_.log.Error("Function {}: {}; it is stopped", function_.name, error.message);
  End(std::move(error));
}

void ExecutionEnvironment::ProcessEnded(const std::string& how) {
  const auto level = how == "exit status 0" ? LogLevel::kInfo : LogLevel::kWarn;
  parts_.log.Write(level,
                   fmt::format("Function {}: its process has ended: {}", function_.name, how));
  if (state_ == State::kRunning) return End(ExitError(request_id_, how));
  if (state_ == State::kStarting) return End(ExitError({}, how));
  End(std::nullopt);
}

void ExecutionEnvironment::TimedOut() { End(TimeoutError(request_id_, function_.timeout)); }

/// The owner drops the environment before the caller is told: a caller that goes on at once finds
/// the place free.
void ExecutionEnvironment::End(std::optional<FunctionError> error) {
  const bool ready = state_ != State::kStarting;
  const auto done = std::exchange(done_, {});
  std::optional<InvocationOutcome> outcome;
  if (error) outcome = FailedOutcome(*error);
  if (done && outcome) Complete(*outcome);
  limit_.reset();
  api_.reset();
  process_.reset();
  state_ = State::kEnded;
  const auto ended = std::move(events_.ended);
  ended(ready ? std::nullopt : outcome);
  // Nothing of this object from here on.
  if (done && outcome) done(*std::move(outcome));
}

// --- Invocations
// -----------------------------------------------------------------------------------

void ExecutionEnvironment::Waiting() {
  limit_.reset();
  if (state_ == State::kStarting) init_duration_ = Since(began_, parts_.clock);
  Enter(State::kIdle);
  const auto idle = events_.idle;
  idle();
}

void ExecutionEnvironment::Run(PendingInvocation next) {
  done_ = std::move(next.done);
  request_id_ = MakeRequestId(parts_.random);
  began_ = parts_.clock.Now();
  tail_.reset();
  if (next.invocation.wants_log_tail) {
    process_->TakeOutput();  // of before
    tail_.emplace().Begin(request_id_, function_.version);
  }
  Enter(State::kRunning);
  limit_ = parts_.scheduler.After(function_.timeout, guard_.Wrap([this] { TimedOut(); }));
  api_->Give(1, {.request_id = request_id_,
                 .event = std::move(next.invocation.event),
                 .function_arn = FunctionArn(function_, place_.region),
                 .trace_id = MakeTraceId(parts_.random, began_),
                 .client_context = std::move(next.invocation.client_context),
                 .deadline = began_ + function_.timeout});
}

void ExecutionEnvironment::Answered(InvocationOutcome outcome) {
  if (state_ != State::kRunning) return;
  limit_ = parts_.scheduler.After(
      kNextGrace, guard_.Wrap([this] { Replace("does not ask for the next invocation"); }));
  Complete(outcome);
  Enter(State::kAnswered);
  const auto done = std::exchange(done_, {});
  done(std::move(outcome));
}

void ExecutionEnvironment::Complete(InvocationOutcome& outcome) {
  outcome.request_id = request_id_;
  const auto init_duration = std::exchange(init_duration_, std::nullopt);
  if (!tail_) return;
  InvocationReport report{.duration = Since(began_, parts_.clock),
                          .init_duration = init_duration,
                          .memory_size_mb = function_.memory_size_mb,
                          .max_memory_used_mb = PeakMemoryMb(pid())};
  if (outcome.error) {
    report.status = outcome.error->type == kTimeoutErrorType ? "timeout" : "error";
  }
  process_->TakeOutput();  // what it printed before it answered is in the pipe
  if (outcome.error) tail_->AddError(*outcome.error);
  tail_->End(request_id_, report);
  outcome.log_tail = tail_->Text();
  tail_.reset();
}

void ExecutionEnvironment::Enter(State state) {
  state_ = state;
  events_.changed();
}

}  // namespace pumice
