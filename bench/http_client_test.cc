// SPDX-License-Identifier: Apache-2.0
#include "bench/http_client.h"

#include <gtest/gtest.h>

namespace pumice::bench {
namespace {

TEST(ParseAnswer, FindsStatusBodyAndEnd) {
  AnswerView answer;
  ASSERT_EQ(
      ParseAnswer("HTTP/1.1 400 Bad Request\r\ncontent-LENGTH:  2\r\n\r\n{}HTTP/1.1 ", answer),
      AnswerState::kComplete);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, "{}");
  EXPECT_EQ(answer.total_bytes, 50u);
}

TEST(ParseAnswer, TellsWhetherTheConnectionEnds) {
  AnswerView answer;
  ASSERT_EQ(
      ParseAnswer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nconnection: Close\r\n\r\n", answer),
      AnswerState::kComplete);
  EXPECT_TRUE(answer.closes);
  ASSERT_EQ(ParseAnswer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", answer),
            AnswerState::kComplete);
  EXPECT_FALSE(answer.closes);
}

TEST(ParseAnswer, WaitsForTheRest) {
  AnswerView answer;
  EXPECT_EQ(ParseAnswer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", answer),
            AnswerState::kIncomplete);
  EXPECT_EQ(ParseAnswer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{", answer),
            AnswerState::kIncomplete);
}

TEST(ParseAnswer, RefusesWhatHasNoLength) {
  AnswerView answer;
  EXPECT_EQ(ParseAnswer("HTTP/1.1 200 OK\r\nX-Content-Length: 2\r\n\r\n", answer),
            AnswerState::kMalformed);
}

}  // namespace
}  // namespace pumice::bench
