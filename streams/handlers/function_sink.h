// SPDX-License-Identifier: Apache-2.0
#pragma once
// FunctionSink: what takes a batch of records and says whether it accepted it: a child process
// today; an HTTP endpoint or a callback fit behind the same two lines. Thread rule: the handlers'
// thread only.

#include <functional>
#include <optional>
#include <string>

namespace pumice {

/// Why an invocation failed, in the words of the Lambda Runtime API.
struct FunctionError {
  std::string type =
      {};  // errorType: "KeyError", "Runtime.ImportModuleError", "Sandbox.Timedout", …
  std::string message = {};      // errorMessage
  std::string stack_trace = {};  // lines, may be empty
  std::string hint = {};         // what to do about it, may be empty
};

/// None: the batch was accepted.
using InvocationDone = std::function<void(std::optional<FunctionError>)>;

class FunctionSink {
 public:
  virtual ~FunctionSink() = default;
  /// Delivers one event (the JSON of a Lambda event). `done` is called exactly once, possibly
  /// before Invoke returns, or never if the sink is destroyed first. Invocations are carried out
  /// one after the other.
  virtual void Invoke(std::string event, InvocationDone done) = 0;
};

}  // namespace pumice
