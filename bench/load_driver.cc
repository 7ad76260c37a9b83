// SPDX-License-Identifier: Apache-2.0
// Loads the messages into each server, then runs the access patterns against it and, with answers
// of the same size, against the echo server.
//   load_driver --server pumice=8000:1234 --echo 8001:1235 [--items 100000] [--connections 16,1]
//   [--json]

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
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
  std::vector<std::size_t> connections = {16, 1};
  std::vector<std::string> patterns = {"get", "query-20", "put", "update"};
  double seconds = 3;
  double warm_up_seconds = 0.5;
  bool json = false;
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

Workload MakeWorkload(const std::string& pattern, std::size_t item_count) {
  if (pattern == "get") return GetWorkload(item_count);
  if (pattern == "query-20") return QueryWorkload(item_count);
  if (pattern == "put") return PutWorkload(item_count);
  return UpdateWorkload(item_count);
}

/// Creates the table anew and loads it. None: an answer was wrong; it is printed.
std::optional<SeedResult> Seed(const Server& server, std::size_t item_count) {
  using SteadyClock = std::chrono::steady_clock;
  auto connection = Connection::Open(server.port);
  if (!connection) {
    fmt::print(stderr, "{}: cannot connect to port {}\n", server.name, server.port);
    return std::nullopt;
  }
  (void)connection->Call(DeleteTableRequest());  // it need not be there
  const auto created = connection->Call(CreateTableRequest());
  if (!created || created->status != 200) {
    fmt::print(stderr, "{}: CreateTable: {}\n", server.name, created ? created->body : "no answer");
    return std::nullopt;
  }
  const auto cpu = CpuTime(server.pid);
  SteadyClock::duration waited{};
  const std::size_t batches = (item_count + kBatchSize - 1) / kBatchSize;
  for (std::size_t batch = 0; batch < batches; ++batch) {
    const std::string request = SeedRequest(batch, item_count);
    const auto start = SteadyClock::now();
    const auto answer = connection->Call(request);
    waited += SteadyClock::now() - start;
    if (!answer || answer->status != 200 ||
        answer->body.find(R"("UnprocessedItems":{})") == std::string::npos) {
      fmt::print(stderr, "{}: BatchWriteItem: {}\n", server.name,
                 answer ? answer->body : "no answer");
      return std::nullopt;
    }
  }
  const std::chrono::duration<double, std::micro> cpu_used = CpuTime(server.pid) - cpu;
  const auto items = static_cast<double>(item_count);
  return SeedResult{.server = server.name,
                    .items_per_second = items / std::chrono::duration<double>(waited).count(),
                    .server_cpu_us = cpu_used.count() / items,
                    .resident_bytes = ResidentBytes(server.pid)};
}

class Bench {
 public:
  Bench(Settings settings, std::vector<Server> servers, std::optional<Server> echo)
      : settings_(std::move(settings)), servers_(std::move(servers)), echo_(std::move(echo)) {
    report_.item_count = settings_.item_count;
    report_.seconds = settings_.seconds;
  }

  /// False: a server's answer was wrong; the rest is measured all the same.
  bool Run() {
    for (const Server& server : servers_) {
      fmt::print(stderr, "{}: loading {} messages\n", server.name, settings_.item_count);
      auto seed = Seed(server, settings_.item_count);
      if (!seed) return false;
      report_.seeds.push_back(*seed);
    }
    for (const std::string& pattern : settings_.patterns) {
      Workload workload = MakeWorkload(pattern, settings_.item_count);
      for (const std::size_t connections : settings_.connections)
        RunBesideEach(workload, connections);
    }
    return all_right_;
  }

  const Report& report() const { return report_; }

 private:
  void RunBesideEach(Workload& workload, std::size_t connections) {
    double answer_bytes = 0;
    for (const Server& server : servers_) {
      answer_bytes = std::max(answer_bytes, RunOne(server, workload, connections, false));
    }
    if (!echo_) return;
    Workload echo_workload = ForEcho(workload, static_cast<std::size_t>(std::lround(answer_bytes)));
    RunOne(*echo_, echo_workload, connections, true);
  }

  /// Returns the mean size of the answers.
  double RunOne(const Server& server, Workload& workload, std::size_t connections, bool is_echo) {
    using std::chrono::duration;
    using std::chrono::milliseconds;
    fmt::print(stderr, "{}: {} with {} clients\n", server.name, workload.name, connections);
    const LoadOptions options{
        .connections = connections,
        .warm_up =
            std::chrono::duration_cast<milliseconds>(duration<double>(settings_.warm_up_seconds)),
        .duration = std::chrono::duration_cast<milliseconds>(duration<double>(settings_.seconds))};
    Measurement measurement = RunLoad(server, workload, options, counter_);
    if (measurement.failures > 0) {
      all_right_ = false;
      fmt::print(stderr, "{}: {} wrong answers, the first: {}\n", server.name, measurement.failures,
                 measurement.first_failure);
    }
    const double answer_bytes = measurement.answer_bytes;
    report_.rows.push_back(
        {workload.name, connections, server.name, is_echo, std::move(measurement)});
    return answer_bytes;
  }

  Settings settings_;
  std::vector<Server> servers_;
  std::optional<Server> echo_;
  Report report_;
  std::uint64_t counter_ = 0;
  bool all_right_ = true;
};

int Main(int argc, char** argv) {
  Settings settings;
  CLI::App app("Measures DynamoDB servers on 127.0.0.1 with the access patterns of a chat.");
  app.add_option("--server", settings.server_texts, "name=port:pid, once for each server")
      ->required();
  app.add_option("--echo", settings.echo_text, "port:pid of echo_server");
  app.add_option("--items", settings.item_count, "messages to load")
      ->check(CLI::Range(4000, 100'000'000));
  app.add_option("--connections", settings.connections, "numbers of clients")->delimiter(',');
  app.add_option("--patterns", settings.patterns, "get, query-20, put, update")
      ->delimiter(',')
      ->check(CLI::IsMember({"get", "query-20", "put", "update"}));
  app.add_option("--seconds", settings.seconds, "length of each run");
  app.add_option("--warm-up", settings.warm_up_seconds,
                 "seconds before each run that do not count");
  app.add_flag("--json", settings.json, "print JSON instead of a table");
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
  const bool json = settings.json;
  const auto echo = ParseServer(settings.echo_text, "echo");
  Bench bench(std::move(settings), std::move(servers), echo);
  const bool all_right = bench.Run();
  fmt::print("{}", json ? JsonText(bench.report()) : TableText(bench.report()));
  return all_right ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace pumice::bench

int main(int argc, char** argv) { return pumice::bench::Main(argc, argv); }
