// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/answer.h"

#include <gtest/gtest.h>

#include "server/protocol/compression.h"

namespace pumice {
namespace {

HttpResponse AnswerTo(const Error& error) {
  HttpResponse response;
  AnswerError(error, "ID", response);
  return response;
}

TEST(Answer, GivesEveryErrorItsNamespaceAndMember) {
  struct Case {
    ErrorCode code;
    int status;
    std::string_view body;
  };
  for (
      const Case& c : {
          Case{ErrorCode::kValidation, 400,
               R"({"__type":"com.amazon.coral.validate#ValidationException","message":"t"})"},
          {ErrorCode::kSerialization, 400,
           R"({"__type":"com.amazon.coral.service#SerializationException","Message":"t"})"},
          {ErrorCode::kAccessDenied, 400,
           R"({"__type":"com.amazon.coral.service#AccessDeniedException","Message":"t"})"},
          {ErrorCode::kUnknownOperation, 400,
           R"({"__type":"com.amazon.coral.service#UnknownOperationException","message":"t"})"},
          {ErrorCode::kIncompleteSignature, 400,
           R"({"__type":"com.amazon.coral.service#IncompleteSignatureException","message":"t"})"},
          {ErrorCode::kResourceNotFound, 400,
           R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"t"})"},
          {ErrorCode::kTransactionInProgress, 400,
           R"({"__type":"com.amazonaws.dynamodb.v20120810#TransactionInProgressException","Message":"t"})"},
          {ErrorCode::kThrottling, 400,
           R"({"__type":"com.amazon.coral.availability#ThrottlingException","message":"t"})"},
          {ErrorCode::kInternal, 500,
           R"({"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"t"})"},
      }) {
    const HttpResponse response = AnswerTo(Error(c.code, "t"));
    EXPECT_EQ(response.status, c.status);
    EXPECT_EQ(response.body, c.body);
  }
}

TEST(Answer, LeavesTheMessageOutWhereThereIsNoText) {
  EXPECT_EQ(AnswerTo(Error(ErrorCode::kSerialization)).body,
            R"({"__type":"com.amazon.coral.service#SerializationException"})");
}

TEST(Answer, EscapesTheText) {
  EXPECT_EQ(AnswerTo(Error(ErrorCode::kValidation, "a\"b\n")).body,
            R"({"__type":"com.amazon.coral.validate#ValidationException","message":"a\"b\n"})");
}

TEST(Answer, CarriesTheDetailMembers) {
  EXPECT_EQ(AnswerTo(Error(ErrorCode::kConditionalCheckFailed, "The conditional request failed")
                         .WithDetail(R"("Item":{"pk":{"S":"x"}})"))
                .body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",)"
            R"("Item":{"pk":{"S":"x"}},"message":"The conditional request failed"})");
}

TEST(Answer, TellsTheRequestIdInPlaceOfWhatOnlyTheLogMayKnow) {
  EXPECT_EQ(AnswerTo(Error(ErrorCode::kInternal, "", "/secret/path: disk error")).body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError",)"
            "\"message\":\"Internal server error (request id ID)\"}");
}

TEST(Answer, HasNoBodyFor413) {
  const HttpResponse response = AnswerTo(Error(ErrorCode::kRequestTooLarge));
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.body, "");
}

TEST(Answer, ToAnUnknownPathIsAwsText) {
  HttpResponse response;
  AnswerUnknown(response);
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, "<UnknownOperationException/>\n");
}

TEST(Answer, ToAHealthCheckNamesTheRegion) {
  HttpResponse response;
  AnswerHealth("localhost:8000", response);
  EXPECT_EQ(response.body, "healthy: dynamodb.us-east-1.amazonaws.com ");
  AnswerHealth("dynamodb.eu-west-2.amazonaws.com", response);
  EXPECT_EQ(response.body, "healthy: dynamodb.eu-west-2.amazonaws.com ");
}

TEST(FinishAnswer, AddsRequestIdAndChecksum) {
  HttpResponse response;
  response.body = "123456789";
  FinishAnswer({"ID", ""}, response);
  EXPECT_EQ(response.headers, "x-amzn-RequestId: ID\r\nx-amz-crc32: 3421780262\r\n");
}

TEST(FinishAnswer, CompressesBodiesAbove4096BytesOnly) {
  HttpResponse small;
  small.body.assign(4096, 'x');
  FinishAnswer({"ID", "gzip"}, small);
  EXPECT_EQ(small.body.size(), 4096U);

  HttpResponse large;
  large.body.assign(4097, 'x');
  FinishAnswer({"ID", "gzip"}, large);
  EXPECT_TRUE(large.headers.starts_with("Content-Encoding: gzip\r\n"));
  const std::uint32_t sent_crc = Crc32(large.body);
  EXPECT_NE(large.headers.find("x-amz-crc32: " + std::to_string(sent_crc)), std::string::npos);
  ASSERT_TRUE(Decompress("gzip", large.body, 5000));
  EXPECT_EQ(large.body, std::string(4097, 'x'));
}

}  // namespace
}  // namespace pumice
