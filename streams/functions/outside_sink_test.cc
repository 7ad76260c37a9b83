// SPDX-License-Identifier: Apache-2.0
// Runtimes that somebody else starts: here Python programs that the test runs itself.
#include "streams/functions/outside_sink.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>

#include "streams/functions/function_test_support.h"

namespace pumice {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using testing::EndsWith;
using testing::StartsWith;

class OutsideFunction : public FunctionTest {
 protected:
  void SetUp() override {
    FunctionTest::SetUp();
    config_.runtime = FunctionRuntime::kOutside;
    tcp::acceptor free(context_, {asio::ip::address_v4::loopback(), 0});
    port_ = free.local_endpoint().port();
    config_.endpoint = "127.0.0.1:" + std::to_string(port_);
  }
  void TearDown() override {
    runtimes_.clear();
    function_.reset();
    context_.run_for(std::chrono::milliseconds(20));
    FunctionTest::TearDown();
  }

  struct Runtime {
    explicit Runtime(asio::io_context& context) : socket(context) {}
    tcp::socket socket;
    std::string received;
  };

  Runtime& Attach() {
    if (function_ == nullptr) Start();
    RunUntil([&] { return function_->Report().state != "Stopped"; });
    runtimes_.push_back(std::make_unique<Runtime>(context_));
    runtimes_.back()->socket.connect({asio::ip::address_v4::loopback(), port_});
    return *runtimes_.back();
  }

  void Send(Runtime& runtime, const std::string& method, const std::string& path,
            const std::string& body = {}) {
    asio::write(runtime.socket,
                asio::buffer(method + " /2018-06-01/runtime/" + path + " HTTP/1.1\r\nHost: x\r\n" +
                             "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
  }
  void AskForNext(Runtime& runtime) {
    const auto known = function_->Report().starts;
    const std::string state = function_->Report().state;
    Send(runtime, "GET", "invocation/next");
    RunUntil([&] {
      return function_->Report().starts > known || function_->Report().state == "Idle" ||
             state == "Running";
    });
  }

  /// Head and body of the next answer.
  std::string Receive(Runtime& runtime, const std::string& end) {
    std::size_t got = 0;
    asio::async_read_until(runtime.socket, asio::dynamic_buffer(runtime.received), end,
                           [&](error_code, std::size_t bytes) { got = bytes; });
    RunUntil([&] { return got > 0; });
    std::string text = runtime.received.substr(0, got);
    runtime.received.erase(0, got);
    return text;
  }
  std::string ReceiveId(Runtime& runtime, const std::string& event) {
    const std::string text = Receive(runtime, "\r\n\r\n" + event);
    constexpr std::string_view kName = "Lambda-Runtime-Aws-Request-Id: ";
    return text.substr(text.find(kName) + kName.size(), 36);
  }
  std::string Answer(Runtime& runtime, const std::string& id, const std::string& body) {
    Send(runtime, "POST", "invocation/" + id + "/response", body);
    return Receive(runtime, "}").substr(9, 3);
  }

  std::uint16_t port_ = 0;
  std::vector<std::unique_ptr<Runtime>> runtimes_;
};

TEST_F(OutsideFunction, RunsWhereARuntimeAttaches) {
  Runtime& runtime = Attach();
  AskForNext(runtime);
  Begin({.event = "[1]"});
  const std::string id = ReceiveId(runtime, "[1]");
  EXPECT_EQ(Answer(runtime, id, "\"done\""), "202");
  WaitFor(1);
  EXPECT_EQ(outcomes_[0].payload, "\"done\"");
  EXPECT_EQ(outcomes_[0].request_id, id);
  EXPECT_EQ(function_->Report().starts, 1);
}

TEST_F(OutsideFunction, RunsInAllThatAreAttached) {
  Runtime& first = Attach();
  Runtime& second = Attach();
  Begin({.event = "[1]"});
  Begin({.event = "[2]"});
  Send(first, "GET", "invocation/next");
  const std::string first_id = ReceiveId(first, "[1]");
  Send(second, "GET", "invocation/next");
  const std::string second_id = ReceiveId(second, "[2]");
  EXPECT_EQ(Answer(second, second_id, "2"), "202");
  EXPECT_EQ(Answer(first, first_id, "1"), "202");
  WaitFor(2);
  EXPECT_EQ(outcomes_[0].payload, "2");
  EXPECT_EQ(outcomes_[1].payload, "1");
}

TEST_F(OutsideFunction, TakesARuntimeThatConnectsAnewForEachCall) {
  Begin({.event = "[1]"});
  Runtime& first = Attach();
  Send(first, "GET", "invocation/next");
  const std::string id = ReceiveId(first, "[1]");
  first.socket.close();
  context_.run_for(std::chrono::milliseconds(20));
  EXPECT_EQ(Answer(Attach(), id, "1"), "202");
  WaitFor(1);
  EXPECT_EQ(outcomes_[0].payload, "1");
}

TEST_F(OutsideFunction, LosesTheInvocationOfARuntimeThatGoes) {
  Runtime& runtime = Attach();
  Begin({.event = "[1]"});
  Send(runtime, "GET", "invocation/next");
  Answer(runtime, ReceiveId(runtime, "[1]"), "1");
  Begin({.event = "[2]"});
  Send(runtime, "GET", "invocation/next");
  ReceiveId(runtime, "[2]");
  runtime.socket.close();
  WaitFor(2);
  EXPECT_TRUE(outcomes_[1].invoked);
  EXPECT_EQ(outcomes_[1].error->message,
            "RequestId: " + outcomes_[1].request_id +
                " Error: Runtime exited with error: the runtime closed its connection");
}

TEST_F(OutsideFunction, GivesNothingToARuntimeThatHasGone) {
  Runtime& gone = Attach();
  AskForNext(gone);
  gone.socket.close();
  RunUntil([&] { return function_->Report().state == "Listening"; });
  Begin({.event = "[1]"});
  Runtime& runtime = Attach();
  Send(runtime, "GET", "invocation/next");
  EXPECT_EQ(Answer(runtime, ReceiveId(runtime, "[1]"), "1"), "202");
  WaitFor(1);
}

TEST_F(OutsideFunction, TimesOutWithoutAnEndOfTheRuntime) {
  config_.timeout = std::chrono::seconds(1);
  Runtime& runtime = Attach();
  Begin({.event = "[1]"});
  Send(runtime, "GET", "invocation/next");
  const std::string id = ReceiveId(runtime, "[1]");
  WaitFor(1);
  EXPECT_EQ(outcomes_[0].error->message,
            "RequestId: " + id + " Error: Task timed out after 1.00 seconds");
  EXPECT_EQ(Answer(runtime, id, "\"late\""), "202");
  Begin({.event = "[2]"});
  Send(runtime, "GET", "invocation/next");
  EXPECT_EQ(Answer(runtime, ReceiveId(runtime, "[2]"), "2"), "202");
  WaitFor(2);
  EXPECT_EQ(outcomes_[1].payload, "2");
}

TEST_F(OutsideFunction, TellsWhyARuntimeCannotBegin) {
  Begin({.event = "[1]"});
  Runtime& runtime = Attach();
  Send(runtime, "POST", "init/error", R"({"errorType":"Import","errorMessage":"no"})");
  WaitFor(1);
  EXPECT_EQ(outcomes_[0].error->type, "Import");
}

TEST_F(OutsideFunction, RefusesAnIdThatNobodyRuns) {
  Runtime& runtime = Attach();
  Send(runtime, "POST", "invocation/none/response", "1");
  EXPECT_EQ(Receive(runtime, "}").substr(9, 3), "403");
}

TEST_F(OutsideFunction, TellsThatItsPortIsTaken) {
  tcp::acceptor taken(context_, {asio::ip::address_v4::loopback(), port_});
  const InvocationOutcome outcome = Call();
  EXPECT_FALSE(outcome.invoked);
  EXPECT_EQ(outcome.error->message, "Pumice cannot listen on " + config_.endpoint);
}

/// Nobody attached: the test turns the hands of the clock.
TEST_F(OutsideFunction, WasNotInvokedWhileNobodyIsAttached) {
  class Impatient final : public Scheduler {
   public:
    explicit Impatient(asio::io_context& context) : inner_(context) {}
    std::unique_ptr<Timer> After(std::chrono::milliseconds, std::function<void()> work) override {
      return inner_.After(std::chrono::milliseconds(0), std::move(work));
    }

   private:
    AsioScheduler inner_;
  } impatient(context_);
  function_ = std::make_unique<LambdaFunction>(
      config_, FunctionPlace{}, SinkParts{context_, impatient, clock_, random_, log_});
  const InvocationOutcome outcome = Call();
  EXPECT_FALSE(outcome.invoked);
  EXPECT_EQ(outcome.error->type, "Pumice.NoRuntimeAttached");
  EXPECT_EQ(outcome.error->message,
            "No runtime is attached; start one with AWS_LAMBDA_RUNTIME_API=" + config_.endpoint);
  function_.reset();
}

}  // namespace
}  // namespace pumice
