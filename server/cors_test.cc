// SPDX-License-Identifier: Apache-2.0
#include "server/cors.h"

#include <gtest/gtest.h>

namespace pumice {
namespace {

std::string HeadersFor(std::string_view list, std::string_view origin) {
  HttpRequest request;
  if (!origin.empty()) request.headers = {{"Origin", origin}};
  HttpResponse response;
  AddCorsHeaders(CorsPolicy::FromList(list), request, response);
  return response.headers;
}

TEST(Cors, AllowsAnyOriginWithoutAList) {
  EXPECT_EQ(HeadersFor("", "http://a"), "Access-Control-Allow-Origin: *\r\n");
  EXPECT_EQ(HeadersFor("*", "http://a"), "Access-Control-Allow-Origin: *\r\n");
}

TEST(Cors, SaysNothingToARequestWithoutOrigin) { EXPECT_EQ(HeadersFor("", ""), ""); }

TEST(Cors, AllowsTheListedOriginsOnly) {
  constexpr std::string_view kAllowed =
      "Access-Control-Allow-Origin: http://a:3000\r\nVary: Origin\r\n";
  EXPECT_EQ(HeadersFor("http://b, http://a:3000", "http://a:3000"), kAllowed);
  EXPECT_EQ(HeadersFor("a:3000", "http://a:3000"), kAllowed);
  EXPECT_EQ(HeadersFor("http://b", "http://a:3000"), "");
}

TEST(Cors, AnswersThePreflight) {
  HttpRequest request;
  request.method = "OPTIONS";
  request.headers = {{"Origin", "http://a"},
                     {"Access-Control-Request-Headers", "x-amz-target"},
                     {"Access-Control-Request-Method", "POST"}};
  HttpResponse response;
  ASSERT_TRUE(AnswerPreflight({}, request, response));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers,
            "Access-Control-Allow-Headers: x-amz-target\r\nAccess-Control-Allow-Methods: POST\r\n"
            "Access-Control-Max-Age: 172800\r\n");
}

TEST(Cors, TakesNothingElseForAPreflight) {
  HttpResponse response;
  HttpRequest request;
  request.method = "OPTIONS";
  EXPECT_FALSE(AnswerPreflight({}, request, response));
  request.method = "POST";
  request.headers = {{"Origin", "http://a"}};
  EXPECT_FALSE(AnswerPreflight({}, request, response));
}

}  // namespace
}  // namespace pumice
