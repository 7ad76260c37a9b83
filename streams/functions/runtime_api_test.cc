// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/runtime_api.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pumice {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kNext = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n";

std::string Post(const std::string& path, const std::string& body) {
  return "POST /2018-06-01/runtime/" + path +
         " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

/// The server and its clients on one thread: each step runs the context until it is done.
class RuntimeApiServer : public testing::Test {
 protected:
  void SetUp() override {
    RuntimeEvents events;
    events.waiting = [this](RuntimeId) { events_.push_back("waiting"); };
    events.response = [this](RuntimeId, const std::string& body) {
      events_.push_back("response " + body);
    };
    events.error = [this](RuntimeId, const std::string& body) {
      events_.push_back("error " + body);
    };
    events.init_error = [this](const std::string& body) { events_.push_back("init " + body); };
    events.too_large = [this](RuntimeId, std::size_t) { events_.push_back("too large"); };
    api_ = RuntimeApi::Listen(context_, std::move(events)).value();
  }
  void TearDown() override {
    api_.reset();
    context_.run_for(std::chrono::seconds(10));
  }

  struct Client {
    explicit Client(asio::io_context& context) : socket(context) {}
    tcp::socket socket;
    std::string received;
  };

  std::unique_ptr<Client> Connect() {
    auto client = std::make_unique<Client>(context_);
    client->socket.connect({asio::ip::address_v4::loopback(), api_->port()});
    return client;
  }

  template <class Condition>
  void RunUntil(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < end) {
      context_.run_one_for(std::chrono::milliseconds(100));
    }
    ASSERT_TRUE(condition());
  }

  void Send(Client& client, const std::string& bytes) {
    bool sent = false;
    asio::async_write(client.socket, asio::buffer(bytes),
                      [&](boost::system::error_code error, std::size_t) { sent = !error; });
    RunUntil([&] { return sent; });
  }

  /// Reads until `end` is there; tells what was read.
  std::string Receive(Client& client, const std::string& end) {
    std::size_t got = 0;
    asio::async_read_until(client.socket, asio::dynamic_buffer(client.received), end,
                           [&](boost::system::error_code, std::size_t bytes) { got = bytes; });
    RunUntil([&] { return got > 0; });
    std::string text = client.received.substr(0, got);
    client.received.erase(0, got);
    return text;
  }

  bool IsClosed(Client& client) {
    bool closed = false;
    char byte = 0;
    client.socket.async_read_some(asio::buffer(&byte, 1), [&](boost::system::error_code error,
                                                              std::size_t) { closed = !!error; });
    RunUntil([&] { return closed; });
    return closed;
  }

  void WaitFor(std::size_t event_count) {
    RunUntil([&] { return events_.size() >= event_count; });
  }

  void Give(const std::string& id) {
    api_->Give(1, {.request_id = id,
                   .event = "{\"Records\":[]}",
                   .function_arn = "arn:f",
                   .trace_id = "Root=1",
                   .client_context = "{\"custom\":\n{}}",
                   .deadline = TimePoint(std::chrono::milliseconds(1234567))});
  }

  asio::io_context context_;
  std::vector<std::string> events_;
  std::unique_ptr<RuntimeApi> api_;
};

TEST_F(RuntimeApiServer, GivesTheEventWithTheHeadersOfAws) {
  auto client = Connect();
  Send(*client, kNext);
  WaitFor(1);
  Give("id-1");
  const std::string answer = Receive(*client, "{\"Records\":[]}");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nLambda-Runtime-Aws-Request-Id: id-1\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nLambda-Runtime-Deadline-Ms: 1234567\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nLambda-Runtime-Invoked-Function-Arn: arn:f\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nLambda-Runtime-Trace-Id: Root=1\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nLambda-Runtime-Client-Context: {\"custom\": {}}\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Type: application/json\r\n"));
}

TEST_F(RuntimeApiServer, TakesResponseAndNextOnOneConnection) {
  auto client = Connect();
  Send(*client, kNext);
  WaitFor(1);
  Give("1");
  Receive(*client, "{\"Records\":[]}");
  Send(*client, Post("invocation/1/response", "null"));
  EXPECT_THAT(Receive(*client, "{\"status\":\"OK\"}"), StartsWith("HTTP/1.1 202 Accepted\r\n"));
  Send(*client, kNext);
  WaitFor(3);
  EXPECT_THAT(events_, ElementsAre("waiting", "response null", "waiting"));
}

TEST_F(RuntimeApiServer, TakesAnAnswerFromAnotherConnection) {
  auto first = Connect();
  Send(*first, kNext);
  WaitFor(1);
  Give("1");
  auto second = Connect();
  Send(*second, Post("invocation/1/error", "{}"));
  EXPECT_THAT(Receive(*second, "}"), StartsWith("HTTP/1.1 202 Accepted\r\n"));
  EXPECT_THAT(events_, ElementsAre("waiting", "error {}"));
}

// As Go's runtime client sends its answers.
TEST_F(RuntimeApiServer, ReadsChunksAndTrailers) {
  auto client = Connect();
  Send(*client, kNext);
  WaitFor(1);
  Give("1");
  Receive(*client, "{\"Records\":[]}");
  Send(*client,
       "POST /2018-06-01/runtime/invocation/1/response HTTP/1.1\r\nHost: x\r\n"
       "Transfer-Encoding: chunked\r\nTrailer: Lambda-Runtime-Function-Error-Type\r\n\r\n"
       "3\r\n\"ab\r\n2\r\nc\"\r\n0\r\nLambda-Runtime-Function-Error-Type: \r\n\r\n");
  EXPECT_THAT(Receive(*client, "}"), StartsWith("HTTP/1.1 202 Accepted\r\n"));
  WaitFor(2);
  EXPECT_EQ(events_.back(), "response \"abc\"");
}

TEST_F(RuntimeApiServer, AnswersExpect) {
  auto client = Connect();
  Send(*client,
       "POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
       "Content-Length: 2\r\n\r\n");
  EXPECT_EQ(Receive(*client, "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  Send(*client, "{}");
  EXPECT_THAT(Receive(*client, "}"), StartsWith("HTTP/1.1 202 Accepted\r\n"));
  EXPECT_THAT(events_, ElementsAre("init {}"));
}

TEST_F(RuntimeApiServer, RefusesAnotherRequestId) {
  auto client = Connect();
  Send(*client, kNext);
  WaitFor(1);
  Give("1");
  Receive(*client, "{\"Records\":[]}");
  Send(*client, Post("invocation/2/response", "null"));
  const std::string answer = Receive(*client, "}");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_THAT(answer, HasSubstr("InvalidRequestID"));
  EXPECT_THAT(events_, ElementsAre("waiting"));
}

TEST_F(RuntimeApiServer, RefusesTheWrongOrder) {
  auto client = Connect();
  Send(*client, Post("invocation/1/response", "null"));
  const std::string answer = Receive(*client, "}");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 403 Forbidden\r\n"));
  EXPECT_THAT(answer, HasSubstr("InvalidStateTransition"));
}

TEST_F(RuntimeApiServer, RefusesAResponseThatIsTooLarge) {
  auto client = Connect();
  Send(*client, kNext);
  WaitFor(1);
  Give("1");
  Receive(*client, "{\"Records\":[]}");
  Send(*client, Post("invocation/1/response", std::string(kMaxResponseBytes + 1, 'x')));
  EXPECT_THAT(Receive(*client, "}"), StartsWith("HTTP/1.1 413 Payload Too Large\r\n"));
  WaitFor(2);
  EXPECT_EQ(events_.back(), "too large");
}

TEST_F(RuntimeApiServer, GivesTheEventToTheNewestOfTwoWhoAsk) {
  auto first = Connect();
  Send(*first, kNext);
  WaitFor(1);
  auto second = Connect();
  Send(*second, kNext);
  WaitFor(2);
  EXPECT_TRUE(IsClosed(*first));
  Give("1");
  EXPECT_THAT(Receive(*second, "{\"Records\":[]}"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(RuntimeApiServer, OutlivesNonsense) {
  auto client = Connect();
  Send(*client, "nonsense\r\n\r\n");
  EXPECT_TRUE(IsClosed(*client));
  auto other = Connect();
  Send(*other, kNext);
  WaitFor(1);
  EXPECT_THAT(events_, ElementsAre("waiting"));
}

TEST_F(RuntimeApiServer, ClosesItsConnectionsAtItsEnd) {
  auto client = Connect();
  Send(*client, kNext);
  WaitFor(1);
  api_.reset();
  EXPECT_TRUE(IsClosed(*client));
}

// A runtime may poll from two threads; the one that got nothing must not look like one that is
// ready.
TEST_F(RuntimeApiServer, TellsOnceOfTwoThatWaitWhenTheFirstIsServedAtOnce) {
  RuntimeEvents events;
  events.waiting = [this](RuntimeId) {
    events_.push_back("waiting");
    Give("1");
  };
  api_ = RuntimeApi::Listen(context_, std::move(events)).value();
  const auto first = Connect();
  const auto second = Connect();
  boost::system::error_code error;
  asio::write(first->socket, asio::buffer(kNext), error);
  asio::write(second->socket, asio::buffer(kNext), error);
  WaitFor(1);
  context_.poll();
  EXPECT_THAT(events_, ElementsAre("waiting"));
}

}  // namespace
}  // namespace pumice
