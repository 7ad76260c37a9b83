// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/answer.h"

#include <charconv>
#include <cstddef>

#include "model/attribute_json.h"
#include "server/protocol/compression.h"

namespace pumice {
namespace {

constexpr std::size_t kLargestUncompressedBytes =
    4096;  // measured on AWS: larger bodies are compressed

constexpr std::string_view kDynamoDb = "com.amazonaws.dynamodb.v20120810#";
constexpr std::string_view kCoralService = "com.amazon.coral.service#";
constexpr std::string_view kCoralValidate = "com.amazon.coral.validate#";
constexpr std::string_view kCoralAvailability = "com.amazon.coral.availability#";

/// How one exception looks on the wire.
struct ErrorForm {
  int status = 400;
  std::string_view name_space = kDynamoDb;
  std::string_view message_member = "message";
};

/// AWS writes the member with a capital letter where the service's model, or its framework, does.
ErrorForm FormOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kValidation: return {400, kCoralValidate};
    case ErrorCode::kThrottling: return {400, kCoralAvailability};
    case ErrorCode::kSerialization:
    case ErrorCode::kAccessDenied: return {400, kCoralService, "Message"};
    case ErrorCode::kUnknownOperation:
    case ErrorCode::kMissingAuthenticationToken:
    case ErrorCode::kIncompleteSignature:
    case ErrorCode::kInvalidSignature:
    case ErrorCode::kUnrecognizedClient: return {400, kCoralService};
    case ErrorCode::kTransactionCanceled:
    case ErrorCode::kTransactionInProgress:
    case ErrorCode::kIdempotentParameterMismatch: return {400, kDynamoDb, "Message"};
    case ErrorCode::kRequestTooLarge: return {413};
    case ErrorCode::kInternal: return {500};
    case ErrorCode::kResourceNotFound:
    case ErrorCode::kResourceInUse:
    case ErrorCode::kLimitExceeded:
    case ErrorCode::kConditionalCheckFailed:
    case ErrorCode::kItemCollectionSizeLimitExceeded:
    case ErrorCode::kTransactionConflict:
    case ErrorCode::kDuplicateItem:
    case ErrorCode::kProvisionedThroughputExceeded:
    case ErrorCode::kRequestLimitExceeded:
    case ErrorCode::kExpiredIterator:
    case ErrorCode::kTrimmedDataAccess: return {};
  }
  return {500};
}

/// AWS's text, and the id, so that a user can give it to whoever reads the log.
std::string InternalText(std::string_view request_id) {
  std::string text = "Internal server error (request id ";
  text += request_id;
  text += ')';
  return text;
}

void AppendMessage(std::string& out, std::string_view member, std::string_view text) {
  if (text.empty()) return;
  out += ",\"";
  out += member;
  out += "\":";
  AppendJsonString(out, text);
}

/// The region in dynamodb.<region>.amazonaws.com.
std::string_view RegionOfHost(std::string_view host) {
  constexpr std::string_view kPrefix = "dynamodb.";
  if (!host.starts_with(kPrefix)) return "us-east-1";
  host.remove_prefix(kPrefix.size());
  const auto dot = host.find('.');
  return dot == 0 || dot == std::string_view::npos ? "us-east-1" : host.substr(0, dot);
}

}  // namespace

void AnswerError(const Error& error, std::string_view request_id, HttpResponse& response) {
  const ErrorForm form = FormOf(error.code());
  response.status = form.status;
  std::string& out = response.body;
  out.clear();
  if (error.code() == ErrorCode::kRequestTooLarge) return;
  out += "{\"__type\":\"";
  out += form.name_space;
  out += ErrorCodeName(error.code());
  out += '"';
  if (!error.detail_members().empty()) {
    out += ',';
    out += error.detail_members();
  }
  const bool without_text = error.code() == ErrorCode::kInternal && error.client_text().empty();
  AppendMessage(out, form.message_member,
                without_text ? InternalText(request_id) : error.client_text());
  out += '}';
}

void AnswerUnknown(HttpResponse& response) {
  response.status = 404;
  response.content_type = {};
  response.body = "<UnknownOperationException/>\n";
}

void AnswerHealth(std::string_view host, HttpResponse& response) {
  response.status = 200;
  response.content_type = {};
  response.body = "healthy: dynamodb.";
  response.body += RegionOfHost(host);
  response.body += ".amazonaws.com ";
}

void AnswerHealthLikeDynamoDbLocal(HttpResponse& response) {
  response.status = 400;
  response.content_type = "application/x-amz-json-1.0";
  response.body =
      R"({"__type":"com.amazonaws.dynamodb.v20120810#MissingAuthenticationToken","message":)"
      R"("Request must contain either a valid (registered) AWS access key ID or X.509 certificate."})";
}

void FinishAnswer(const AnswerFraming& framing, HttpResponse& response) {
  if (response.body.size() > kLargestUncompressedBytes && !framing.accept_encoding.empty()) {
    const ContentCoding coding = ChooseCoding(framing.accept_encoding);
    if (coding != ContentCoding::kIdentity) {
      response.body = Compress(coding, response.body);
      response.headers += coding == ContentCoding::kGzip ? "Content-Encoding: gzip\r\n"
                                                         : "Content-Encoding: deflate\r\n";
    }
  }
  char digits[10];
  const auto end = std::to_chars(digits, digits + sizeof digits, Crc32(response.body)).ptr;
  response.headers += "x-amzn-RequestId: ";
  response.headers += framing.request_id;
  response.headers += "\r\nx-amz-crc32: ";
  response.headers.append(digits, end);
  response.headers += "\r\n";
}

}  // namespace pumice
