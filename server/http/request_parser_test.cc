// SPDX-License-Identifier: Apache-2.0
#include "server/http/request_parser.h"

#include <algorithm>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

namespace pumice {
namespace {

using State = RequestParser::State;

/// Gives `bytes` to the parser in pieces of at most `step`, until it has a request or refuses.
State Feed(RequestParser& parser, std::string_view bytes, std::size_t step = 1'000'000) {
  State state = parser.Parse();
  while (!bytes.empty() && state != State::kReady && state != State::kRefused) {
    const std::span<char> space = parser.Space();
    const std::size_t size = std::min({bytes.size(), space.size(), step});
    std::memcpy(space.data(), bytes.data(), size);
    parser.Filled(size);
    bytes.remove_prefix(size);
    state = parser.Parse();
  }
  return state;
}

const HttpLimits kLimits;

int RefusedStatus(std::string_view bytes) {
  RequestParser parser(kLimits);
  return Feed(parser, bytes) == State::kRefused ? parser.refusal().status : 0;
}

TEST(RequestParser, ReadsARequestWithItsHeadersAndBody) {
  RequestParser parser(kLimits);
  ASSERT_EQ(Feed(parser,
                 "POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Amz-Target:  T.Op \r\n"
                 "Content-Length: 5\r\n\r\nhello"),
            State::kReady);
  const HttpRequest& request = parser.request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/a");
  EXPECT_EQ(request.query, "b=c");
  EXPECT_EQ(request.body, "hello");
  EXPECT_EQ(request.Header("x-amz-target"), "T.Op");
  EXPECT_TRUE(request.HasHeader("HOST"));
  EXPECT_FALSE(request.HasHeader("origin"));
  EXPECT_TRUE(parser.keep_alive());
  EXPECT_FALSE(parser.HasMore());
}

TEST(RequestParser, ReadsTheSameByteByByte) {
  RequestParser parser(kLimits);
  ASSERT_EQ(Feed(parser, "POST / HTTP/1.1\r\nA: b\r\nContent-Length: 5\r\n\r\nhello", 1),
            State::kReady);
  EXPECT_EQ(parser.request().Header("a"), "b");
  EXPECT_EQ(parser.request().body, "hello");
}

TEST(RequestParser, GivesPipelinedRequestsOneAfterAnother) {
  RequestParser parser(kLimits);
  ASSERT_EQ(
      Feed(parser, "GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 1\r\n\r\nxGET"),
      State::kReady);
  EXPECT_EQ(parser.request().path, "/1");
  EXPECT_TRUE(parser.HasMore());
  parser.Next();
  ASSERT_EQ(parser.Parse(), State::kReady);
  EXPECT_EQ(parser.request().path, "/2");
  EXPECT_EQ(parser.request().body, "x");
  EXPECT_FALSE(parser.request().HasHeader("a"));
  parser.Next();
  EXPECT_EQ(Feed(parser, " /3 HTTP/1.1\r\n\r\n"), State::kReady);
  EXPECT_EQ(parser.request().path, "/3");
}

TEST(RequestParser, CutsTheAuthorityOffAnAbsoluteTarget) {
  struct Case {
    std::string_view target, path, query;
  };
  for (const Case& c : {Case{"http://dynamodb.us-east-1.amazonaws.com/", "/", ""},
                        {"http://host", "/", ""},
                        {"http://host:80?x=y", "/", "x=y"},
                        {"HTTPS://host/a/b?x", "/a/b", "x"},
                        {"/a://b", "/a://b", ""},
                        {"*", "*", ""}}) {
    RequestParser parser(kLimits);
    std::string bytes = "OPTIONS ";
    bytes += c.target;
    bytes += " HTTP/1.1\r\n\r\n";
    ASSERT_EQ(Feed(parser, bytes), State::kReady) << c.target;
    EXPECT_EQ(parser.request().path, c.path);
    EXPECT_EQ(parser.request().query, c.query);
  }
}

TEST(RequestParser, JoinsChunksAndIgnoresTrailers) {
  constexpr std::string_view kBytes =
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;name=value\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nGET /next HTTP/1.1\r\n\r\n";
  for (const std::size_t step : {1, 7, 1000}) {
    RequestParser parser(kLimits);
    ASSERT_EQ(Feed(parser, kBytes, step), State::kReady);
    EXPECT_EQ(parser.request().body, "abc0123456789");
    EXPECT_FALSE(parser.request().HasHeader("trailer"));
  }
}

TEST(RequestParser, ReadsABodyWithoutChunksByteByByte) {
  RequestParser parser(kLimits);
  ASSERT_EQ(Feed(parser, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1),
            State::kReady);
  EXPECT_EQ(parser.request().body, "");
}

TEST(RequestParser, ReadsChunksThatAreLargerThanItsBuffer) {
  RequestParser parser(kLimits);
  std::string bytes = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n";
  for (int i = 0; i < 15; ++i) bytes += "X-Filler: " + std::string(1000, 'f') + "\r\n";
  bytes += "\r\n30D40\r\n" + std::string(200'000, 'x') + "\r\n0\r\n\r\n";
  ASSERT_EQ(Feed(parser, bytes, 5000), State::kReady);
  EXPECT_EQ(parser.request().body, std::string(200'000, 'x'));
  EXPECT_EQ(parser.request().Header("x-filler"), std::string(1000, 'f'));
}

TEST(RequestParser, ReadsABodyThatIsLargerThanItsBuffer) {
  RequestParser parser(kLimits);
  const std::string body(300'000, 'y');
  ASSERT_EQ(Feed(parser, "POST / HTTP/1.1\r\nContent-Length: 300000\r\n\r\n" + body, 9999),
            State::kReady);
  EXPECT_EQ(parser.request().body, body);
}

TEST(RequestParser, TakesABodyOfExactlyTheLimit) {
  HttpLimits limits;
  limits.max_body_bytes = 10;
  RequestParser plain(limits);
  EXPECT_EQ(Feed(plain, "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n0123456789"), State::kReady);
  RequestParser chunked(limits);
  EXPECT_EQ(Feed(chunked,
                 "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"),
            State::kReady);
}

TEST(RequestParser, RefusesABodyAboveTheLimit) {
  HttpLimits limits;
  limits.max_body_bytes = 10;
  for (const std::string_view body :
       {"Content-Length: 11\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nB\r\n01",
        "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n6\r\n",
        "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n"}) {
    RequestParser parser(limits);
    ASSERT_EQ(Feed(parser, "POST / HTTP/1.1\r\n" + std::string(body)), State::kRefused) << body;
    EXPECT_EQ(parser.refusal().status, 413);
  }
}

TEST(RequestParser, TakesHeadersUpToTheLimits) {
  const std::string line = "GET /" + std::string(15'000, 'p') + " HTTP/1.1\r\n";
  const std::string header = "X: " + std::string(15'000, 'h') + "\r\n\r\n";
  for (const std::size_t step : {100, 4000, 1'000'000}) {
    RequestParser parser(kLimits);
    ASSERT_EQ(Feed(parser, line + header, step), State::kReady);
    EXPECT_EQ(parser.request().path.size(), 15'001U);
    EXPECT_EQ(parser.request().Header("x").size(), 15'000U);
  }
}

TEST(RequestParser, RefusesHeadersAboveTheLimits) {
  const std::string long_path = "GET /" + std::string(17'000, 'p');
  EXPECT_EQ(RefusedStatus(long_path), 400);
  EXPECT_EQ(RefusedStatus(long_path + " HTTP/1.1\r\n\r\n"), 400);
  const std::string long_header = "GET / HTTP/1.1\r\nX: " + std::string(17'000, 'h');
  EXPECT_EQ(RefusedStatus(long_header), 400);
  EXPECT_EQ(RefusedStatus(long_header + "\r\n\r\n"), 400);
}

TEST(RequestParser, RefusesWhatIsNoHttp) {
  struct Case {
    std::string_view bytes;
    int status;
  };
  for (const Case& c : {
           Case{"\x16\x03\x01\x02", 400},  // a TLS client
           {"{\"TableName\"", 400},
           {"GET\t/ HTTP/1.1\r\n", 400},
           {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 400},
           {"GET /\r\n\r\n", 400},
           {"GET / HTTP/1.1\nHost: x\n\n", 400},
           {"GET / HTTP/1.1\r\nHost: x\n\n", 400},
           {"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400},
           {"GET / HTTP/1.1\r\nA : b\r\n\r\n", 400},
           {"GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", 400},
           {"GET / HTTP/2.0\r\n\r\n", 505},
           {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
           {"CONNECT host:443 HTTP/1.1\r\n\r\n", 405},
           {"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400},
           {"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
           {"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
           {"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
           {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
           {"POST / HTTP/1.1\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n", 417},
       }) {
    EXPECT_EQ(RefusedStatus(c.bytes), c.status) << c.bytes;
  }
}

TEST(RequestParser, RefusesAChunkHeadThatDoesNotEnd) {
  RequestParser parser(kLimits);
  std::string bytes = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;";
  bytes += std::string(100'000, 'e');
  ASSERT_EQ(Feed(parser, bytes), State::kRefused);
  EXPECT_EQ(parser.refusal().status, 400);
}

TEST(RequestParser, SkipsEmptyLinesInFrontOfARequest) {
  RequestParser parser(kLimits);
  EXPECT_EQ(Feed(parser, "\r\n\r\n"), State::kIdle);
  EXPECT_EQ(Feed(parser, "\r\nGET / HTTP/1.1\r\n\r\n"), State::kReady);
}

TEST(RequestParser, TellsOnceThatTheClientWaitsForContinue) {
  RequestParser parser(kLimits);
  ASSERT_EQ(Feed(parser, "POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n"),
            State::kBody);
  EXPECT_TRUE(parser.TakeExpectsContinue());
  EXPECT_FALSE(parser.TakeExpectsContinue());
  EXPECT_EQ(Feed(parser, "ok"), State::kReady);
}

TEST(RequestParser, KnowsWhenTheConnectionStays) {
  struct Case {
    std::string_view head;
    bool keep_alive;
  };
  for (const Case& c : {Case{"GET / HTTP/1.1\r\n\r\n", true},
                        {"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", false},
                        {"GET / HTTP/1.0\r\n\r\n", false},
                        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true}}) {
    RequestParser parser(kLimits);
    ASSERT_EQ(Feed(parser, c.head), State::kReady);
    EXPECT_EQ(parser.keep_alive(), c.keep_alive) << c.head;
  }
}

TEST(RequestParser, TakesALargerBodyBelowOnePathOnly) {
  HttpLimits limits;
  limits.max_body_bytes = 4;
  limits.large_body_path = "/20";
  limits.max_large_body_bytes = 8;
  const auto status = [&](std::string_view bytes) {
    RequestParser parser(limits);
    return Feed(parser, bytes) == State::kReady ? 200 : parser.refusal().status;
  };
  EXPECT_EQ(status("POST /2015 HTTP/1.1\r\nContent-Length: 8\r\n\r\n12345678"), 200);
  EXPECT_EQ(status("POST /2015 HTTP/1.1\r\nContent-Length: 9\r\n\r\n123456789"), 413);
  EXPECT_EQ(status("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n12345"), 413);
  EXPECT_EQ(status("POST /2015 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "5\r\n12345\r\n3\r\n123\r\n0\r\n\r\n"),
            200);
  EXPECT_EQ(status("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"), 413);
}

}  // namespace
}  // namespace pumice
