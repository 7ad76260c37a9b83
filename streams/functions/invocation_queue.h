// SPDX-License-Identifier: Apache-2.0
#pragma once
// InvocationQueue: invocations that wait for somebody to carry them out, first come, first served.
// It is bounded: what is beyond is refused at once, as AWS throttles. Thread rule: the handlers'
// thread only.

#include <cstddef>
#include <deque>
#include <string>

#include "streams/functions/function_sink.h"

namespace pumice {

/// Who waits in a queue of its own (a mapping) has one invocation in it per shard and lane; more
/// come from asynchronous callers only.
inline constexpr std::size_t kMaxWaitingInvocations = 1000;
inline constexpr std::size_t kMaxQueuedBytes = 256 * 1024 * 1024;

struct PendingInvocation {
  Invocation invocation;
  InvocationDone done;
};

class InvocationQueue {
 public:
  /// False: it is full; `done` has been told so (TooManyRequestsException, not invoked).
  bool Push(Invocation invocation, InvocationDone done);
  /// Precondition: not empty.
  PendingInvocation Pop();

  bool empty() const { return waiting_.empty(); }
  std::size_t size() const { return waiting_.size(); }

  /// All that wait now get this outcome; what their callers ask for meanwhile is not among them.
  void FailAll(const InvocationOutcome& outcome);
  void Clear();

 private:
  std::deque<PendingInvocation> waiting_;
  std::size_t bytes_ = 0;
};

}  // namespace pumice
