// SPDX-License-Identifier: Apache-2.0
#include "bench/report.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <optional>

#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <sys/utsname.h>

namespace pumice::bench {
namespace {

/// Above this the driver, not the server, may have set the pace.
constexpr double kDriverBusy = 0.95;

const Row* EchoBeside(const Report& report, const Row& row) {
  for (const Row& other : report.rows) {
    if (other.is_echo && other.pattern == row.pattern && other.connections == row.connections) {
      return &other;
    }
  }
  return nullptr;
}

/// Processor time per request as a multiple of the echo server's.
std::optional<double> RatioToEcho(const Report& report, const Row& row) {
  const Row* echo = EchoBeside(report, row);
  if (echo == nullptr || row.is_echo || echo->measurement.server_cpu_us <= 0) return std::nullopt;
  return row.measurement.server_cpu_us / echo->measurement.server_cpu_us;
}

std::string RowText(const Report& report, const Row& row) {
  const Measurement& m = row.measurement;
  const auto ratio = RatioToEcho(report, row);
  return fmt::format(
      "{:<10} {:>7}  {:<16} {:>10.0f} {:>9.0f} {:>9.0f} {:>9.1f} {:>8} {:>8.0f}{}{}\n", row.pattern,
      row.connections, row.server, m.requests_per_second, m.p50_us, m.p99_us, m.server_cpu_us,
      ratio ? fmt::format("{:.1f}", *ratio) : "", m.answer_bytes,
      m.driver_load > kDriverBusy ? "  driver busy" : "",
      m.failures > 0 ? fmt::format("  {} FAILED", m.failures) : "");
}

}  // namespace

std::string MachineName() {
  std::string model = "unknown processor";
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (!line.starts_with("model name")) continue;
    model = line.substr(std::min(line.size(), line.find(':') + 2));
    break;
  }
  utsname system{};
  uname(&system);
  return fmt::format("{}, {} cores, {} {}", model, sysconf(_SC_NPROCESSORS_ONLN), system.sysname,
                     system.release);
}

std::string TableText(const Report& report) {
  std::string text = fmt::format(
      "{} messages of about 350 bytes, with an index of all attributes; {:.1f} s each run\n\n",
      report.item_count, report.seconds);
  text += fmt::format("{:<18}  {:<16} {:>10} {:>29} {:>18}\n", "load, 25 a batch", "server",
                      "items/s", "server CPU us/item", "resident MiB");
  for (const SeedResult& seed : report.seeds) {
    text += fmt::format("{:<18}  {:<16} {:>10.0f} {:>29.1f} {:>18.1f}\n", "", seed.server,
                        seed.items_per_second, seed.server_cpu_us,
                        static_cast<double>(seed.resident_bytes) / (1024 * 1024));
  }
  text += fmt::format("\n{:<10} {:>7}  {:<16} {:>10} {:>9} {:>9} {:>9} {:>8} {:>8}\n", "pattern",
                      "clients", "server", "requests/s", "p50 us", "p99 us", "CPU us", "x echo",
                      "bytes");
  for (const Row& row : report.rows) text += RowText(report, row);
  text +=
      "\nCPU us: processor time of the server process per request. x echo: that, beside the echo "
      "server's.\n";
  return text;
}

std::string JsonText(const Report& report) {
  nlohmann::ordered_json json = {{"machine", MachineName()},
                                 {"items", report.item_count},
                                 {"seconds", report.seconds},
                                 {"load", nlohmann::json::array()},
                                 {"runs", nlohmann::json::array()}};
  for (const SeedResult& seed : report.seeds) {
    json["load"].push_back({{"server", seed.server},
                            {"items_per_second", seed.items_per_second},
                            {"server_cpu_us_per_item", seed.server_cpu_us},
                            {"resident_bytes", seed.resident_bytes}});
  }
  for (const Row& row : report.rows) {
    const Measurement& m = row.measurement;
    const auto ratio = RatioToEcho(report, row);
    json["runs"].push_back({{"pattern", row.pattern},
                            {"clients", row.connections},
                            {"server", row.server},
                            {"requests", m.requests},
                            {"requests_per_second", m.requests_per_second},
                            {"p50_us", m.p50_us},
                            {"p99_us", m.p99_us},
                            {"server_cpu_us", m.server_cpu_us},
                            {"times_echo", ratio ? nlohmann::json(*ratio) : nlohmann::json()},
                            {"answer_bytes", m.answer_bytes},
                            {"driver_load", m.driver_load},
                            {"failures", m.failures}});
  }
  return json.dump(2) + "\n";
}

}  // namespace pumice::bench
