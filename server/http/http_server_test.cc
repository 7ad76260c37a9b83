// SPDX-License-Identifier: Apache-2.0
// The server through real loopback sockets: what clients see of pipelining, limits, time and
// stopping.
#include "server/http/http_server.h"

#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace pumice {
namespace {

using std::chrono::milliseconds;

constexpr TimePoint kNow{std::chrono::microseconds(784'111'777'000'000)};

/// Answers "<method> <path> <body>"; a path that starts with /large gets a body of 4 MB. /later is
/// answered when the test says so.
class Echo : public RequestHandler {
 public:
  void Handle(HttpRequest& request, HttpResponse& response) override {
    if (request.path == "/wait") WaitForRelease();
    if (request.path == "/later") return PutOff(*request.deferral, response);
    response.content_type = "text/plain";
    response.headers = "X-Echo: yes\r\n";
    if (request.path.starts_with("/large")) {
      response.body.assign(4'000'000, 'L');
      return;
    }
    response.body = request.method;
    response.body += ' ';
    response.body += request.path;
    response.body += ' ';
    response.body += request.body;
    if (request.path == "/from") response.body = request.from_loopback ? "here" : "elsewhere";
  }

  void AwaitWaiting() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_; });
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }
  std::shared_ptr<LateAnswer> AwaitPutOff() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return put_off_ != nullptr; });
    return std::exchange(put_off_, nullptr);
  }

 private:
  void PutOff(Deferral& deferral, HttpResponse& response) {
    response.headers = "X-Echo: yes\r\n";
    const std::lock_guard lock(mutex_);
    put_off_ = deferral.Defer();
    changed_.notify_all();
  }
  void WaitForRelease() {
    std::unique_lock lock(mutex_);
    waiting_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return released_; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool waiting_ = false;
  bool released_ = false;
  std::shared_ptr<LateAnswer> put_off_;
};

struct Answer {
  int status = 0;
  std::string head;
  std::string body;
};

/// A client's socket. A read that gets nothing for ten seconds counts as the end.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }

  void Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void EndSending() { ::shutdown(socket_, SHUT_WR); }

  /// Status 0: the connection ended before a whole answer was there.
  Answer Read() {
    Answer answer;
    const std::size_t head_size = ReadUntilEndOfHead();
    if (head_size == 0) return answer;
    answer.head = Take(head_size);
    answer.status = std::stoi(answer.head.substr(9, 3));
    const auto length = answer.head.find("Content-Length: ");
    if (length == std::string::npos) return answer;
    const std::size_t body_size = std::stoul(answer.head.substr(length + 16));
    while (bytes_.size() < body_size && ReadSome()) {
    }
    answer.body = Take(body_size);
    return answer;
  }

  /// Everything up to the end of the connection.
  std::string ReadToEnd() {
    while (ReadSome()) {
    }
    return std::exchange(bytes_, {});
  }

 private:
  std::size_t ReadUntilEndOfHead() {
    for (;;) {
      const auto end = bytes_.find("\r\n\r\n");
      if (end != std::string::npos) return end + 4;
      if (!ReadSome()) return 0;
    }
  }
  bool ReadSome() {
    char part[65536];
    const ssize_t got = ::recv(socket_, part, sizeof part, 0);
    if (got <= 0) return false;
    bytes_.append(part, static_cast<std::size_t>(got));
    return true;
  }
  std::string Take(std::size_t size) {
    std::string taken = bytes_.substr(0, size);
    bytes_.erase(0, taken.size());
    return taken;
  }

  int socket_;
  bool connected_ = false;
  std::string bytes_;
};

class HttpServerTest : public testing::Test {
 protected:
  void StartWith(HttpLimits limits, int threads = 2) {
    HttpServerOptions options;
    options.host = "127.0.0.1";
    options.port = 0;
    options.thread_count = threads;
    options.limits = limits;
    options.stop_time = milliseconds(200);
    server_ = std::make_unique<HttpServer>(options, echo_, clock_, log_);
    const auto listening = server_->Listen();
    ASSERT_TRUE(listening) << listening.error().client_text();
    server_->Start();
  }
  void SetUp() override { StartWith(HttpLimits()); }
  std::uint16_t port() const { return server_->port(); }

  Echo echo_;
  ManualClock clock_{kNow};
  Log log_{LogLevel::kOff};
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersARequestWithAllItsHeaders) {
  Client client(port());
  client.Send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
  const Answer answer = client.Read();
  EXPECT_EQ(answer.head,
            "HTTP/1.1 200 OK\r\nServer: Server\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain\r\nContent-Length: 10\r\nConnection: keep-alive\r\n"
            "X-Echo: yes\r\n\r\n");
  EXPECT_EQ(answer.body, "POST /a {}");
}

TEST_F(HttpServerTest, KeepsTheConnectionFromRequestToRequest) {
  Client client(port());
  for (int i = 0; i < 100; ++i) {
    client.Send("GET /" + std::to_string(i) + " HTTP/1.1\r\n\r\n");
    EXPECT_EQ(client.Read().body, "GET /" + std::to_string(i) + " ");
  }
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  Client client(port());
  std::string requests;
  for (int i = 0; i < 2000; ++i) {
    requests += "POST /" + std::to_string(i) + " HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
  }
  client.Send(requests);
  for (int i = 0; i < 2000; ++i) {
    ASSERT_EQ(client.Read().body, "POST /" + std::to_string(i) + " abc");
  }
}

TEST_F(HttpServerTest, SendsLargeAnswersToAClientThatReadsLate) {
  Client client(port());
  client.Send("GET /large HTTP/1.1\r\n\r\nGET /large2 HTTP/1.1\r\n\r\nGET /end HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.Read().body.size(), 4'000'000U);
  EXPECT_EQ(client.Read().body.size(), 4'000'000U);
  EXPECT_EQ(client.Read().body, "GET /end ");
}

TEST_F(HttpServerTest, AnswersHeadWithoutABody) {
  Client client(port());
  client.Send("HEAD /x HTTP/1.1\r\nConnection: close\r\n\r\n");
  const std::string all = client.ReadToEnd();
  EXPECT_NE(all.find("Content-Length: 8\r\n"), std::string::npos);
  EXPECT_TRUE(all.ends_with("\r\n\r\n"));
}

TEST_F(HttpServerTest, ReadsChunkedRequests) {
  Client client(port());
  client.Send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
  client.Send("1\r\nc\r\n0\r\nX-Trailer: 1\r\n\r\n");
  EXPECT_EQ(client.Read().body, "POST / abc");
  client.Send("GET /next HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.Read().body, "GET /next ");
}

TEST_F(HttpServerTest, AnswersAsForTheOwnPathWhenTheTargetIsAbsolute) {
  Client client(port());
  client.Send(
      "POST http://dynamodb.us-east-1.amazonaws.com/ HTTP/1.1\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_EQ(client.Read().body, "POST / x");
}

TEST_F(HttpServerTest, AnswersContinueBeforeTheBodyComes) {
  Client client(port());
  client.Send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.Read().head, "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("ok");
  EXPECT_EQ(client.Read().body, "POST / ok");
}

TEST_F(HttpServerTest, TakesABodyOf16MiB) {
  const std::string body(16U << 20U, 'b');
  Client client(port());
  client.Send("POST / HTTP/1.1\r\nContent-Length: 16777216\r\n\r\n" + body);
  EXPECT_EQ(client.Read().body.size(), body.size() + 7);
}

TEST_F(HttpServerTest, Answers413ToALargerBodyAlsoInChunks) {
  const std::string body((16U << 20U) + 1, 'b');
  Client plain(port());
  plain.Send("POST / HTTP/1.1\r\nContent-Length: 16777217\r\n\r\n" + body);
  EXPECT_EQ(plain.Read().status, 413);
  Client chunked(port());
  chunked.Send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1000001\r\n" + body +
               "\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.Read().status, 413);
}

TEST_F(HttpServerTest, AnswersEveryRefusalBeforeItCloses) {
  struct Case {
    std::string_view bytes;
    int status;
  };
  for (const Case& c : {Case{"\x16\x03\x01 not http", 400},
                        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
                        {"CONNECT dynamodb.us-east-1.amazonaws.com:443 HTTP/1.0\r\n\r\n", 405},
                        {"GET / HTTP/1.1\r\nbad header\r\n\r\n", 400}}) {
    Client client(port());
    client.Send(c.bytes);
    const Answer answer = client.Read();
    EXPECT_EQ(answer.status, c.status) << c.bytes;
    EXPECT_NE(answer.head.find("Connection: close\r\n"), std::string::npos);
    EXPECT_EQ(client.ReadToEnd(), "");
  }
}

TEST_F(HttpServerTest, AnswersWhatCameBeforeTheGarbage) {
  Client client(port());
  client.Send("GET /good HTTP/1.1\r\n\r\n\x01\x02\x03");
  EXPECT_EQ(client.Read().body, "GET /good ");
  EXPECT_EQ(client.Read().status, 400);
}

TEST_F(HttpServerTest, Answers400ToARequestThatEndsEarly) {
  for (const std::string_view part :
       {"GET / HTT", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    Client client(port());
    client.Send(part);
    client.EndSending();
    EXPECT_EQ(client.Read().status, 400) << part;
  }
}

TEST_F(HttpServerTest, AnswersAClientThatHasEndedSending) {
  Client client(port());
  client.Send("GET /last HTTP/1.1\r\n\r\n");
  client.EndSending();
  EXPECT_EQ(client.Read().body, "GET /last ");
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(HttpServerTest, EndsTheConnectionWhenTheClientAsksForIt) {
  Client closing(port());
  closing.Send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_NE(closing.Read().head.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(closing.ReadToEnd(), "");
  Client old(port());
  old.Send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.Read().status, 200);
  EXPECT_EQ(old.ReadToEnd(), "");
}

class SlowClientTest : public HttpServerTest {
 protected:
  void SetUp() override {
    HttpLimits limits;
    limits.header_time = limits.body_time = limits.idle_time = milliseconds(40);
    StartWith(limits);
  }
};

TEST_F(SlowClientTest, Gets408ForAHeaderThatDoesNotCome) {
  Client client(port());
  client.Send("GET / HTTP/1.1\r\nHost:");
  EXPECT_EQ(client.Read().status, 408);
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(SlowClientTest, Gets408ForABodyThatDoesNotCome) {
  Client client(port());
  client.Send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(client.Read().status, 408);
}

TEST_F(SlowClientTest, IsLeftWithoutAnAnswerWhenItAskedNothing) {
  Client client(port());
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(client.Read().status, 0);
}

TEST_F(HttpServerTest, Answers503AboveTheLimitOfConnections) {
  server_->Stop();
  HttpLimits limits;
  limits.max_connections = 1;
  StartWith(limits);
  Client first(port());
  first.Send("GET /1 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(first.Read().status, 200);
  Client second(port());
  second.Send("GET /2 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(second.Read().status, 503);
  first.Send("GET /3 HTTP/1.1\r\n\r\n");
  EXPECT_EQ(first.Read().status, 200);
}

TEST_F(HttpServerTest, Answers503AboveTheLimitOfRequestsInFlight) {
  server_->Stop();
  HttpLimits limits;
  limits.max_requests_in_flight = 1;
  StartWith(limits);
  constexpr std::string_view kHead =
      "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  Client first(port());
  first.Send(kHead);
  EXPECT_EQ(first.Read().status, 100);
  Client second(port());
  second.Send(kHead);
  EXPECT_EQ(second.Read().status, 503);
  first.Send("ok");
  EXPECT_EQ(first.Read().status, 200);
  Client third(port());
  third.Send(kHead);
  EXPECT_EQ(third.Read().status, 100);
}

TEST_F(HttpServerTest, FreesThePortAndEndsIdleConnectionsWhenItStops) {
  Client idle(port());
  idle.Send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(idle.Read().status, 200);
  server_->Stop();
  EXPECT_EQ(idle.ReadToEnd(), "");
  EXPECT_FALSE(Client(port()).connected());
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(HttpServerTest, FinishesTheRequestInFlightWhenItStops) {
  Client client(port());
  client.Send("GET /wait HTTP/1.1\r\n\r\n");
  echo_.AwaitWaiting();
  std::thread stopping([this] { server_->Stop(); });
  echo_.Release();
  const Answer answer = client.Read();
  EXPECT_EQ(answer.body, "GET /wait ");
  client.ReadToEnd();
  stopping.join();
}

TEST_F(HttpServerTest, StopsInTimeAlthoughARequestNeverEnds) {
  Client client(port());
  client.Send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.Read().status, 100);
  server_->Stop();
  EXPECT_EQ(client.Read().status, 408);
}

// --- Answers that are given later

void Give(LateAnswer& answer, const std::string& body) {
  answer.Give([body](HttpResponse& response) {
    response.status = 202;
    response.headers += "X-Late: yes\r\n";
    response.body = body;
  });
}

TEST_F(HttpServerTest, SendsALateAnswerWithWhatTheHandlerLeft) {
  Client client(port());
  client.Send("GET /later HTTP/1.1\r\n\r\n");
  Give(*echo_.AwaitPutOff(), "late");
  const Answer answer = client.Read();
  EXPECT_EQ(answer.status, 202);
  EXPECT_NE(answer.head.find("X-Echo: yes\r\nX-Late: yes\r\n"), std::string::npos);
  EXPECT_EQ(answer.body, "late");
  client.Send("GET /next HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.Read().body, "GET /next ");
}

TEST_F(HttpServerTest, KeepsTheOrderOfPipelinedRequestsAroundALateAnswer) {
  Client client(port());
  client.Send(
      "GET /1 HTTP/1.1\r\n\r\nGET /large HTTP/1.1\r\n\r\nGET /later HTTP/1.1\r\n\r\n"
      "GET /2 HTTP/1.1\r\n\r\nGET /later HTTP/1.1\r\nConnection: close\r\n\r\n");
  Give(*echo_.AwaitPutOff(), "first");  // while /large still waits for its reader
  EXPECT_EQ(client.Read().body, "GET /1 ");
  EXPECT_EQ(client.Read().body.size(), 4'000'000U);
  EXPECT_EQ(client.Read().body, "first");
  EXPECT_EQ(client.Read().body, "GET /2 ");
  Give(*echo_.AwaitPutOff(), "second");
  EXPECT_EQ(client.Read().body, "second");
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(HttpServerTest, AnswersOthersWhileALateAnswerIsAwaited) {
  Client waiting(port());
  waiting.Send("GET /later HTTP/1.1\r\n\r\n");
  const auto answer = echo_.AwaitPutOff();
  for (int i = 0; i < 4; ++i) {  // on both threads
    Client other(port());
    other.Send("GET /other HTTP/1.1\r\n\r\n");
    EXPECT_EQ(other.Read().body, "GET /other ");
  }
  Give(*answer, std::string(4'000'000, 'L'));
  EXPECT_EQ(waiting.Read().body.size(), 4'000'000U);
}

TEST_F(HttpServerTest, DropsALateAnswerWhoseClientHasGone) {
  auto gone = std::make_unique<Client>(port());
  gone->Send("GET /later HTTP/1.1\r\n\r\n");
  const auto answer = echo_.AwaitPutOff();
  gone.reset();
  Give(*answer, "for nobody");
  Give(*answer, "given twice");
  Client next(port());
  next.Send("GET /next HTTP/1.1\r\n\r\n");
  EXPECT_EQ(next.Read().body, "GET /next ");
}

TEST_F(HttpServerTest, StopsInTimeAlthoughALateAnswerIsNeverGiven) {
  Client client(port());
  client.Send("GET /later HTTP/1.1\r\n\r\n");
  const auto answer = echo_.AwaitPutOff();
  server_->Stop();
  EXPECT_EQ(client.ReadToEnd(), "");
  Give(*answer, "too late");
}

TEST_F(HttpServerTest, KnowsClientsOfThisMachine) {
  Client client(port());
  client.Send("GET /from HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.Read().body, "here");
}

TEST_F(HttpServerTest, TellsThatThePortIsInUse) {
  HttpServerOptions options;
  options.host = "127.0.0.1";
  options.port = port();
  HttpServer second(options, echo_, clock_, log_);
  const auto listening = second.Listen();
  ASSERT_FALSE(listening);
  EXPECT_NE(listening.error().client_text().find("the port is in use"), std::string::npos);
}

TEST_F(HttpServerTest, ServesManyClientsAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([this, t] {
      for (int round = 0; round < 20; ++round) {
        Client client(port());
        client.Send("POST /" + std::to_string(t) + " HTTP/1.1\r\nContent-Length: 1\r\n\r\nx");
        EXPECT_EQ(client.Read().body, "POST /" + std::to_string(t) + " x");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

/// One thread, kept busy while other clients' requests come in: they are answered in one turn.
class BusyServerTest : public HttpServerTest {
 protected:
  static constexpr int kClients = 40;  // more than are sent together

  void SetUp() override {
    StartWith(HttpLimits(), 1);
    for (int i = 0; i < kClients; ++i) {
      Client& client = *clients_.emplace_back(std::make_unique<Client>(port()));
      client.Send("GET /first HTTP/1.1\r\n\r\n");
      ASSERT_EQ(client.Read().status, 200);
    }
    busy_ = std::make_unique<Client>(port());
    busy_->Send("GET /wait HTTP/1.1\r\n\r\n");
    echo_.AwaitWaiting();
    for (int i = 0; i < kClients; ++i) Send(i, "");
  }
  void Send(int i, std::string_view headers) {
    clients_[i]->Send("GET /" + std::to_string(i) + " HTTP/1.1\r\n" + std::string(headers) +
                      "\r\n");
  }

  std::vector<std::unique_ptr<Client>> clients_;
  std::unique_ptr<Client> busy_;
};

TEST_F(BusyServerTest, AnswersAllThatCameInMeanwhile) {
  Send(3, "Connection: close\r\n");  // a second request behind the first
  clients_[5].reset();               // gone before its answer is there
  echo_.Release();
  EXPECT_EQ(busy_->Read().body, "GET /wait ");
  for (int i = 0; i < kClients; ++i) {
    if (clients_[i] == nullptr) continue;
    EXPECT_EQ(clients_[i]->Read().body, "GET /" + std::to_string(i) + " ");
  }
  EXPECT_EQ(clients_[3]->Read().body, "GET /3 ");
  EXPECT_EQ(clients_[3]->ReadToEnd(), "");
}

TEST_F(BusyServerTest, AnswersThemAlsoWhenItStops) {
  std::thread stopping([this] { server_->Stop(); });
  echo_.Release();
  for (int i = 0; i < kClients; ++i) {
    EXPECT_EQ(clients_[i]->Read().body, "GET /" + std::to_string(i) + " ");
    EXPECT_EQ(clients_[i]->ReadToEnd(), "");
  }
  stopping.join();
}

}  // namespace
}  // namespace pumice
