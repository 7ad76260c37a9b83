// SPDX-License-Identifier: Apache-2.0
#include "bench/http_load.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "bench/http_client.h"
#include "bench/process_stats.h"

namespace pumice::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kReceiveBytes = 64 * 1024;
constexpr int kStallMilliseconds = 10'000;

bool HoldsInOrder(std::string_view body, const std::vector<std::string>& markers) {
  std::size_t from = 0;
  for (const std::string& marker : markers) {
    const std::size_t at = body.find(marker, from);
    if (at == body.npos) return false;
    from = at + marker.size();
  }
  return true;
}

struct Client {
  Connection connection;
  const Request* request = nullptr;  // on its way
  SteadyClock::time_point sent;
  std::string received;
};

class Load {
 public:
  Load(Workload& workload, std::uint64_t& counter) : workload_(workload), counter_(counter) {}
  ~Load() {
    if (epoll_ >= 0) close(epoll_);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  bool Connect(std::uint16_t port, std::size_t connections);
  void Send(Client& client);
  /// Sends and reads until `end`; every client then has one request on its way.
  void RunUntil(SteadyClock::time_point end);
  void ForgetSamples();
  void Summarise(Measurement& measurement);

  std::vector<Client>& clients() { return clients_; }

 private:
  void Receive(Client& client);
  void Check(const Client& client, const AnswerView& answer);
  void Fail(std::string text);

  Workload& workload_;
  std::uint64_t& counter_;
  std::size_t next_ = 0;
  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  std::vector<Client> clients_;
  std::vector<std::uint32_t> latencies_ns_;
  std::uint64_t answer_bytes_ = 0;
  std::uint64_t failures_ = 0;
  std::string first_failure_;
  bool broken_ = false;  // a connection is lost: the run ends
};

bool Load::Connect(std::uint16_t port, std::size_t connections) {
  clients_.reserve(connections);  // epoll holds their addresses
  for (std::size_t i = 0; i < connections; ++i) {
    auto connection = Connection::Open(port);
    if (!connection) {
      Fail(fmt::format("cannot connect to port {}", port));
      return false;
    }
    clients_.push_back(
        {.connection = std::move(*connection), .request = nullptr, .sent = {}, .received = {}});
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &clients_.back()}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, clients_.back().connection.descriptor(), &event);
  }
  return true;
}

void Load::Send(Client& client) {
  Request& request = workload_.requests[next_];
  next_ = (next_ + 1) % workload_.requests.size();
  if (!request.counter_offsets.empty()) StampCounter(request, counter_++);
  client.request = &request;
  client.sent = SteadyClock::now();
  const auto sent = send(client.connection.descriptor(), request.bytes.data(), request.bytes.size(),
                         MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(request.bytes.size())) return;
  Fail("the server closed a connection");
  broken_ = true;
}

void Load::RunUntil(SteadyClock::time_point end) {
  std::vector<epoll_event> events(clients_.size());
  while (!broken_ && SteadyClock::now() < end) {
    const int ready =
        epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), kStallMilliseconds);
    if (ready == 0) {
      Fail("no answer for 10 seconds");
      broken_ = true;
    }
    for (int i = 0; i < ready; ++i) Receive(*static_cast<Client*>(events[i].data.ptr));
  }
}

void Load::Receive(Client& client) {
  // One buffer for all: nearly always the answer is there as a whole and nothing needs to be kept.
  static thread_local char buffer[kReceiveBytes];
  const ssize_t count = recv(client.connection.descriptor(), buffer, sizeof buffer, MSG_DONTWAIT);
  if (count <= 0) {
    Fail("the server closed a connection");
    broken_ = true;
    return;
  }
  std::string_view bytes(buffer, static_cast<std::size_t>(count));
  if (!client.received.empty()) bytes = client.received.append(bytes);
  AnswerView answer;
  switch (ParseAnswer(bytes, answer)) {
    case AnswerState::kIncomplete:
      if (client.received.empty()) client.received = bytes;
      return;
    case AnswerState::kMalformed:
      Fail(fmt::format("malformed answer: {}", bytes.substr(0, 200)));
      broken_ = true;
      return;
    case AnswerState::kComplete: break;
  }
  const auto latency = SteadyClock::now() - client.sent;
  latencies_ns_.push_back(static_cast<std::uint32_t>(std::chrono::nanoseconds(latency).count()));
  Check(client, answer);
  client.received.clear();
  Send(client);
}

void Load::Check(const Client& client, const AnswerView& answer) {
  answer_bytes_ += answer.body.size();
  if (answer.status == 200 && HoldsInOrder(answer.body, client.request->markers)) return;
  Fail(fmt::format("{} to {}: {}", workload_.name, answer.status, answer.body.substr(0, 200)));
}

void Load::Fail(std::string text) {
  if (failures_++ == 0) first_failure_ = std::move(text);
}

void Load::ForgetSamples() {
  latencies_ns_.clear();
  answer_bytes_ = 0;
}

double PercentileUs(std::vector<std::uint32_t>& samples_ns, double share) {
  const auto at = samples_ns.begin() +
                  static_cast<std::ptrdiff_t>(share * static_cast<double>(samples_ns.size() - 1));
  std::nth_element(samples_ns.begin(), at, samples_ns.end());
  return *at / 1000.0;
}

void Load::Summarise(Measurement& measurement) {
  measurement.failures = failures_;
  measurement.first_failure = first_failure_;
  measurement.requests = latencies_ns_.size();
  if (latencies_ns_.empty()) return;
  measurement.answer_bytes =
      static_cast<double>(answer_bytes_) / static_cast<double>(latencies_ns_.size());
  measurement.p50_us = PercentileUs(latencies_ns_, 0.50);
  measurement.p99_us = PercentileUs(latencies_ns_, 0.99);
}

}  // namespace

Measurement RunLoad(const Server& server, Workload& workload, const LoadOptions& options,
                    std::uint64_t& counter) {
  Measurement measurement;
  Load load(workload, counter);
  if (load.Connect(server.port, options.connections)) {
    for (Client& client : load.clients()) load.Send(client);
    load.RunUntil(SteadyClock::now() + options.warm_up);
    load.ForgetSamples();
    const auto start = SteadyClock::now();
    const auto server_cpu = CpuTime(server.pid);
    const auto driver_cpu = CpuTime(getpid());
    load.RunUntil(start + options.duration);
    const std::chrono::duration<double, std::micro> server_used = CpuTime(server.pid) - server_cpu;
    const std::chrono::duration<double> driver_used = CpuTime(getpid()) - driver_cpu;
    const std::chrono::duration<double> elapsed = SteadyClock::now() - start;
    load.Summarise(measurement);
    const auto requests = static_cast<double>(std::max<std::uint64_t>(1, measurement.requests));
    measurement.requests_per_second = static_cast<double>(measurement.requests) / elapsed.count();
    measurement.server_cpu_us = server_used.count() / requests;
    measurement.driver_load = driver_used / elapsed;
    return measurement;
  }
  load.Summarise(measurement);
  return measurement;
}

}  // namespace pumice::bench
