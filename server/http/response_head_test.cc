// SPDX-License-Identifier: Apache-2.0
#include "server/http/response_head.h"

#include <gtest/gtest.h>

namespace pumice {
namespace {

TEST(DateText, IsTheDateInHttpForm) {
  DateText date;
  EXPECT_EQ(date.At(TimePoint(std::chrono::microseconds(784'111'777'999'999))),
            "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(date.At(TimePoint(std::chrono::microseconds(784'111'778'000'000))),
            "Sun, 06 Nov 1994 08:49:38 GMT");
}

TEST(ResponseHead, HasAllLinesOfAnAnswer) {
  HttpResponse response;
  response.content_type = "application/x-amz-json-1.0";
  response.headers = "x-amzn-RequestId: 1\r\n";
  response.body = "{}";
  std::string out;
  AppendResponseHead(out, response, "now", true);
  EXPECT_EQ(out,
            "HTTP/1.1 200 OK\r\nServer: Server\r\nDate: now\r\n"
            "Content-Type: application/x-amz-json-1.0\r\nContent-Length: 2\r\n"
            "Connection: keep-alive\r\nx-amzn-RequestId: 1\r\n\r\n");
}

TEST(ResponseHead, SaysThatTheConnectionEnds) {
  HttpResponse response;
  response.status = 413;
  std::string out;
  AppendResponseHead(out, response, "now", false);
  EXPECT_EQ(out,
            "HTTP/1.1 413 Payload Too Large\r\nServer: Server\r\nDate: now\r\n"
            "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

}  // namespace
}  // namespace pumice
