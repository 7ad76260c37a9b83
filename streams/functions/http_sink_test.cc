// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/http_sink.h"

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
using testing::HasSubstr;
using testing::StartsWith;

/// Gives every request the same answer, or none, and keeps what it got.
class Server {
 public:
  explicit Server(asio::io_context& context)
      : acceptor_(context, {asio::ip::address_v4::loopback(), 0}) {
    Accept();
  }

  std::string Url(const std::string& target) const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + target;
  }
  void Answer(const std::string& status, const std::string& body, const std::string& headers = {}) {
    answer_ = "HTTP/1.1 " + status + "\r\n" + headers +
              "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  void AnswerBytes(const std::string& bytes) { answer_ = bytes; }
  void Close() { acceptor_.close(); }

  std::string request;
  bool answers = true;

 private:
  void Accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (error) return;
      sockets_.push_back(std::make_unique<tcp::socket>(std::move(socket)));
      Read(*sockets_.back());
      Accept();
    });
  }
  void Read(tcp::socket& socket) {
    request.clear();
    // All events here end so.
    asio::async_read_until(socket, asio::dynamic_buffer(request), "[1]",
                           [this, &socket](error_code error, std::size_t) {
                             if (error || !answers) return;
                             asio::async_write(socket, asio::buffer(answer_),
                                               [&socket](error_code, std::size_t) {
                                                 error_code ignored;
                                                 socket.close(ignored);
                                               });
                           });
  }

  tcp::acceptor acceptor_;
  std::vector<std::unique_ptr<tcp::socket>> sockets_;
  std::string answer_;
};

class HttpFunction : public FunctionTest {
 protected:
  void SetUp() override {
    FunctionTest::SetUp();
    config_.runtime = FunctionRuntime::kHttp;
  }
  void TearDown() override {
    function_.reset();
    context_.poll();
    FunctionTest::TearDown();
  }

  InvocationOutcome CallAt(const std::string& target) {
    config_.endpoint = server_.Url(target);
    function_.reset();
    return Call({.event = "[1]", .client_context = client_context_});
  }

  Server server_{context_};
  std::string client_context_;
};

constexpr const char* kLambda = "/2015-03-31/functions/function/invocations";

TEST_F(HttpFunction, IsCalledAsAWebhook) {
  server_.Answer("201 Created", "anything");
  const InvocationOutcome outcome = CallAt("/hook?key=1");
  EXPECT_FALSE(outcome.error.has_value());
  EXPECT_EQ(outcome.payload, "anything");
  EXPECT_THAT(server_.request, StartsWith("POST /hook?key=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
  EXPECT_THAT(server_.request, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(server_.request, HasSubstr("\r\nX-Pumice-Request-Id: " + outcome.request_id));
  EXPECT_THAT(server_.request, HasSubstr("\r\nX-Pumice-Timestamp: "));
  EXPECT_THAT(server_.request, EndsWith("\r\nContent-Length: 3\r\n\r\n[1]"));
  EXPECT_EQ(server_.request.find("X-Pumice-Signature"), std::string::npos);
}

TEST_F(HttpFunction, IsSignedWithItsSecret) {
  config_.webhook_secret = "key";
  server_.Answer("200 OK", "");
  CallAt("/");
  const std::size_t at = server_.request.find("X-Pumice-Timestamp: ") + 20;
  const std::string timestamp = server_.request.substr(at, server_.request.find('\r', at) - at);
  EXPECT_THAT(
      server_.request,
      HasSubstr("\r\nX-Pumice-Signature: " + WebhookSignature("key", timestamp, "[1]") + "\r\n"));
}

// printf '1700000000.[1]' | openssl dgst -sha256 -hmac key
TEST(WebhookSignature, IsHmacSha256OverTimeAndBody) {
  EXPECT_EQ(WebhookSignature("key", "1700000000", "[1]"),
            "sha256=3ddf1197d04e744e02f66efb6c8502da0025c505f123a4adc6dc011bd70d3f94");
}

TEST_F(HttpFunction, ThatAnswersAnotherStatusHasFailed) {
  server_.Answer("500 Internal Server Error", "why");
  const InvocationOutcome outcome = CallAt("/hook");
  EXPECT_TRUE(outcome.invoked);
  EXPECT_EQ(outcome.error->type, "Pumice.EndpointError");
  EXPECT_EQ(outcome.error->message, server_.Url("/hook") + ": HTTP status 500: why");
}

TEST_F(HttpFunction, ThatIsNotThereWasNotInvoked) {
  config_.endpoint = server_.Url("/");
  server_.Close();
  const InvocationOutcome outcome = Call({.event = "[1]"});
  EXPECT_FALSE(outcome.invoked);
  EXPECT_EQ(outcome.error->type, "Pumice.EndpointError");
  EXPECT_THAT(outcome.error->message, EndsWith(": Connection refused"));
}

TEST_F(HttpFunction, ThatTakesTooLongTimesOut) {
  config_.timeout = std::chrono::seconds(1);
  server_.answers = false;
  const InvocationOutcome outcome = CallAt("/hook");
  EXPECT_TRUE(outcome.invoked);
  EXPECT_EQ(outcome.error->message,
            "RequestId: " + outcome.request_id + " Error: Task timed out after 1.00 seconds");
}

TEST_F(HttpFunction, ThatBreaksOffHasFailed) {
  server_.AnswerBytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_THAT(CallAt("/hook").error->message, HasSubstr("127.0.0.1 port "));
  server_.AnswerBytes("nonsense\r\n\r\n");
  EXPECT_EQ(CallAt("/hook").error->type, "Pumice.EndpointError");
}

TEST_F(HttpFunction, MayBeALambdaOfAnotherTool) {
  client_context_ = R"({"a":1})";
  server_.Answer("200 OK",
                 R"({"errorMessage":"not an error, since it has more","errorType":"x","n":1})");
  const InvocationOutcome outcome = CallAt(kLambda);
  EXPECT_FALSE(outcome.error.has_value());
  EXPECT_THAT(server_.request, HasSubstr("\r\nX-Amz-Invocation-Type: RequestResponse\r\n"));
  EXPECT_THAT(server_.request, HasSubstr("\r\nX-Amz-Client-Context: eyJhIjoxfQ==\r\n"));
}

TEST_F(HttpFunction, OfSamTellsItsErrorInAHeader) {
  server_.Answer("200 OK", R"({"errorType":"KeyError","errorMessage":"'x'"})",
                 "x-amz-function-error: Unhandled\r\n");
  const InvocationOutcome outcome = CallAt(kLambda);
  EXPECT_TRUE(outcome.invoked);
  EXPECT_EQ(outcome.error->type, "KeyError");
  EXPECT_EQ(outcome.payload, R"({"errorType":"KeyError","errorMessage":"'x'"})");
}

TEST_F(HttpFunction, OfTheEmulatorTellsItsErrorInTheBodyOnly) {
  server_.Answer("200 OK",
                 R"({"errorMessage":"no","errorType":"ValueError","stackTrace":["at x"]})");
  const InvocationOutcome outcome = CallAt(kLambda);
  EXPECT_EQ(outcome.error->type, "ValueError");
  EXPECT_EQ(outcome.error->stack_trace, "at x");
  server_.Answer("200 OK", "Task timed out after 3.00 seconds");
  EXPECT_EQ(CallAt(kLambda).error->type, "Sandbox.Timedout");
}

TEST_F(HttpFunction, ThatTheOtherToolDoesNotKnowWasNotInvoked) {
  server_.Answer("404 Not Found", R"({"Type":"User","Message":"Function not found"})");
  EXPECT_FALSE(CallAt(kLambda).invoked);
  EXPECT_TRUE(CallAt("/hook").invoked) << "of a webhook that is a refusal like any other";
}

TEST_F(HttpFunction, RunsAsManyAtOnceAsItMay) {
  config_.max_concurrency = 2;
  config_.endpoint = server_.Url("/");
  server_.Answer("200 OK", "x");
  for (int i = 0; i < 5; ++i) Begin({.event = "[1]"});
  EXPECT_EQ(function_->Report().in_flight, 5U);
  WaitFor(5);
  EXPECT_EQ(function_->Report().invocations, 5);
}

TEST_F(HttpFunction, MayEndWhileItIsCalled) {
  server_.answers = false;
  config_.endpoint = server_.Url("/");
  Begin({.event = "[1]"});
  RunUntil([&] { return !server_.request.empty(); });
  function_.reset();
  context_.run_for(std::chrono::milliseconds(20));
  EXPECT_TRUE(outcomes_.empty());
}

}  // namespace
}  // namespace pumice
