// SPDX-License-Identifier: Apache-2.0
#include "server/commands/dump.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "base/clock.h"
#include "bench/patterns/progress.h"
#include "server/command_line.h"
#include "server/commands/endpoint_sink.h"
#include "server/init/table_dump.h"

namespace pumice {
namespace {

constexpr std::string_view kHelp = R"(Usage: pumice dump --endpoint-url URL [flags]

Writes tables with their items as text that `pumice load` and `pumice --init` read: of each table
the request that makes it, then one item a line, as DynamoDB JSON. Writes to a table meanwhile may
or may not be seen, as by Scan.

  --endpoint-url <url>       http://localhost:8000, https://dynamodb.us-east-1.amazonaws.com
  --table <name>             This table; may be repeated. Default: all tables
  --out <file>               Default: stdout. The file is there when all of it is
  --format <format>          jsonl, or csv: items alone, of one table; all are kept in memory first.
                             Default: jsonl
  --schema-only              No items
  --segments <n>             Scans of a table at a time; more than 1 mix the order. Default: 4
  --region <name>            Default: that in an AWS host's name, AWS_REGION, AWS_DEFAULT_REGION,
                             us-east-1
  -help                      Prints this text

Credentials come from AWS's usual variables or its shared file; endpoints other than AWS do without.
Exit codes: 0 done; 1 the endpoint or the file failed; 2 the command line is wrong.
)";

constexpr int kMostSegments = 100;

struct Flags {
  std::string endpoint_url;
  std::vector<std::string> tables;
  std::string out;
  std::string format = "jsonl";
  bool schema_only = false;
  int segments = 4;
  std::string region;
  bool help = false;
};

Result<Flags> ReadFlags(const std::vector<std::string>& arguments) {
  Flags flags;
  CLI::App app;
  app.set_help_flag();
  app.add_option("--endpoint-url", flags.endpoint_url);
  app.add_option("--table", flags.tables)->expected(1)->take_all();
  app.add_option("--out", flags.out);
  app.add_option("--format", flags.format)->check(CLI::IsMember({"jsonl", "csv"}));
  app.add_flag("--schema-only", flags.schema_only);
  app.add_option("--segments", flags.segments)->check(CLI::Range(1, kMostSegments));
  app.add_option("--region", flags.region);
  app.add_flag("-h,--help", flags.help);
  PUMICE_TRY(ReadCommandLine(app, arguments));
  if (flags.help) return flags;
  const auto wrong = [](const char* text) {
    return Error(ErrorCode::kValidation, fmt::format("{} (pumice dump -help tells more)", text));
  };
  if (flags.endpoint_url.empty()) {
    return wrong("Name an endpoint: --endpoint-url http://localhost:8000");
  }
  if (flags.format == "csv" && (flags.tables.size() != 1 || flags.schema_only)) {
    return wrong(
        "--format csv is for the items of one table: name it with --table, without "
        "--schema-only");
  }
  return flags;
}

/// stdout, or a file that gets its name when it is complete.
class Output {
 public:
  static Result<Output> Open(const std::string& path) {
    if (path.empty()) return Output(path, stdout);
    std::FILE* file = std::fopen(Part(path).c_str(), "wb");
    if (file == nullptr) return Failed(path);
    return Output(path, file);
  }
  Output(Output&& other) noexcept
      : path_(std::move(other.path_)), file_(std::exchange(other.file_, nullptr)) {}
  Output& operator=(Output&&) = delete;
  ~Output() {
    if (file_ == nullptr || path_.empty()) return;
    std::fclose(file_);
    std::remove(Part(path_).c_str());
  }

  Result<void> Write(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), file_) == text.size()) return Ok();
    return Failed(path_);
  }

  Result<void> Finish() {
    std::FILE* file = std::exchange(file_, nullptr);
    if (path_.empty()) return std::fflush(file) == 0 ? Result<void>(Ok()) : Failed("stdout");
    if (std::fclose(file) != 0) return Failed(path_);
    std::error_code error;
    std::filesystem::rename(Part(path_), path_, error);
    if (error) return Error(ErrorCode::kInternal, fmt::format("{}: {}", path_, error.message()));
    return Ok();
  }

 private:
  Output(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}

  static std::string Part(const std::string& path) { return path + ".part"; }
  static Error Failed(const std::string& path) {
    return Error(ErrorCode::kInternal, fmt::format("{}: {}", path, std::strerror(errno)));
  }

  std::string path_;
  std::FILE* file_;
};

Result<void> DumpTables(const Flags& flags, const DumpSource& source, Output& output) {
  std::vector<std::string> tables = flags.tables;
  if (tables.empty()) {
    PUMICE_TRY(tables, AllTables(source));
  }
  patterns::Progress progress(patterns::StderrIsTerminal());
  for (const std::string& table : tables) {
    std::uint64_t items = 0;
    progress.Start(table);
    const auto write = [&](std::string_view text, std::uint64_t count, double fraction) {
      items += count;
      progress.Update(fraction, fmt::format("{} items", items));
      return output.Write(text);
    };
    PUMICE_TRY(flags.format == "csv" ? DumpCsv(source, table, write)
                                     : DumpJsonLines(source, table, write));
    progress.Done(fmt::format("{} item{}", items, items == 1 ? "" : "s"));
  }
  return Ok();
}

Result<void> Run(const Flags& flags, const patterns::Endpoint& endpoint) {
  const SystemClock clock;
  const DumpSource source{[&]() -> std::unique_ptr<CallSink> {
                            return std::make_unique<EndpointSink>(endpoint, clock);
                          },
                          flags.schema_only ? 0 : flags.segments};
  PUMICE_TRY(Output output, Output::Open(flags.out));
  PUMICE_TRY(DumpTables(flags, source, output));
  return output.Finish();
}

}  // namespace

int Dump(const std::vector<std::string>& arguments) {
  const Result<Flags> flags = ReadFlags(arguments);
  if (!flags) return Fail(kBadCommandLine, flags.error().client_text());
  if (flags.value().help) {
    Print(kHelp);
    return EXIT_SUCCESS;
  }
  const Result<patterns::Endpoint> endpoint =
      ReadEndpointUrl(flags.value().endpoint_url, flags.value().region);
  if (!endpoint) return Fail(kBadCommandLine, endpoint.error().client_text());
  const Result<void> done = Run(flags.value(), endpoint.value());
  return done ? EXIT_SUCCESS : Fail(EXIT_FAILURE, done.error().client_text());
}

}  // namespace pumice
