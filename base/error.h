// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one error type of Pumice: what went wrong, in the DynamoDB exception's name, with the text
// that the client reads and, apart from it, what only the log may say. A value: move-only, 16
// bytes. Thread rule: none (a plain value). Turned into HTTP in server/protocol/answer.cc and
// nowhere else.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace pumice {

/// The exceptions of the DynamoDB, DynamoDB Streams and common AWS error lists.
enum class ErrorCode : std::uint8_t {
  kValidation,
  kSerialization,
  kUnknownOperation,
  kMissingAuthenticationToken,
  kIncompleteSignature,
  kInvalidSignature,
  kUnrecognizedClient,
  kAccessDenied,
  kResourceNotFound,
  kResourceInUse,
  kLimitExceeded,
  kConditionalCheckFailed,
  kItemCollectionSizeLimitExceeded,
  kTransactionCanceled,
  kTransactionConflict,
  kTransactionInProgress,
  kIdempotentParameterMismatch,
  kDuplicateItem,
  kProvisionedThroughputExceeded,
  kRequestLimitExceeded,
  kThrottling,
  kExpiredIterator,
  kTrimmedDataAccess,
  kRequestTooLarge,  // HTTP 413, which has no body: more than 16 MiB when decompressed
  kInternal,         // InternalServerError: a broken invariant, a failed disk
};

/// The exception's name as AWS spells it: "ValidationException", "ResourceNotFoundException", ...
std::string_view ErrorCodeName(ErrorCode code);

class [[nodiscard]] Error {
 public:
  /// client_text goes to the client as it is (may be empty: some AWS errors carry no message);
  /// log_text is for the server's log only and may name files and system errors.
  explicit Error(ErrorCode code, std::string client_text = {}, std::string log_text = {});

  ErrorCode code() const { return code_; }
  const std::string& client_text() const;
  const std::string& log_text() const;

  /// JSON members that the error body carries beside the message, ready to be copied, without
  /// braces: "Item":{...} or "CancellationReasons":[...]. Empty for all other errors.
  const std::string& detail_members() const;
  Error WithDetail(std::string json_members) &&;

  /// The same error with `prefix` in front of the client's text.
  Error Prefixed(std::string_view prefix) &&;

 private:
  struct Texts;
  struct TextsDeleter {
    void operator()(Texts* texts) const;
  };
  Texts& MutableTexts();

  ErrorCode code_;
  std::unique_ptr<Texts, TextsDeleter> texts_;  // null: no text at all
};

}  // namespace pumice
