// SPDX-License-Identifier: Apache-2.0
#pragma once
// What Lambda's API refuses with: an exception of its own list, in its own body. LambdaError
// becomes HTTP in lambda_reply.cc and nowhere else. AWS: "Errors" of each action of the Lambda API.

#include <string>
#include <string_view>
#include <utility>

#include <boost/outcome/basic_result.hpp>

#include "base/error.h"
#include "base/result.h"

namespace pumice {

/// One exception as AWS answers it: {"Type":"User","message":"…"}. A few spell the member with a
/// capital letter, and ValidationException has no Type.
struct LambdaException {
  std::string_view name;
  int status;
  std::string_view type;            // "User", "Service"; empty: no such member
  std::string_view message_member;  // "message" or "Message"
};

inline constexpr LambdaException kAccessDenied{"AccessDeniedException", 403, "", "Message"};
inline constexpr LambdaException kInvalidParameterValue{"InvalidParameterValueException", 400,
                                                        "User", "message"};
inline constexpr LambdaException kInvalidRequestContent{"InvalidRequestContentException", 400,
                                                        "User", "message"};
inline constexpr LambdaException kBadSignature{"IncompleteSignatureException", 403, "", "message"};
inline constexpr LambdaException kMissingAuthentication{"MissingAuthenticationTokenException", 403,
                                                        "", "message"};
inline constexpr LambdaException kPreconditionFailed{"PreconditionFailedException", 412, "User",
                                                     "message"};
inline constexpr LambdaException kRequestTooLarge{"RequestTooLargeException", 413, "User",
                                                  "message"};
inline constexpr LambdaException kResourceConflict{"ResourceConflictException", 409, "User",
                                                   "message"};
inline constexpr LambdaException kResourceNotFound{"ResourceNotFoundException", 404, "User",
                                                   "Message"};
inline constexpr LambdaException kSerialization{"SerializationException", 400, "", "Message"};
inline constexpr LambdaException kService{"ServiceException", 500, "Service", "Message"};
inline constexpr LambdaException kTooManyRequests{"TooManyRequestsException", 429, "User",
                                                  "message"};
inline constexpr LambdaException kUnknownPath{"UnknownOperationException", 404, "", "Message"};
inline constexpr LambdaException kValidationFailed{"ValidationException", 400, "", "message"};

class [[nodiscard]] LambdaError {
 public:
  LambdaError(const LambdaException& exception, std::string message)
      : exception_(&exception), message_(std::move(message)) {}
  /// Of the parts below: a database, a disk. Validation keeps its text; all others are told as
  /// ServiceException.
  explicit LambdaError(const Error& error);

  const LambdaException& exception() const { return *exception_; }
  const std::string& message() const { return message_; }

 private:
  const LambdaException* exception_;
  std::string message_;
};

template <class T>
using LambdaResult =
    boost::outcome_v2::basic_result<T, LambdaError, boost::outcome_v2::policy::terminate>;

/// The result of a part below as one of Lambda's.
template <class T>
LambdaResult<T> ToLambda(Result<T> result) {
  if (!result) return LambdaError(result.error());
  if constexpr (std::is_void_v<T>) {
    return Ok();
  } else {
    return std::move(result).value();
  }
}

// The texts that several operations have.
LambdaError FunctionNotFound(std::string_view arn);
LambdaError ResourceDoesNotExist();
LambdaError WrongRevision();
LambdaError InvalidParameter(std::string message);

}  // namespace pumice
