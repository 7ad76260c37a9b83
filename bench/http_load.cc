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
constexpr std::chrono::seconds kStall{10};
constexpr std::chrono::seconds kLongest{4};  // what a sample of 32 bits of nanoseconds can hold

struct Client {
  Connection connection;
  const Request* request = nullptr;  // on its way
  SteadyClock::time_point due;       // when the request was to be sent
  std::string received;
};

class Load {
 public:
  /// rate: 0 for a closed loop.
  Load(Workload& workload, std::uint64_t& counter, double rate)
      : workload_(workload),
        counter_(counter),
        interval_(
            std::chrono::duration_cast<SteadyClock::duration>(Seconds(rate > 0 ? 1 / rate : 0))) {}
  ~Load() {
    if (epoll_ >= 0) close(epoll_);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// Every client is then idle.
  bool Connect(std::uint16_t port, std::size_t connections);
  /// Sends and reads until `end`; requests are then still on their way.
  void RunUntil(SteadyClock::time_point end);
  void ForgetSamples();
  void Summarise(Measurement& measurement);

 private:
  using Seconds = std::chrono::duration<double>;

  bool is_open() const { return interval_ > SteadyClock::duration(); }
  /// The requests whose time has come, as far as there are idle clients for them.
  void SendDue(SteadyClock::time_point now);
  void Send(Client& client, SteadyClock::time_point due);
  void Receive(Client& client);
  void Watch(Client& client);
  bool Reopen(Client& client);
  void Check(const Client& client, const AnswerView& answer);
  void Fail(std::string text);

  Workload& workload_;
  std::uint64_t& counter_;
  std::size_t next_ = 0;
  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  std::vector<Client> clients_;
  std::vector<Client*> idle_;
  SteadyClock::duration interval_;  // of the open loop
  SteadyClock::time_point next_due_;
  SteadyClock::time_point last_answer_;
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
        {.connection = std::move(*connection), .request = nullptr, .due = {}, .received = {}});
    Watch(clients_.back());
    idle_.push_back(&clients_.back());
  }
  return true;
}

void Load::Watch(Client& client) {
  epoll_event event{.events = EPOLLIN, .data = {.ptr = &client}};
  epoll_ctl(epoll_, EPOLL_CTL_ADD, client.connection.descriptor(), &event);
}

bool Load::Reopen(Client& client) {
  if (!client.connection.Reopen()) {
    Fail("the server refused a connection");
    broken_ = true;
    return false;
  }
  Watch(client);
  return true;
}

void Load::SendDue(SteadyClock::time_point now) {
  while (!idle_.empty() && next_due_ <= now && !broken_) {
    Client& client = *idle_.back();
    idle_.pop_back();
    Send(client, is_open() ? next_due_ : SteadyClock::now());
    next_due_ += interval_;
  }
}

void Load::Send(Client& client, SteadyClock::time_point due) {
  Request& request = workload_.requests[next_];
  next_ = (next_ + 1) % workload_.requests.size();
  if (!request.counter_offsets.empty()) StampCounter(request, counter_++);
  client.request = &request;
  client.due = due;
  const auto sent = send(client.connection.descriptor(), request.bytes.data(), request.bytes.size(),
                         MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(request.bytes.size())) return;
  Fail("the server closed a connection");
  broken_ = true;
}

void Load::RunUntil(SteadyClock::time_point end) {
  constexpr int kTick = 100;  // milliseconds between looks at the time where nothing comes
  std::vector<epoll_event> events(clients_.size());
  last_answer_ = SteadyClock::now();
  if (next_due_ == SteadyClock::time_point()) next_due_ = last_answer_;
  for (auto now = last_answer_; !broken_ && now < end; now = SteadyClock::now()) {
    SendDue(now);
    // The open loop does not sleep: it would wake too late.
    const int ready =
        epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), is_open() ? 0 : kTick);
    if (ready > 0) last_answer_ = now;
    if (now - last_answer_ > kStall) {
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
  const auto now = SteadyClock::now();
  const auto latency = std::min<SteadyClock::duration>(now - client.due, kLongest);
  latencies_ns_.push_back(static_cast<std::uint32_t>(std::chrono::nanoseconds(latency).count()));
  Check(client, answer);
  const bool closes = answer.closes;
  client.received.clear();
  if (closes && !Reopen(client)) return;
  idle_.push_back(&client);
  SendDue(now);
}

void Load::Check(const Client& client, const AnswerView& answer) {
  answer_bytes_ += answer.body.size();
  if (answer.status == 200 && IsRightAnswer(*client.request, answer.body)) return;
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
  if (latencies_ns_.empty() && failures_ == 0) Fail("no answer came while it was measured");
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
  Load load(workload, counter, options.rate);
  if (load.Connect(server.port, options.connections)) {
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
