// SPDX-License-Identifier: Apache-2.0
#include "server/commands/healthcheck.h"

#include <unistd.h>

#include <string_view>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "server/commands/command.h"
#include "server/config.h"

namespace pumice {
namespace {

/// Listens on a port of the loopback interface; answers one connection with `answer`.
class OneAnswer {
 public:
  explicit OneAnswer(std::string_view answer) : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, answer] {
      const int client = accept(listener_, nullptr, nullptr);
      char request[1024];
      EXPECT_GT(recv(client, request, sizeof request, 0), 0);
      send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
      close(client);
    });
  }
  ~OneAnswer() {
    thread_.join();
    close(listener_);
  }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

TEST(Healthcheck, TakesTheAnswersOfAwsAndOfDynamoDbLocal) {
  for (const std::string_view status : {"200 OK", "400 Bad Request"}) {
    const OneAnswer server(status == "200 OK" ? "HTTP/1.1 200 OK\r\n\r\n"
                                              : "HTTP/1.1 400 Bad Request\r\n\r\n");
    const auto health = CheckHealth({"", server.port()});
    ASSERT_TRUE(health) << health.error().client_text();
    EXPECT_EQ(health.value(), "healthy: 127.0.0.1 port " + std::to_string(server.port()) + "\n");
  }
}

TEST(Healthcheck, RefusesAnotherAnswer) {
  for (const std::string_view answer :
       {"HTTP/1.1 503 Service Unavailable\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 ", ""}) {
    const OneAnswer server(answer);
    const auto health = CheckHealth({"localhost", server.port()});
    ASSERT_FALSE(health);
    EXPECT_EQ(health.error().client_text(), "127.0.0.1 port " + std::to_string(server.port()) +
                                                " answers, but not as Pumice does");
  }
}

TEST(Healthcheck, TellsThatNobodyListens) {
  const auto health = CheckHealth({"0.0.0.0", 1});
  ASSERT_FALSE(health);
  EXPECT_EQ(health.error().client_text(), "No answer from 127.0.0.1 port 1: Connection refused");
}

TEST(Healthcheck, RefusesAHostThatIsNoAddress) {
  const auto health = CheckHealth({"example.org"});
  ASSERT_FALSE(health);
  EXPECT_EQ(health.error().code(), ErrorCode::kValidation);
  EXPECT_EQ(health.error().client_text(),
            "--host example.org: not an address (pumice -help lists all flags)");
}

TEST(Healthcheck, FindsTheServerOfTheContainer) {
  using namespace std::string_view_literals;
  const auto found = WhereServerListens("pumice\0-inMemory\0-port\0009000\0--host\0::1\0"sv);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->port, 9000);
  EXPECT_EQ(found->host, "::1");
  EXPECT_EQ(WhereServerListens("/usr/local/bin/pumice\0"sv)->port, 8000);
  for (const std::string_view other :
       {""sv, "/sbin/init\0"sv, "/bin/spumice\0-port\0001\0"sv, "pumice\0-port\0000\0"sv,
        "pumice\0-help\0"sv, "pumice\0-nonsense\0"sv, "pumice\0healthcheck\0"sv}) {
    EXPECT_FALSE(WhereServerListens(other)) << other;
  }
}

TEST(Commands, AreSortedAndStandInTheHelp) {
  std::string_view before;
  for (const Command& command : Commands()) {
    EXPECT_LT(before, command.name);
    EXPECT_NE(HelpText().find("\n  " + std::string(command.name) + " "), std::string_view::npos);
    EXPECT_EQ(FindCommand(command.name), &command);
    before = command.name;
  }
  EXPECT_EQ(FindCommand("serve"), nullptr);
}

}  // namespace
}  // namespace pumice
