// SPDX-License-Identifier: Apache-2.0
// A function in this program.
#include "streams/functions/callback_sink.h"

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>

#include "streams/functions/function_test_support.h"

namespace pumice {
namespace {

class CallbackFunction : public FunctionTest {
 protected:
  void SetUp() override {
    FunctionTest::SetUp();
    config_.runtime = FunctionRuntime::kCallback;
  }
};

TEST_F(CallbackFunction, GetsTheEventOnAThreadOfItsOwn) {
  std::thread::id thread;
  config_.callback = [&](const Invocation& invocation) {
    thread = std::this_thread::get_id();
    return InvocationOutcome{.payload = "[" + invocation.event + "]"};
  };
  const InvocationOutcome outcome = Call({.event = "1"});
  EXPECT_FALSE(outcome.error.has_value());
  EXPECT_EQ(outcome.payload, "[1]");
  EXPECT_EQ(outcome.request_id.size(), 36U);
  EXPECT_NE(thread, std::this_thread::get_id());
}

TEST_F(CallbackFunction, ThatReturnsNothingReturnsNull) {
  config_.callback = [](const Invocation&) { return InvocationOutcome{}; };
  EXPECT_EQ(Call().payload, "null");
}

TEST_F(CallbackFunction, MayFail) {
  config_.callback = [](const Invocation&) {
    return InvocationOutcome{.error = FunctionError{.type = "Own", .message = "no"}};
  };
  const InvocationOutcome outcome = Call();
  EXPECT_EQ(outcome.error->type, "Own");
  EXPECT_EQ(outcome.payload, R"({"errorType":"Own","errorMessage":"no"})");
}

TEST_F(CallbackFunction, MayThrow) {
  config_.callback = [](const Invocation&) -> InvocationOutcome { throw std::out_of_range("far"); };
  EXPECT_EQ(Call().payload, R"({"errorType":"std::exception","errorMessage":"far"})");
}

TEST_F(CallbackFunction, RunsAsOftenAtOnceAsItMay) {
  config_.max_concurrency = 2;
  std::atomic<int> began = 0;
  std::promise<void> go;
  const std::shared_future<void> may_go = go.get_future().share();
  config_.callback = [&](const Invocation&) {
    ++began;
    may_go.wait();
    return InvocationOutcome{};
  };
  for (int i = 0; i < 5; ++i) Begin({.event = "1"});
  RunUntil([&] { return began == 2; });
  EXPECT_EQ(function_->Report().in_flight, 5U);
  go.set_value();
  WaitFor(5);
  EXPECT_EQ(began, 5);
}

TEST_F(CallbackFunction, IsWaitedForAtItsEnd) {
  std::atomic<bool> ended = false;
  config_.callback = [&](const Invocation&) {
    ended = true;
    return InvocationOutcome{};
  };
  Begin({.event = "1"});
  function_.reset();
  EXPECT_TRUE(ended);
  EXPECT_TRUE(outcomes_.empty());
}

}  // namespace
}  // namespace pumice
