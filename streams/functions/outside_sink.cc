// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/outside_sink.h"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "streams/functions/request_ids.h"
#include "streams/functions/runtime_error.h"

namespace pumice {

OutsideSink::OutsideSink(const FunctionConfig& function, FunctionPlace place, SinkParts parts,
                         FunctionStatus& status)
    : function_(function), place_(std::move(place)), parts_(parts), status_(status) {
  boost::asio::post(parts_.context, guard_.Wrap([this] { Listen(); }));
}

void OutsideSink::Listen() {
  if (api_ != nullptr) return;
  auto api = RuntimeApi::ListenOutside(parts_.context, function_.endpoint, MakeRuntimeEvents());
  if (!api) {
    parts_.log.Error("Function {} cannot listen for its runtimes: {}", function_.name,
                     api.error().log_text());
    return;
  }
  api_ = std::move(api).value();
  parts_.log.Info("Function {}: waits for runtimes with AWS_LAMBDA_RUNTIME_API={}", function_.name,
                  function_.endpoint);
  Tell();
}

RuntimeEvents OutsideSink::MakeRuntimeEvents() {
  RuntimeEvents events;
  events.waiting = [this](RuntimeId id) { Waiting(id); };
  events.response = [this](RuntimeId id, std::string body) {
    Finish(id, {.payload = std::move(body)});
  };
  events.error = [this](RuntimeId id, std::string body) {
    Finish(id, ReportedOutcome(std::move(body)));
  };
  events.init_error = [this](std::string body) { InitFailed(ReportedOutcome(std::move(body))); };
  events.too_large = [this](RuntimeId id, std::size_t limit_bytes) {
    Finish(id, FailedOutcome(ResponseTooLargeError(limit_bytes)));
  };
  events.gone = [this](RuntimeId id) { Gone(id); };
  return events;
}

void OutsideSink::Invoke(Invocation invocation, InvocationDone done) {
  Listen();  // again, if the port was not free
  if (api_ == nullptr) {
    return done(FailedOutcome(
        NoResourcesError(fmt::format("Pumice cannot listen on {}", function_.endpoint)),
        /*invoked=*/false));
  }
  if (waiting_.Push(std::move(invocation), std::move(done))) Pump();
}

void OutsideSink::Stop() {
  waiting_.Clear();
  running_.clear();
  idle_.clear();
  patience_.reset();
  api_.reset();
  status_.Update([](FunctionReport& report) { report.state = "Stopped"; });
}

void OutsideSink::Pump() {
  while (!waiting_.empty() && !idle_.empty()) {
    const RuntimeId id = idle_.front();
    idle_.pop_front();
    Give(id, waiting_.Pop());
  }
  Tell();
  const bool nobody_there = idle_.empty() && running_.empty();
  if (waiting_.empty() || !nobody_there) {
    patience_.reset();
  } else if (patience_ == nullptr) {
    patience_ = parts_.scheduler.After(kAttachTime, guard_.Wrap([this] {
      patience_.reset();
      waiting_.FailAll(FailedOutcome(NotAttachedError(function_.endpoint), /*invoked=*/false));
    }));
  }
}

void OutsideSink::Give(RuntimeId id, PendingInvocation next) {
  Running& running = running_[id];
  running = {.done = std::move(next.done),
             .request_id = MakeRequestId(parts_.random),
             .began = parts_.clock.Now(),
             .wants_log_tail = next.invocation.wants_log_tail,
             .limit = parts_.scheduler.After(function_.timeout,
                                             guard_.Wrap([this, id] { TimedOut(id); }))};
  api_->Give(id, {.request_id = running.request_id,
                  .event = std::move(next.invocation.event),
                  .function_arn = FunctionArn(function_, place_.region),
                  .trace_id = MakeTraceId(parts_.random, running.began),
                  .client_context = std::move(next.invocation.client_context),
                  .deadline = running.began + function_.timeout});
}

void OutsideSink::Waiting(RuntimeId id) {
  if (id > newest_) {
    newest_ = id;
    status_.Update([](FunctionReport& report) { ++report.starts; });
  }
  idle_.push_back(id);
  Pump();
}

void OutsideSink::Gone(RuntimeId id) {
  std::erase(idle_, id);
  const auto found = running_.find(id);
  if (found == running_.end()) return Pump();
  Finish(id,
         FailedOutcome(ExitError(found->second.request_id, "the runtime closed its connection")));
}

void OutsideSink::TimedOut(RuntimeId id) {
  api_->GiveUp(id);
  Finish(id, FailedOutcome(TimeoutError(running_.at(id).request_id, function_.timeout)));
}

void OutsideSink::InitFailed(const InvocationOutcome& why) {
  parts_.log.Error("Function {}: a runtime cannot begin: {}", function_.name,
                   ErrorText(*why.error));
  if (idle_.empty() && running_.empty()) waiting_.FailAll(why);
}

/// An answer that comes after the time-out finds nobody who waits for it.
void OutsideSink::Finish(RuntimeId id, InvocationOutcome outcome) {
  const auto found = running_.find(id);
  if (found == running_.end()) {
    parts_.log.Warn("Function {}: an answer came after its time-out; it is dropped",
                    function_.name);
    return;
  }
  const Running running = std::move(found->second);
  running_.erase(found);
  outcome.request_id = running.request_id;
  if (running.wants_log_tail) {
    LogTail tail;  // what it printed went elsewhere
    tail.Begin(running.request_id, function_.version);
    tail.End(running.request_id, {.duration = parts_.clock.Now() - running.began,
                                  .memory_size_mb = function_.memory_size_mb});
    outcome.log_tail = tail.Text();
  }
  Pump();
  running.done(std::move(outcome));
}

void OutsideSink::Tell() {
  const char* const state = !running_.empty() ? "Running" : !idle_.empty() ? "Idle" : "Listening";
  status_.Update([&](FunctionReport& report) { report.state = state; });
}

}  // namespace pumice
