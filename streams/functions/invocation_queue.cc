// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/invocation_queue.h"

#include <utility>

#include "streams/functions/runtime_error.h"

namespace pumice {

bool InvocationQueue::Push(Invocation invocation, InvocationDone done) {
  const std::size_t bytes = invocation.event.size();
  if (waiting_.size() >= kMaxWaitingInvocations || bytes_ + bytes > kMaxQueuedBytes) {
    done(FailedOutcome(TooManyRequestsError(), /*invoked=*/false));
    return false;
  }
  bytes_ += bytes;
  waiting_.push_back({std::move(invocation), std::move(done)});
  return true;
}

PendingInvocation InvocationQueue::Pop() {
  PendingInvocation next = std::move(waiting_.front());
  waiting_.pop_front();
  bytes_ -= next.invocation.event.size();
  return next;
}

void InvocationQueue::FailAll(const InvocationOutcome& outcome) {
  const auto failed = std::exchange(waiting_, {});
  bytes_ = 0;
  for (const PendingInvocation& pending : failed) pending.done(outcome);
}

void InvocationQueue::Clear() {
  waiting_.clear();
  bytes_ = 0;
}

}  // namespace pumice
