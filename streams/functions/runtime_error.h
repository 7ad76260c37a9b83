// SPDX-License-Identifier: Apache-2.0
#pragma once
// The errors that a runtime reports, and those that are made when it cannot report any more.

#include <chrono>
#include <string>
#include <string_view>

#include "streams/functions/function_sink.h"

namespace pumice {

/// errorType of an invocation that took too long.
inline constexpr std::string_view kTimeoutErrorType = "Sandbox.Timedout";

/// … and of one that was refused because too many wait.
inline constexpr std::string_view kThrottledErrorType = "TooManyRequestsException";

/// "KeyError: 'missing'"
std::string ErrorText(const FunctionError& error);

/// Reads {"errorMessage","errorType","stackTrace"? or "trace"?,"hint"?}; anything else becomes the
/// message as it is.
FunctionError ReadRuntimeError(std::string_view body);

/// {"errorType","errorMessage","stackTrace"?}, as Lambda answers an invocation that failed.
std::string RuntimeErrorJson(const FunctionError& error);

/// What a runtime reported, ready for the caller: the body as it is, but without our own `hint`.
InvocationOutcome ReportedOutcome(std::string body);
/// With RuntimeErrorJson as its payload.
InvocationOutcome FailedOutcome(const FunctionError& error, bool invoked = true);

/// "RequestId: <id> Error: Task timed out after 3.00 seconds"
FunctionError TimeoutError(std::string_view request_id, std::chrono::seconds limit);
FunctionError InitTimeoutError(std::chrono::seconds limit);
/// "RequestId: <id> Error: Runtime exited with error: exit status 1"
FunctionError ExitError(std::string_view request_id, std::string_view how);
FunctionError ResponseTooLargeError(std::size_t limit_bytes);
/// Its program is not there or cannot be executed.
FunctionError InvalidEntrypointError(std::string_view reason);
/// No runtime has come to the address where they attach.
FunctionError NotAttachedError(std::string_view address);
/// The function's queue is full.
FunctionError TooManyRequestsError();
/// The machine has no process, no port or no memory left for it.
FunctionError NoResourcesError(std::string_view reason);

}  // namespace pumice
