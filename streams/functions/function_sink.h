// SPDX-License-Identifier: Apache-2.0
#pragma once
// FunctionSink: what is called with an event and says what became of it: a child process, an HTTP
// endpoint, a callback. Thread rule: the handlers' thread only.

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

struct Invocation {
  std::string event;                // JSON
  std::string client_context = {};  // JSON, given to the function as it is; empty: none
  bool wants_log_tail = false;
};

struct InvocationOutcome {
  std::optional<FunctionError> error = {};  // none: the function returned
  /// False: the function was never called (there is none, no process can be started for now, too
  /// many invocations wait): AWS does not count that against MaximumRetryAttempts.
  bool invoked = true;
  std::string payload = {};   // JSON: what the function returned, or its error's body
  std::string log_tail = {};  // if wanted: the last 4 KiB of what it printed meanwhile
  std::string request_id = {};
};

using InvocationDone = std::function<void(InvocationOutcome)>;

class FunctionSink {
 public:
  virtual ~FunctionSink() = default;
  /// `done` is called exactly once, possibly before Invoke returns, or never if the sink is
  /// destroyed first. Invocations begin in the order of the calls.
  virtual void Invoke(Invocation invocation, InvocationDone done) = 0;
};

}  // namespace pumice
