// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/lambda_error.h"

#include <fmt/core.h>

namespace pumice {
namespace {

std::string TextOf(const Error& error) {
  if (!error.client_text().empty()) return error.client_text();
  return error.log_text();
}

}  // namespace

LambdaError::LambdaError(const Error& error)
    : exception_(error.code() == ErrorCode::kValidation ? &kValidationFailed : &kService),
      message_(TextOf(error)) {}

LambdaError FunctionNotFound(std::string_view arn) {
  return {kResourceNotFound, fmt::format("Function not found: {}", arn)};
}

LambdaError ResourceDoesNotExist() {
  return {kResourceNotFound, "The resource you requested does not exist."};
}

LambdaError WrongRevision() {
  return {kPreconditionFailed,
          "The Revision Id provided does not match the latest Revision Id. Call the "
          "GetFunction/GetAlias API to retrieve the latest Revision Id"};
}

LambdaError InvalidParameter(std::string message) {
  return {kInvalidParameterValue, std::move(message)};
}

}  // namespace pumice
