// SPDX-License-Identifier: Apache-2.0
#pragma once
// The errors that a runtime reports, and those that are made when it cannot report any more.

#include <chrono>
#include <string>
#include <string_view>

#include "streams/functions/function_sink.h"

namespace pumice {

/// Reads {"errorMessage","errorType","stackTrace"?,"hint"?}; anything else becomes the message as
/// it is.
FunctionError ReadRuntimeError(std::string_view body);

/// {"errorType","errorMessage","stackTrace"?}, as Lambda answers an invocation that failed.
std::string RuntimeErrorJson(const FunctionError& error);

/// "RequestId: <id> Error: Task timed out after 3.00 seconds"
FunctionError TimeoutError(std::string_view request_id, std::chrono::seconds limit);
FunctionError InitTimeoutError(std::chrono::seconds limit);
/// "RequestId: <id> Error: Runtime exited with error: exit status 1"
FunctionError ExitError(std::string_view request_id, std::string_view how);
FunctionError ResponseTooLargeError(std::size_t limit_bytes);

}  // namespace pumice
