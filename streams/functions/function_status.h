// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is told of a function while it runs. FunctionStatus: the thread rule is that any thread may
// use it.

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/shared_value.h"

namespace pumice {

struct FunctionReport {
  /// Of the process or endpoint that is furthest: Running, Idle, Starting, Failed, Stopped; of a
  /// function without processes Running or Idle, and Listening while no runtime is attached.
  std::string state = "Stopped";
  std::vector<pid_t> pids;       // oldest first
  std::int64_t starts = 0;       // of processes, or attachments of runtimes
  std::int64_t invocations = 0;  // that the function was called with
  std::int64_t errors = 0;       // of these: that failed
  std::int64_t throttles = 0;    // refused, since too many waited
  std::size_t in_flight = 0;     // that run or wait
  std::string last_error;        // "KeyError: 'missing'"; stays after a success
};

using FunctionStatus = SharedValue<FunctionReport>;

}  // namespace pumice
