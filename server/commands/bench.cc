// SPDX-License-Identifier: Apache-2.0
#include "server/commands/bench.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "base/clock.h"
#include "bench/patterns/bench_run.h"
#include "bench/patterns/report.h"
#include "server/command_line.h"
#include "server/commands/stop_signals.h"

namespace pumice {
namespace {

constexpr std::string_view kHelp =
    R"(Usage: pumice bench FILE --against URL [--against URL]... [flags]

Makes the tables of a file of access patterns at each endpoint and fills them, checks the answers
and the cost of each pattern, measures a closed loop (N connections) and an open loop (a fixed rate,
latencies from when a call was due), deletes the tables, and prints the endpoints side by side. The
form of the file: docs/patterns.md. AWS's usual variables give credentials and region; endpoints
other than AWS do without. Ctrl-C ends the run with what was measured so far.

  --against <url>            http://localhost:8000, https://dynamodb.us-east-1.amazonaws.com, or
                             name=url with a name for the report; may be repeated
  --check                    Exit code 1 if an answer is wrong or a budget is broken
  --html <file>              Writes a page with plots, readable without a network
  --json <file>              Writes all figures as JSON; - for stdout, in place of the table
  --connections <n>          Of both loops. Default: the file's, else 16
  --seconds <s>              Of each loop; 0 measures nothing: answers and costs only. Default: the
                             file's, else 10
  --rate <n>                 Calls a second of the open loop. Default: the file's, else half of what
                             the slowest endpoint answered in the closed loop
  --warm-up <s>              Seconds before the closed loop counts. Default: 0.5
  --replace-tables           Deletes tables that exist already; without it that is an error
  --use-tables               Uses the tables as they are; makes, loads and deletes nothing
  --keep-tables              Does not delete the tables at the end
  --prices <file>            In place of the file's prices
  --region <name>            Of all endpoints. Default: that in an AWS host's name, AWS_REGION,
                             AWS_DEFAULT_REGION, us-east-1
  -help                      Prints this text

Exit codes: 0 done; 1 with --check: something is broken; 2 the command line or the file is wrong;
3 an endpoint failed; 130 interrupted.
)";

constexpr int kBroken = 1;
constexpr int kEndpointFailed = 3;
constexpr int kInterrupted = 130;
constexpr double kMostSeconds = 86'400;

struct Flags {
  std::vector<std::string> files;
  std::vector<std::string> against;
  std::string html;
  std::string json;
  std::string prices;
  std::string region;
  std::optional<std::uint64_t> connections;
  std::optional<double> seconds;
  std::optional<double> rate;
  double warm_up = 0.5;
  bool check = false;
  bool replace_tables = false;
  bool use_tables = false;
  bool keep_tables = false;
  bool help = false;
};

Result<Flags> ReadFlags(const std::vector<std::string>& arguments) {
  Flags flags;
  CLI::App app;
  app.set_help_flag();
  app.add_option("file", flags.files);
  app.add_option("--against", flags.against)->expected(1)->take_all();
  app.add_option("--html", flags.html);
  app.add_option("--json", flags.json);
  app.add_option("--prices", flags.prices);
  app.add_option("--region", flags.region);
  app.add_option("--connections", flags.connections)->check(CLI::Range(1, 1000));
  app.add_option("--seconds", flags.seconds)->check(CLI::Range(0.0, kMostSeconds));
  app.add_option("--rate", flags.rate)->check(CLI::Range(0.01, 1e7));
  app.add_option("--warm-up", flags.warm_up)->check(CLI::Range(0.0, kMostSeconds));
  app.add_flag("--check", flags.check);
  app.add_flag("--replace-tables", flags.replace_tables);
  app.add_flag("--use-tables", flags.use_tables);
  app.add_flag("--keep-tables", flags.keep_tables);
  app.add_flag("-h,--help", flags.help);
  PUMICE_TRY(ReadCommandLine(app, arguments));
  if (flags.help) return flags;
  const auto wrong = [](const char* text) {
    return Error(ErrorCode::kValidation, fmt::format("{} (pumice bench -help tells more)", text));
  };
  if (flags.files.size() != 1) return wrong("Name one file of access patterns");
  if (flags.against.empty()) return wrong("Name an endpoint: --against http://localhost:8000");
  if (flags.replace_tables && flags.use_tables) {
    return wrong("--replace-tables and --use-tables exclude each other");
  }
  return flags;
}

std::chrono::milliseconds MillisecondsOf(double seconds) {
  return std::chrono::milliseconds(std::llround(seconds * 1000));
}

Result<patterns::BenchOptions> OptionsOf(const Flags& flags, const patterns::PatternFile& file) {
  constexpr patterns::UrlFlag kFlag{.name = "--against", .takes_names = true};
  patterns::BenchOptions options;
  for (const std::string& url : flags.against) {
    PUMICE_TRY(patterns::Endpoint endpoint,
               patterns::ReadEndpoint(kFlag, url, flags.region, patterns::ProcessEnvironment));
    const auto same = [&](const patterns::Endpoint& other) { return other.name == endpoint.name; };
    if (std::any_of(options.endpoints.begin(), options.endpoints.end(), same)) {
      return Error(
          ErrorCode::kValidation,
          fmt::format("--against {}: two endpoints have that name; give one as name=url", url));
    }
    options.endpoints.push_back(std::move(endpoint));
  }
  options.measure = file.measure;
  if (flags.connections) options.measure.connections = *flags.connections;
  if (flags.seconds) options.measure.duration = MillisecondsOf(*flags.seconds);
  if (flags.rate) options.measure.rate = flags.rate;
  options.warm_up = MillisecondsOf(flags.warm_up);
  if (flags.replace_tables) options.tables = patterns::TablePolicy::kReplace;
  if (flags.use_tables) options.tables = patterns::TablePolicy::kExisting;
  options.keep_tables = flags.keep_tables;
  return options;
}

Result<void> WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (file) return Ok();
  return Error(ErrorCode::kInternal, fmt::format("{}: the report cannot be written", path));
}

/// A report that cannot be written must be told before the minutes of measuring, not after.
Result<void> TryReportFiles(const Flags& flags) {
  for (const std::string& path : {flags.html, flags.json}) {
    if (path.empty() || path == "-") continue;
    PUMICE_TRY(WriteFile(path, ""));
  }
  return Ok();
}

Result<void> Report(const Flags& flags, const patterns::ReportInput& input) {
  Print(flags.json == "-" ? JsonText(input) : TableText(input));
  if (!flags.json.empty() && flags.json != "-") {
    PUMICE_TRY(WriteFile(flags.json, JsonText(input)));
  }
  if (!flags.html.empty()) {
    PUMICE_TRY(WriteFile(flags.html, HtmlText(input)));
  }
  return Ok();
}

int ExitCodeOf(const Flags& flags, const patterns::ReportInput& input) {
  if (input.result.interrupted) return kInterrupted;
  for (const patterns::EndpointResult& endpoint : input.result.endpoints) {
    if (!endpoint.problem.empty()) return kEndpointFailed;
  }
  return flags.check && !input.broken.empty() ? kBroken : EXIT_SUCCESS;
}

Result<int> RunBench(const Flags& flags) {
  PUMICE_TRY(const patterns::PatternFile file, patterns::ReadPatternFile(flags.files.front()));
  PUMICE_TRY(const patterns::BenchOptions options, OptionsOf(flags, file));
  std::optional<patterns::Prices> prices;
  const std::string& prices_path = flags.prices.empty() ? file.prices_path : flags.prices;
  if (!prices_path.empty()) {
    PUMICE_TRY(prices, patterns::ReadPrices(prices_path));
  }
  PUMICE_TRY(TryReportFiles(flags));
  const patterns::StopFlag& stop = StopOnSignals();
  const SystemClock clock;
  patterns::Progress progress(patterns::StderrIsTerminal());
  const patterns::BenchResult result =
      patterns::BenchRun(file, options, clock, stop, progress).Run(std::move(prices));
  const std::vector<patterns::Verdict> broken = patterns::FindBroken(file, result);
  const patterns::ReportInput input{file, result, broken};
  PUMICE_TRY(Report(flags, input));
  return ExitCodeOf(flags, input);
}

}  // namespace

int Bench(const std::vector<std::string>& arguments) {
  const Result<Flags> flags = ReadFlags(arguments);
  if (!flags) return Fail(kBadCommandLine, flags.error().client_text());
  if (flags.value().help) {
    Print(kHelp);
    return EXIT_SUCCESS;
  }
  const Result<int> code = RunBench(flags.value());
  if (code) return code.value();
  return Fail(kBadCommandLine, code.error().client_text());
}

}  // namespace pumice
