// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/runtime_conversation.h"

#include <gtest/gtest.h>

namespace pumice {
namespace {

using State = RuntimeConversation::State;

TEST(RuntimeRequest, IsReadFromMethodAndPath) {
  struct Case {
    const char* method;
    const char* target;
    RuntimeCall call;
    const char* id;
  };
  const Case kCases[] = {
      {"GET", "/2018-06-01/runtime/invocation/next", RuntimeCall::kNext, ""},
      {"GET", "/2018-06-01/runtime/invocation/next?x=1", RuntimeCall::kNext, ""},
      {"POST", "/2018-06-01/runtime/invocation/next", RuntimeCall::kUnknown, ""},
      {"POST", "/2018-06-01/runtime/invocation/7-a/response", RuntimeCall::kResponse, "7-a"},
      {"POST", "/2018-06-01/runtime/invocation/7-a/error", RuntimeCall::kError, "7-a"},
      {"POST", "/2018-06-01/runtime/invocation/7-a/other", RuntimeCall::kUnknown, ""},
      {"POST", "/2018-06-01/runtime/invocation/7-a", RuntimeCall::kUnknown, ""},
      {"GET", "/2018-06-01/runtime/invocation/7-a/response", RuntimeCall::kUnknown, ""},
      {"POST", "/2018-06-01/runtime/init/error", RuntimeCall::kInitError, ""},
      {"POST", "/2020-01-01/extension/register", RuntimeCall::kUnknown, ""},
      {"GET", "", RuntimeCall::kUnknown, ""},
  };
  for (const auto& [method, target, call, id] : kCases) {
    const RuntimeRequest request = ParseRuntimeRequest(method, target);
    EXPECT_EQ(request.call, call) << method << " " << target;
    EXPECT_EQ(request.request_id, id) << method << " " << target;
  }
}

TEST(RuntimeConversation, GoesFromNextToResponseToNext) {
  RuntimeConversation conversation;
  EXPECT_EQ(conversation.Accept({RuntimeCall::kNext, ""}).status, 202u);
  EXPECT_EQ(conversation.state(), State::kWaiting);
  conversation.Give("1");
  EXPECT_EQ(conversation.Accept({RuntimeCall::kResponse, "1"}).status, 202u);
  EXPECT_EQ(conversation.state(), State::kAnswered);
  EXPECT_EQ(conversation.Accept({RuntimeCall::kNext, ""}).status, 202u);
  EXPECT_EQ(conversation.state(), State::kWaiting);
}

TEST(RuntimeConversation, RefusesCallsOutOfOrder) {
  RuntimeConversation conversation;
  EXPECT_EQ(conversation.Accept({RuntimeCall::kResponse, "1"}).status, 403u);
  EXPECT_EQ(conversation.Accept({RuntimeCall::kError, "1"}).status, 403u);
  conversation.Accept({RuntimeCall::kNext, ""});
  EXPECT_EQ(conversation.Accept({RuntimeCall::kInitError, ""}).status, 403u);
  conversation.Give("1");
  EXPECT_EQ(conversation.Accept({RuntimeCall::kNext, ""}).status, 403u);
  EXPECT_EQ(conversation.state(), State::kRunning);
}

TEST(RuntimeConversation, RefusesAnAnswerToAnotherInvocation) {
  RuntimeConversation conversation;
  conversation.Accept({RuntimeCall::kNext, ""});
  conversation.Give("1");
  EXPECT_EQ(conversation.Accept({RuntimeCall::kResponse, "2"}).status, 400u);
  EXPECT_EQ(conversation.state(), State::kRunning);
  EXPECT_EQ(conversation.Accept({RuntimeCall::kResponse, "1"}).status, 202u);
  EXPECT_EQ(conversation.Accept({RuntimeCall::kResponse, "1"}).status, 403u) << "twice";
}

TEST(RuntimeConversation, EndsWithAnInitError) {
  RuntimeConversation conversation;
  EXPECT_EQ(conversation.Accept({RuntimeCall::kInitError, ""}).status, 202u);
  EXPECT_EQ(conversation.state(), State::kFailed);
  EXPECT_EQ(conversation.Accept({RuntimeCall::kNext, ""}).status, 403u);
}

TEST(RuntimeConversation, DoesNotKnowOtherPaths) {
  RuntimeConversation conversation;
  EXPECT_EQ(conversation.Accept({RuntimeCall::kUnknown, ""}).status, 404u);
}

}  // namespace
}  // namespace pumice
