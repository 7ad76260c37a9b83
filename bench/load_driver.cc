// SPDX-License-Identifier: Apache-2.0
// Loads the messages into each server, then runs the access patterns against one after the other
// and, with answers of the same size, against the echo server. Prints one line of JSON a result.
//   load_driver --server pumice=8000:1234 --echo 8001:1235 [--items 100000] [--connections 16,1]
// Of several servers, those that are not measured are stopped (SIGSTOP) meanwhile, so that what one
// has put off is done in its own time; all are stopped at the end.

#include <signal.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "bench/cruddur_requests.h"
#include "bench/http_client.h"
#include "bench/http_load.h"
#include "bench/process_stats.h"
#include "bench/report.h"

namespace pumice::bench {
namespace {

struct Settings {
  std::vector<std::string> server_texts;  // name=port:pid
  std::string echo_text;                  // port:pid
  std::size_t item_count = 100'000;
  bool indexed = true;
  bool loaded = false;  // from a run before
  std::vector<std::size_t> connections = {16, 1};
  std::vector<std::string> patterns = PatternNames();
  int repeats = 1;
  double rate = 0;
  double seconds = 3;
  double warm_up_seconds = 0.5;
};

/// A stopped server runs while this lives.
class Awake {
 public:
  Awake(const Server& server, bool alone) : pid_(server.pid), alone_(alone) {
    if (!alone_) kill(pid_, SIGCONT);
  }
  ~Awake() {
    if (!alone_) kill(pid_, SIGSTOP);
  }
  Awake(const Awake&) = delete;
  Awake& operator=(const Awake&) = delete;

 private:
  pid_t pid_;
  bool alone_;  // nothing is measured beside it: it was never stopped
};

/// "port:pid" or "name=port:pid".
std::optional<Server> ParseServer(const std::string& text, std::string default_name) {
  const std::size_t equals = text.find('=');
  const std::size_t numbers = equals == std::string::npos ? 0 : equals + 1;
  const std::size_t colon = text.find(':', numbers);
  if (colon == std::string::npos) return std::nullopt;
  Server server{.name = numbers == 0 ? std::move(default_name) : text.substr(0, equals),
                .port = static_cast<std::uint16_t>(std::atoi(text.c_str() + numbers)),
                .pid = static_cast<pid_t>(std::atoi(text.c_str() + colon + 1))};
  if (server.port == 0 || server.pid == 0) return std::nullopt;
  return server;
}

/// Asks again and again, for servers whose tables take a moment to come and go. The text says what
/// was answered last; empty: what was wished for.
template <class IsRight>
std::string CallUntil(Connection& connection, const std::string& request, IsRight is_right) {
  constexpr int kTries = 1000;
  std::string last = "no answer";
  for (int i = 0; i < kTries; ++i) {
    const auto answer = connection.Call(request);
    if (!answer) return "no answer";
    if (is_right(*answer)) return "";
    last = answer->body;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return last;
}

/// Deletes the table, if it is there, and creates it. The text says what failed; empty: nothing
/// did.
std::string CreateTable(Connection& connection, bool indexed) {
  using Answer = Connection::Answer;
  (void)connection.Call(DeleteTableRequest());
  const std::string problem = CallUntil(connection, CreateTableRequest(indexed),
                                        [](const Answer& answer) { return answer.status == 200; });
  if (!problem.empty()) return "CreateTable: " + problem;
  return CallUntil(connection, DescribeTableRequest(), [](const Answer& answer) {
    return answer.body.find("CREATING") == std::string::npos;
  });
}

/// Creates the table anew and loads it.
LoadResult LoadMessages(const Server& server, std::size_t item_count, bool indexed) {
  using SteadyClock = std::chrono::steady_clock;
  LoadResult result{.server = server.name, .item_count = item_count, .failure = {}};
  auto connection = Connection::Open(server.port);
  result.failure = connection ? CreateTable(*connection, indexed) : "cannot connect";
  const auto cpu = CpuTime(server.pid);
  SteadyClock::duration waited{};
  const std::size_t batches = (item_count + kBatchSize - 1) / kBatchSize;
  for (std::size_t batch = 0; batch < batches && result.failure.empty(); ++batch) {
    const Request request = SeedRequest(batch, item_count);
    const auto start = SteadyClock::now();
    const auto answer = connection->Call(request.bytes);
    waited += SteadyClock::now() - start;
    if (!answer) {
      result.failure = "BatchWriteItem: no answer";
    } else if (answer->status != 200 || !IsRightAnswer(request, answer->body)) {
      result.failure = "BatchWriteItem: " + answer->body;
    }
  }
  const std::chrono::duration<double, std::micro> cpu_used = CpuTime(server.pid) - cpu;
  const auto items = static_cast<double>(item_count);
  result.items_per_second = items / std::chrono::duration<double>(waited).count();
  result.server_cpu_us = cpu_used.count() / items;
  result.resident_bytes = ResidentBytes(server.pid);
  return result;
}

class Bench {
 public:
  Bench(Settings settings, std::vector<Server> servers, std::optional<Server> echo)
      : settings_(std::move(settings)), echo_(std::move(echo)) {
    alone_ = servers.size() == 1 && !echo_;
    for (Server& server : servers) servers_.push_back({.server = std::move(server)});
    if (alone_) return;
    for (const Measured& measured : servers_) kill(measured.server.pid, SIGSTOP);
    if (echo_) kill(echo_->pid, SIGSTOP);
  }

  void Run() {
    for (repeat_ = 1; repeat_ <= settings_.repeats; ++repeat_) {
      if (!settings_.loaded) LoadEach();
      for (const std::string& pattern : settings_.patterns) {
        Workload workload = MakeWorkload(pattern, settings_.item_count);
        for (const std::size_t connections : settings_.connections) {
          RunBesideEach(workload, connections);
        }
      }
    }
  }

 private:
  struct Measured {
    Server server;
    bool usable = true;  // it could be loaded
    double load_seconds = 0;
  };

  void Say(const std::string& server, const std::string& what) const {
    fmt::print(stderr, "{}/{} {}: {}\n", repeat_, settings_.repeats, server, what);
  }

  /// Each repeat begins with a table of the same content, except where that takes very long.
  void LoadEach() {
    constexpr double kTooLong = 30;  // seconds
    for (Measured& measured : servers_) {
      if (!measured.usable || measured.load_seconds > kTooLong) continue;
      Say(measured.server.name, fmt::format("loading {} messages", settings_.item_count));
      const Awake awake(measured.server, alone_);
      const LoadResult result =
          LoadMessages(measured.server, settings_.item_count, settings_.indexed);
      measured.load_seconds = static_cast<double>(result.item_count) / result.items_per_second;
      measured.usable = result.failure.empty();
      Print(JsonLine(result, repeat_));
    }
  }

  void RunBesideEach(Workload& workload, std::size_t connections) {
    double answer_bytes = 0;
    for (const Measured& measured : servers_) {
      if (!measured.usable) continue;
      const double bytes = RunOne(measured.server, workload, connections);
      if (answer_bytes == 0) answer_bytes = bytes;
    }
    if (!echo_) return;
    // As many bytes as the first server's answers: other servers write blanks that it leaves out.
    Workload echo_workload = ForEcho(workload, static_cast<std::size_t>(std::lround(answer_bytes)));
    RunOne(*echo_, echo_workload, connections);
  }

  /// Returns the mean size of the answers.
  double RunOne(const Server& server, Workload& workload, std::size_t connections) {
    using std::chrono::duration;
    using std::chrono::milliseconds;
    Say(server.name, fmt::format("{} with {} clients", workload.name, connections));
    const LoadOptions options{
        .connections = connections,
        .warm_up =
            std::chrono::duration_cast<milliseconds>(duration<double>(settings_.warm_up_seconds)),
        .duration = std::chrono::duration_cast<milliseconds>(duration<double>(settings_.seconds)),
        .rate = settings_.rate};
    const Awake awake(server, alone_);
    RunResult result{.pattern = workload.name,
                     .connections = connections,
                     .server = server.name,
                     .rate = settings_.rate,
                     .measurement = RunLoad(server, workload, options, counter_)};
    Print(JsonLine(result, repeat_));
    return result.measurement.failures == 0 ? result.measurement.answer_bytes : 0;
  }

  static void Print(const std::string& line) {
    fmt::print("{}", line);
    std::fflush(stdout);
  }

  Settings settings_;
  std::vector<Measured> servers_;
  std::optional<Server> echo_;
  bool alone_ = false;
  std::uint64_t counter_ = 0;
  int repeat_ = 0;
};

void AddOptions(CLI::App& app, Settings& settings) {
  app.add_option("--server", settings.server_texts, "name=port:pid, once for each server")
      ->required();
  app.add_option("--echo", settings.echo_text, "port:pid of echo_server");
  app.add_option("--items", settings.item_count, "messages to load")
      ->check(CLI::Range(4000, 100'000'000));
  app.add_flag("--indexed,!--no-index", settings.indexed, "whether the table has an index");
  app.add_flag("--loaded", settings.loaded, "the messages are there, from a run before");
  app.add_option("--connections", settings.connections, "numbers of clients")->delimiter(',');
  app.add_option("--patterns", settings.patterns, "what is measured, in this order")
      ->delimiter(',')
      ->check(CLI::IsMember(PatternNames()));
  app.add_option("--repeats", settings.repeats, "how often all of it is measured");
  app.add_option("--rate", settings.rate, "requests per second, open loop; 0: closed loop");
  app.add_option("--seconds", settings.seconds, "length of each run");
  app.add_option("--warm-up", settings.warm_up_seconds,
                 "seconds before each run that do not count");
}

int Main(int argc, char** argv) {
  Settings settings;
  CLI::App app("Measures DynamoDB servers on 127.0.0.1 with the access patterns of a chat.");
  AddOptions(app, settings);
  CLI11_PARSE(app, argc, argv);

  std::vector<Server> servers;
  for (const std::string& text : settings.server_texts) {
    const auto server = ParseServer(text, "server");
    if (!server) {
      fmt::print(stderr, "not name=port:pid: {}\n", text);
      return EXIT_FAILURE;
    }
    servers.push_back(*server);
  }
  const auto echo = ParseServer(settings.echo_text, "echo");
  Bench(std::move(settings), std::move(servers), echo).Run();
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace pumice::bench

int main(int argc, char** argv) { return pumice::bench::Main(argc, argv); }
