// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/process_sink.h"

#include <utility>

#include <fmt/format.h>

#include "streams/functions/runtime_error.h"

namespace pumice {
namespace {

/// For what a runtime does between two calls of its own: ending after it said that it cannot begin,
/// asking for the next invocation after an answer.
constexpr std::chrono::seconds kEndGrace{1};
constexpr std::chrono::seconds kNextGrace{10};

/// A UUID of version 4, as AWS's request ids are.
std::string MakeRequestId(RandomSource& random) {
  const std::uint64_t high = random.Next();
  const std::uint64_t low = random.Next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}", high >> 32, high >> 16 & 0xffff,
                     high & 0xfff, 8 + (low >> 62), low >> 48 & 0xfff, low & 0xffff'ffff'ffff);
}

std::string MakeTraceId(RandomSource& random, TimePoint now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  return fmt::format("Root=1-{:08x}-{:08x}{:016x};Parent={:016x};Sampled=0", seconds.count(),
                     random.Next() & 0xffff'ffff, random.Next(), random.Next());
}

}  // namespace

ProcessSink::ProcessSink(const FunctionConfig& function, FunctionPlace place, SinkParts parts)
    : function_(function), place_(std::move(place)), parts_(parts) {}

ProcessSink::~ProcessSink() = default;

void ProcessSink::WarmUp() {
  if (state_ == State::kStopped) StartProcess();
}

void ProcessSink::Invoke(Invocation invocation, InvocationDone done) {
  waiting_.push_back({std::move(invocation), std::move(done)});
  Pump();
}

void ProcessSink::Stop() {
  waiting_.clear();
  running_.reset();
  StopProcess();
}

void ProcessSink::Pump() {
  if (waiting_.empty()) return;
  if (state_ == State::kStopped) StartProcess();
  if (state_ == State::kIdle) GiveNext();
}

FunctionReport ProcessSink::Report() const {
  const MutexLock lock(report_mutex_);
  return report_;
}

// --- The process
// -----------------------------------------------------------------------------------

void ProcessSink::StartProcess() {
  const auto started = TryStart();
  if (started) return;
  StopProcess();
  const std::string& reason = started.error().log_text();
  if (waiting_.empty())
    parts_.log.Error("Function {} cannot be started: {}", function_.name, reason);
  FailWaiting({.type = "Runtime.InvalidEntrypoint", .message = reason});
}

Result<void> ProcessSink::TryStart() {
  PUMICE_TRY(api_, RuntimeApi::Listen(parts_.context, MakeRuntimeEvents()));
  place_.runtime_port = api_->port();
  PUMICE_TRY(const ChildOptions options, FunctionCommand(function_, place_));
  ChildEvents events;
  events.line = [this](std::string_view line) { parts_.log.Info("[{}] {}", function_.name, line); };
  events.ended = [this](const std::string& how) { Ended(how); };
  PUMICE_TRY(process_, ChildProcess::Start(parts_.context, options, std::move(events)));
  {
    const MutexLock lock(report_mutex_);
    ++report_.starts;
  }
  Enter(State::kStarting);
  limit_ = parts_.scheduler.After(kInitTime + function_.timeout,
                                  guard_.Wrap([this] { InitTimedOut(); }));
  return Ok();
}

RuntimeEvents ProcessSink::MakeRuntimeEvents() {
  RuntimeEvents events;
  events.waiting = [this] { Waiting(); };
  events.response = [this](std::string body) { Finish({.payload = std::move(body)}); };
  events.error = [this](std::string body) {
    FunctionError error = ReadRuntimeError(body);
    Finish({.error = std::move(error), .payload = std::move(body)});
  };
  events.init_error = [this](const std::string& body) { InitFailed(ReadRuntimeError(body)); };
  events.too_large = [this](std::size_t limit_bytes) {
    FinishFailed(ResponseTooLargeError(limit_bytes));
  };
  return events;
}

/// Whoever waits logs the error with the record that it stops; without one, it is said here.
void ProcessSink::InitFailed(FunctionError error) {
  Enter(State::kFailed);
  limit_ = parts_.scheduler.After(kEndGrace, guard_.Wrap([this] { Replace("did not end"); }));
  if (waiting_.empty()) {
    parts_.log.Error("Function {} cannot begin: {}: {}{}", function_.name, error.type,
                     error.message, error.hint.empty() ? "" : " (" + error.hint + ")");
  }
  FailWaiting(error);
}

void ProcessSink::Replace(std::string_view why) {
  parts_.log.Warn("Function {}: its process {}; it is stopped", function_.name, why);
  StopProcess();
  Pump();
}

void ProcessSink::InitTimedOut() {
  const auto error = InitTimeoutError(kInitTime + function_.timeout);
  parts_.log.Error("Function {}: {}; it is stopped", function_.name, error.message);
  StopProcess();
  FailWaiting(error);
}

void ProcessSink::Ended(const std::string& how) {
  const State before = state_;
  const auto level = how == "exit status 0" ? LogLevel::kInfo : LogLevel::kWarn;
  parts_.log.Write(level,
                   fmt::format("Function {}: its process has ended: {}", function_.name, how));
  StopProcess();
  if (before == State::kRunning) FinishFailed(ExitError(request_id_, how));
  if (before == State::kStarting) FailWaiting(ExitError({}, how));
  Pump();
}

void ProcessSink::TimedOut() {
  const auto error = TimeoutError(request_id_, function_.timeout);
  StopProcess();
  FinishFailed(error);
}

void ProcessSink::StopProcess() {
  limit_.reset();
  api_.reset();
  process_.reset();
  Enter(State::kStopped);
}

// --- Invocations
// -----------------------------------------------------------------------------------

void ProcessSink::Waiting() {
  limit_.reset();
  Enter(State::kIdle);
  Pump();
}

void ProcessSink::GiveNext() {
  Pending next = std::move(waiting_.front());
  waiting_.pop_front();
  running_ = std::move(next.done);
  request_id_ = MakeRequestId(parts_.random);
  const TimePoint now = parts_.clock.Now();
  Enter(State::kRunning);
  limit_ = parts_.scheduler.After(function_.timeout, guard_.Wrap([this] { TimedOut(); }));
  api_->Give({.request_id = request_id_,
              .event = std::move(next.invocation.event),
              .function_arn = FunctionArn(function_, place_.region),
              .trace_id = MakeTraceId(parts_.random, now),
              .deadline = now + function_.timeout});
}

void ProcessSink::FinishFailed(FunctionError error) {
  std::string payload = RuntimeErrorJson(error);
  Finish({.error = std::move(error), .payload = std::move(payload)});
}

void ProcessSink::Finish(InvocationOutcome outcome) {
  limit_.reset();
  if (state_ == State::kRunning) {
    Enter(State::kAnswered);
    limit_ = parts_.scheduler.After(
        kNextGrace, guard_.Wrap([this] { Replace("does not ask for the next invocation"); }));
  }
  const auto done = std::exchange(running_, std::nullopt);
  outcome.request_id = request_id_;
  if (done) (*done)(std::move(outcome));
  Pump();
}

/// All that wait: none of them can be begun.
void ProcessSink::FailWaiting(const FunctionError& error) {
  const auto failed = std::exchange(waiting_, {});
  for (const Pending& pending : failed) {
    pending.done({.error = error, .payload = RuntimeErrorJson(error)});
  }
}

void ProcessSink::Enter(State state) {
  static constexpr std::string_view kNames[] = {"Stopped", "Starting", "Failed",
                                                "Idle",    "Running",  "Idle"};
  state_ = state;
  const MutexLock lock(report_mutex_);
  report_.state = kNames[static_cast<std::size_t>(state)];
  report_.pid = process_ == nullptr ? 0 : process_->pid();
}

}  // namespace pumice
