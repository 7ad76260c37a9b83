// SPDX-License-Identifier: Apache-2.0
#include "server/auth/authentication.h"

#include <gtest/gtest.h>

namespace pumice {
namespace {

constexpr std::string_view kDate = "20261120T190024Z";

Result<Caller> WithHeader(std::string_view authorization, std::string_view query = {}) {
  HttpRequest request;
  request.query = query;
  request.headers = {{"X-Amz-Date", kDate}, {"Authorization", authorization}};
  return Authenticate(request);
}

Result<Caller> WithQuery(std::string_view query) {
  HttpRequest request;
  request.query = query;
  return Authenticate(request);
}

Caller CallerOf(std::string_view credential) {
  std::string header = "AWS4-HMAC-SHA256 Credential=";
  header += credential;
  header += ", SignedHeaders=host, Signature=0f";
  return WithHeader(header).value();
}

void ExpectError(const Result<Caller>& result, ErrorCode code, std::string_view text) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), code);
  EXPECT_EQ(result.error().client_text(), text);
}

TEST(Authentication, ReadsTheCredentialScope) {
  const Caller caller = CallerOf("AKIDEXAMPLE/20261120/eu-west-1/dynamodb/aws4_request");
  EXPECT_EQ(caller.access_key, "AKIDEXAMPLE");
  EXPECT_EQ(caller.region, "eu-west-1");
  EXPECT_EQ(caller.account_id, "000000000000");
}

TEST(Authentication, TakesAnyAccessKey) {
  EXPECT_EQ(CallerOf("a-b_c.d!/20261120/local/dynamodb/aws4_request").access_key, "a-b_c.d!");
  EXPECT_EQ(CallerOf("with/slash/20261120/local/dynamodb/aws4_request").access_key, "with/slash");
  EXPECT_EQ(CallerOf("x").access_key, "x");
}

TEST(Authentication, UsesAnAccessKeyOfTwelveDigitsAsAccount) {
  EXPECT_EQ(CallerOf("123456789012/20261120/local/dynamodb/aws4_request").account_id,
            "123456789012");
  EXPECT_EQ(CallerOf("12345678901x/20261120/local/dynamodb/aws4_request").account_id,
            "000000000000");
}

TEST(Authentication, TakesAMissingRegionAsUsEast1) {
  EXPECT_EQ(CallerOf("x/20261120//dynamodb/aws4_request").region, "us-east-1");
}

TEST(Authentication, SeparatesPartsByCommasOrBlanks) {
  for (const std::string_view parts : {"Credential=k/1/r/s/t,SignedHeaders=h,Signature=s",
                                       "Credential=k/1/r/s/t SignedHeaders=h Signature=s",
                                       "Signature=s,  SignedHeaders=h,\tCredential=k/1/r/s/t"}) {
    const auto caller = WithHeader("AWS4-HMAC-SHA256 " + std::string(parts));
    ASSERT_TRUE(caller) << parts;
    EXPECT_EQ(caller.value().access_key, "k");
    EXPECT_EQ(caller.value().region, "r");
  }
}

TEST(Authentication, RefusesARequestWithoutSignature) {
  constexpr std::string_view kText = "Request is missing Authentication Token";
  ExpectError(Authenticate(HttpRequest()), ErrorCode::kMissingAuthenticationToken, kText);
  ExpectError(WithHeader("Basic abc"), ErrorCode::kMissingAuthenticationToken, kText);
  ExpectError(WithHeader("AWS3 Credential=x"), ErrorCode::kMissingAuthenticationToken, kText);
}

TEST(Authentication, NamesEveryMissingPartOfTheHeader) {
  ExpectError(WithHeader("AWS4-HMAC-SHA256 Credential=x/1/r/s/t"), ErrorCode::kIncompleteSignature,
              "Authorization header requires 'Signature' parameter. "
              "Authorization header requires 'SignedHeaders' parameter. "
              "Authorization=AWS4-HMAC-SHA256 Credential=x/1/r/s/t");
  HttpRequest request;
  request.headers = {{"Authorization", "AWS4-"}};
  ExpectError(
      Authenticate(request), ErrorCode::kIncompleteSignature,
      "Authorization header requires 'Credential' parameter. "
      "Authorization header requires 'Signature' parameter. "
      "Authorization header requires 'SignedHeaders' parameter. "
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
      "Authorization=AWS4-");
}

TEST(Authentication, TakesADateHeaderInPlaceOfXAmzDate) {
  HttpRequest request;
  request.headers = {
      {"Date", "x"},
      {"Authorization", "AWS4-HMAC-SHA256 Credential=x/1/r/s/t, SignedHeaders=h, Signature=s"}};
  EXPECT_TRUE(Authenticate(request));
}

TEST(Authentication, RefusesTwoSignatures) {
  ExpectError(WithHeader("AWS4-HMAC-SHA256 Credential=x", "X-Amz-Algorithm=AWS4-HMAC-SHA256"),
              ErrorCode::kInvalidSignature,
              "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP "
              "header.");
}

TEST(Authentication, NamesEveryMissingPartOfTheQuery) {
  ExpectError(WithQuery("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=1"),
              ErrorCode::kIncompleteSignature,
              "AWS query-string parameters must include 'X-Amz-Credential'. "
              "AWS query-string parameters must include 'X-Amz-Signature'. "
              "AWS query-string parameters must include 'X-Amz-SignedHeaders'. "
              "Re-examine the query-string parameters.");
}

TEST(Authentication, ReadsTheCredentialScopeOfTheQuery) {
  const auto caller = WithQuery(
      "X-Amz-Algorithm=A&X-Amz-Credential=a%2Db%2F20261120%2Flocal%2Fdynamodb%2Faws4_request"
      "&X-Amz-Date=1&X-Amz-SignedHeaders=host&X-Amz-Signature=0f");
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller.value().access_key, "a-b");
  EXPECT_EQ(caller.value().region, "local");
}

TEST(Authentication, RefusesAnEmptyAccessKey) {
  ExpectError(WithHeader("AWS4-HMAC-SHA256 Credential=/1/r/s/t, SignedHeaders=h, Signature=s"),
              ErrorCode::kUnrecognizedClient,
              "The security token included in the request is invalid.");
}

}  // namespace
}  // namespace pumice
