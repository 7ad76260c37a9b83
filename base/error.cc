// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <utility>

namespace pumice {

struct Error::Texts {
  std::string client;
  std::string log;
  std::string detail_members;
};

namespace {
const std::string kNoText;
}

void Error::TextsDeleter::operator()(Texts* texts) const { delete texts; }

std::string_view ErrorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kValidation: return "ValidationException";
    case ErrorCode::kSerialization: return "SerializationException";
    case ErrorCode::kUnknownOperation: return "UnknownOperationException";
    case ErrorCode::kMissingAuthenticationToken: return "MissingAuthenticationTokenException";
    case ErrorCode::kIncompleteSignature: return "IncompleteSignatureException";
    case ErrorCode::kInvalidSignature: return "InvalidSignatureException";
    case ErrorCode::kUnrecognizedClient: return "UnrecognizedClientException";
    case ErrorCode::kAccessDenied: return "AccessDeniedException";
    case ErrorCode::kResourceNotFound: return "ResourceNotFoundException";
    case ErrorCode::kResourceInUse: return "ResourceInUseException";
    case ErrorCode::kLimitExceeded: return "LimitExceededException";
    case ErrorCode::kConditionalCheckFailed: return "ConditionalCheckFailedException";
    case ErrorCode::kItemCollectionSizeLimitExceeded:
      return "ItemCollectionSizeLimitExceededException";
    case ErrorCode::kTransactionCanceled: return "TransactionCanceledException";
    case ErrorCode::kTransactionConflict: return "TransactionConflictException";
    case ErrorCode::kTransactionInProgress: return "TransactionInProgressException";
    case ErrorCode::kIdempotentParameterMismatch: return "IdempotentParameterMismatchException";
    case ErrorCode::kDuplicateItem: return "DuplicateItemException";
    case ErrorCode::kProvisionedThroughputExceeded: return "ProvisionedThroughputExceededException";
    case ErrorCode::kRequestLimitExceeded: return "RequestLimitExceeded";
    case ErrorCode::kThrottling: return "ThrottlingException";
    case ErrorCode::kExpiredIterator: return "ExpiredIteratorException";
    case ErrorCode::kTrimmedDataAccess: return "TrimmedDataAccessException";
    case ErrorCode::kRequestTooLarge: return "RequestEntityTooLargeException";
    case ErrorCode::kInternal: return "InternalServerError";
  }
  return "InternalServerError";
}

Error::Error(ErrorCode code, std::string client_text, std::string log_text) : code_(code) {
  if (client_text.empty() && log_text.empty()) return;
  Texts& texts = MutableTexts();
  texts.client = std::move(client_text);
  texts.log = std::move(log_text);
}

const std::string& Error::client_text() const { return texts_ ? texts_->client : kNoText; }
const std::string& Error::log_text() const { return texts_ ? texts_->log : kNoText; }
const std::string& Error::detail_members() const {
  return texts_ ? texts_->detail_members : kNoText;
}

Error Error::WithDetail(std::string json_members) && {
  MutableTexts().detail_members = std::move(json_members);
  return std::move(*this);
}

Error Error::Prefixed(std::string_view prefix) && {
  MutableTexts().client.insert(0, prefix);
  return std::move(*this);
}

Error::Texts& Error::MutableTexts() {
  if (!texts_) texts_.reset(new Texts);
  return *texts_;
}

}  // namespace pumice
