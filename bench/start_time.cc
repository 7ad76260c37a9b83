// SPDX-License-Identifier: Apache-2.0
// Starts a server again and again: how long from fork to the first answer of ListTables, and how
// much memory is resident then, with nothing stored.
//   start_time [--runs 20] [--core 1] [--json] --port 8000 -- build/pumice -inMemory -port 8000

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include "bench/http_client.h"
#include "bench/process_stats.h"

namespace pumice::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// `core`: where the server may run; none: anywhere.
pid_t StartServer(const std::vector<std::string>& command, std::optional<int> core) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  if (core) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(*core, &cores);
    sched_setaffinity(0, sizeof cores, &cores);
  }
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

/// Tries until the server answers 200. False: it did not within 30 s.
bool WaitForAnswer(std::uint16_t port) {
  const std::string request = DynamoDbRequest("ListTables", "{}");
  const auto deadline = SteadyClock::now() + std::chrono::seconds(30);
  while (SteadyClock::now() < deadline) {
    auto connection = Connection::Open(port);
    const auto answer = connection ? connection->Call(request) : std::nullopt;
    if (answer && answer->status == 200) return true;
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  return false;
}

struct Start {
  double milliseconds = 0;
  double resident_mib = 0;
};

std::optional<Start> MeasureStart(const std::vector<std::string>& command, std::optional<int> core,
                                  std::uint16_t port) {
  const auto begin = SteadyClock::now();
  const pid_t pid = StartServer(command, core);
  const bool answered = WaitForAnswer(port);
  const std::chrono::duration<double, std::milli> taken = SteadyClock::now() - begin;
  // What only the start needs is given back right behind it.
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const double resident_mib = static_cast<double>(ResidentBytes(pid)) / (1024 * 1024);
  kill(pid, SIGTERM);
  waitpid(pid, nullptr, 0);
  if (!answered) return std::nullopt;
  return Start{taken.count(), resident_mib};
}

template <class Member>
double Median(std::vector<Start>& starts, Member member) {
  const auto middle = starts.begin() + static_cast<std::ptrdiff_t>(starts.size() / 2);
  std::nth_element(starts.begin(), middle, starts.end(),
                   [&](const Start& a, const Start& b) { return a.*member < b.*member; });
  return (*middle).*member;
}

int Main(int argc, char** argv) {
  int runs = 20;
  std::uint16_t port = 0;
  std::optional<int> core;
  bool json = false;
  std::vector<std::string> command;
  CLI::App app(
      "Measures the time from starting a server to its first answer, and its memory then.");
  app.add_option("--runs", runs, "starts; the median is told")->check(CLI::Range(1, 1000));
  app.add_option("--port", port, "where the server will listen")->required();
  app.add_option("--core", core, "the core that the server is pinned to");
  app.add_flag("--json", json, "print JSON");
  app.add_option("command", command, "the server and its flags, after --")->required();
  CLI11_PARSE(app, argc, argv);

  std::vector<Start> starts;
  for (int i = 0; i < runs; ++i) {
    const auto start = MeasureStart(command, core, port);
    if (!start) {
      fmt::print(stderr, "{} did not answer on port {}\n", command[0], port);
      return EXIT_FAILURE;
    }
    starts.push_back(*start);
  }
  const double milliseconds = Median(starts, &Start::milliseconds);
  const double resident_mib = Median(starts, &Start::resident_mib);
  if (json) {
    const nlohmann::ordered_json result = {
        {"runs", runs}, {"first_answer_ms", milliseconds}, {"resident_mib", resident_mib}};
    fmt::print("{}\n", result.dump());
  } else {
    fmt::print("start to first answer {:.1f} ms, resident then {:.1f} MiB (medians of {})\n",
               milliseconds, resident_mib, runs);
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace pumice::bench

int main(int argc, char** argv) { return pumice::bench::Main(argc, argv); }
