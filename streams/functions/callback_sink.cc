// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/callback_sink.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/post.hpp>

#include "streams/functions/request_ids.h"
#include "streams/functions/runtime_error.h"

namespace pumice {
namespace {

/// Not our code: what it throws is its error, as a runtime would report it.
InvocationOutcome Call(const FunctionCallback& callback, const Invocation& invocation) {
  InvocationOutcome outcome;
  try {
    outcome = callback(invocation);
  } catch (const std::exception& error) {
    outcome.error = FunctionError{.type = "std::exception", .message = error.what()};
  } catch (...) {
    outcome.error = FunctionError{.type = "Runtime.Unknown", .message = "Unknown exception"};
  }
  if (outcome.error && outcome.payload.empty()) outcome.payload = RuntimeErrorJson(*outcome.error);
  if (outcome.payload.empty()) outcome.payload = "null";
  return outcome;
}

}  // namespace

CallbackSink::CallbackSink(const FunctionConfig& function, SinkParts parts, FunctionStatus& status)
    : function_(function), parts_(parts), status_(status) {
  status_.Update([](FunctionReport& report) { report.state = "Idle"; });
}

CallbackSink::~CallbackSink() {
  if (threads_) threads_->join();
}

void CallbackSink::Invoke(Invocation invocation, InvocationDone done) {
  if (waiting_.Push(std::move(invocation), std::move(done))) Pump();
}

void CallbackSink::Stop() {
  waiting_.Clear();
  guard_.emplace();  // nobody hears of what runs
  running_count_ = 0;
  status_.Update([](FunctionReport& report) { report.state = "Stopped"; });
}

void CallbackSink::Pump() {
  const std::size_t most = std::max<std::size_t>(function_.max_concurrency, 1);
  while (!waiting_.empty() && running_count_ < most) {
    if (!threads_) threads_.emplace(most);
    ++running_count_;
    PendingInvocation next = waiting_.Pop();
    auto finish = guard_->Wrap([this, done = std::move(next.done)](InvocationOutcome outcome) {
      Finish(std::move(outcome), done);
    });
    boost::asio::post(*threads_, [this, invocation = std::move(next.invocation),
                                  finish = std::move(finish)]() mutable {
      boost::asio::post(parts_.context,
                        [outcome = Call(function_.callback, invocation),
                         finish = std::move(finish)]() mutable { finish(std::move(outcome)); });
    });
  }
  status_.Update(
      [&](FunctionReport& report) { report.state = running_count_ > 0 ? "Running" : "Idle"; });
}

void CallbackSink::Finish(InvocationOutcome outcome, const InvocationDone& done) {
  --running_count_;
  outcome.request_id = MakeRequestId(parts_.random);
  const InvocationDone tell = done;
  Pump();
  tell(std::move(outcome));
}

}  // namespace pumice
