// SPDX-License-Identifier: Apache-2.0
#include "server/commands/tail.h"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "base/clock.h"
#include "server/command_line.h"
#include "server/commands/endpoint_sink.h"
#include "server/commands/stop_signals.h"
#include "server/commands/stream_follower.h"

namespace pumice {
namespace {

constexpr std::string_view kHelp = R"(Usage: pumice tail TABLE [flags]

Prints the changes of a table as they come: each record of its stream as GetRecords answers it, as
one line of JSON. Shards are followed from parents to children. Ctrl-C ends it.

  --endpoint-url <url>       Default: http://localhost:8000
  --from <place>             latest: what is written from now on (default); horizon: also what the
                             stream holds of the last 24 hours
  --no-wait                  Ends when all is printed that is there
  --region <name>            Default: that in an AWS host's name, AWS_REGION, AWS_DEFAULT_REGION,
                             us-east-1
  -help                      Prints this text

Credentials come from AWS's usual variables or its shared file; endpoints other than AWS do without.
Exit codes: 0 ended by Ctrl-C, or the stream is disabled and all of it is printed; 1 the endpoint
failed, or the table has no stream; 2 the command line is wrong.
)";

// AWS allows five reads of a shard a second.
constexpr std::chrono::milliseconds kPause{200};

struct Flags {
  std::vector<std::string> tables;
  std::string endpoint_url = "http://localhost:8000";
  std::string from = "latest";
  bool no_wait = false;
  std::string region;
  bool help = false;
};

Result<Flags> ReadFlags(const std::vector<std::string>& arguments) {
  Flags flags;
  CLI::App app;
  app.set_help_flag();
  app.add_option("table", flags.tables);
  app.add_option("--endpoint-url", flags.endpoint_url);
  app.add_option("--from", flags.from)->check(CLI::IsMember({"latest", "horizon"}));
  app.add_flag("--no-wait", flags.no_wait);
  app.add_option("--region", flags.region);
  app.add_flag("-h,--help", flags.help);
  PUMICE_TRY(ReadCommandLine(app, arguments));
  if (flags.help || flags.tables.size() == 1) return flags;
  return Error(ErrorCode::kValidation, "Name one table (pumice tail -help tells more)");
}

constexpr auto kPrintRecords = [](const StreamPage& page) -> Result<bool> {
  std::string lines;
  for (const StreamRecord& record : page.records) lines += record.dump() + "\n";
  const bool written = std::fwrite(lines.data(), 1, lines.size(), stdout) == lines.size() &&
                       std::fflush(stdout) == 0;
  if (written) return true;
  return Error(ErrorCode::kInternal, fmt::format("stdout: {}", std::strerror(errno)));
};

Result<void> PrintAllThatIsThere(StreamFollower& follower) {
  do {
    PUMICE_TRY(follower.ReadPages(kPrintRecords));
  } while (!follower.ended() && !follower.caught_up());
  return Ok();
}

Result<void> PrintAsTheyCome(StreamFollower& follower, CallSink& sink, const std::string& arn) {
  PUMICE_TRY(std::size_t count, follower.ReadPages(kPrintRecords));
  // What is written from here on is printed, wherever it began.
  std::fprintf(stderr, "Follows %s\n", arn.c_str());
  while (!follower.ended()) {
    if (count == 0) {
      PUMICE_TRY(sink.Wait(kPause));
    }
    PUMICE_TRY(count, follower.ReadPages(kPrintRecords));
  }
  std::fprintf(stderr, "The stream is disabled: nothing more will come\n");
  return Ok();
}

Result<void> Run(const Flags& flags, const patterns::Endpoint& endpoint,
                 const patterns::StopFlag& stop) {
  const SystemClock clock;
  EndpointSink tables(endpoint, clock, patterns::kDynamoDb, stop);
  EndpointSink streams(endpoint, clock, patterns::kDynamoDbStreams, stop);
  PUMICE_TRY(const std::string arn, FindNewestStream(streams, tables, flags.tables.front()));
  const auto start =
      flags.from == "latest" ? StreamFollower::Start::kLatest : StreamFollower::Start::kHorizon;
  StreamFollower follower(streams, arn, start);
  return flags.no_wait ? PrintAllThatIsThere(follower) : PrintAsTheyCome(follower, streams, arn);
}

}  // namespace

int Tail(const std::vector<std::string>& arguments) {
  const Result<Flags> flags = ReadFlags(arguments);
  if (!flags) return Fail(kBadCommandLine, flags.error().client_text());
  if (flags.value().help) {
    Print(kHelp);
    return EXIT_SUCCESS;
  }
  const Result<patterns::Endpoint> endpoint =
      ReadEndpointUrl(flags.value().endpoint_url, flags.value().region);
  if (!endpoint) return Fail(kBadCommandLine, endpoint.error().client_text());
  const patterns::StopFlag& stop = StopOnSignals();
  const Result<void> done = Run(flags.value(), endpoint.value(), stop);
  if (done || stop.is_set()) return EXIT_SUCCESS;
  return Fail(EXIT_FAILURE, done.error().client_text());
}

}  // namespace pumice
