// SPDX-License-Identifier: Apache-2.0
#include "server/commands/load.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "base/clock.h"
#include "bench/patterns/progress.h"
#include "server/command_line.h"
#include "server/commands/endpoint_sink.h"
#include "server/init/file_loader.h"

namespace pumice {
namespace {

constexpr std::string_view kHelp = R"(Usage: pumice load FILE|FOLDER... --endpoint-url URL [flags]

Makes tables and writes items at an endpoint as the files say: requests of CreateTable, templates of
CloudFormation, items as DynamoDB JSON, BatchWriteItem or CSV; docs/init.md has the forms. A folder
stands for its files in the order of their names. Files are checked before the first call. A table
that is there already is left as it is; items are put, in place of those with the same key.

  --endpoint-url <url>       http://localhost:8000, https://dynamodb.us-east-1.amazonaws.com
  --table <name>             Where items go whose file does not say. Default: its name tells,
                             20-users.csv goes to users
  --region <name>            Default: that in an AWS host's name, AWS_REGION, AWS_DEFAULT_REGION,
                             us-east-1
  -help                      Prints this text

Credentials come from AWS's usual variables or its shared file; endpoints other than AWS do without.
Exit codes: 0 done; 1 the endpoint failed or refused something; 2 the command line or a file is wrong.
)";

struct Flags {
  std::vector<std::string> paths;
  std::string endpoint_url;
  std::string table;
  std::string region;
  bool help = false;
};

Result<Flags> ReadFlags(const std::vector<std::string>& arguments) {
  Flags flags;
  CLI::App app;
  app.set_help_flag();
  app.add_option("paths", flags.paths);
  app.add_option("--endpoint-url", flags.endpoint_url);
  app.add_option("--table", flags.table);
  app.add_option("--region", flags.region);
  app.add_flag("-h,--help", flags.help);
  PUMICE_TRY(ReadCommandLine(app, arguments));
  if (flags.help) return flags;
  const auto wrong = [](const char* text) {
    return Error(ErrorCode::kValidation, fmt::format("{} (pumice load -help tells more)", text));
  };
  if (flags.paths.empty()) return wrong("Name a file or a folder to load");
  if (flags.endpoint_url.empty()) {
    return wrong("Name an endpoint: --endpoint-url http://localhost:8000");
  }
  return flags;
}

Result<std::vector<InitFile>> FilesOfFolder(const std::string& folder,
                                            patterns::Progress& progress) {
  PUMICE_TRY(InitFolder listed, ListInitFolder(folder));
  for (const std::string& name : listed.ignored) {
    progress.Say(fmt::format("{}: ignored, it is of no kind that can be loaded", name));
  }
  // Only a server has handlers.
  std::erase_if(listed.files,
                [](const InitFile& file) { return file.kind == InitFileKind::kHandlers; });
  return std::move(listed.files);
}

Result<std::vector<InitFile>> FilesOf(const std::vector<std::string>& paths,
                                      patterns::Progress& progress) {
  std::vector<InitFile> files;
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
      PUMICE_TRY(std::vector<InitFile> inside, FilesOfFolder(path, progress));
      files.insert(files.end(), std::make_move_iterator(inside.begin()),
                   std::make_move_iterator(inside.end()));
      continue;
    }
    const auto kind = InitFileKindOf(path);
    if (!kind && !std::filesystem::exists(path, ignored)) {
      return Error(ErrorCode::kValidation,
                   fmt::format("{}: there is no such file or folder", path));
    }
    if (!kind) {
      return Error(ErrorCode::kValidation,
                   fmt::format("{}: a name that ends in .yaml, .yml, .template, .json, .jsonl, "
                               ".ndjson or .csv is needed",
                               path));
    }
    files.push_back({path, *kind});
  }
  return files;
}

/// What there is to load and where, all of it read.
struct Job {
  patterns::Endpoint endpoint;
  ReadOptions options;
  std::vector<CheckedFile> files;
};

Result<Job> ReadJob(const Flags& flags, patterns::Progress& progress) {
  Job job;
  PUMICE_TRY(job.endpoint, ReadEndpointUrl(flags.endpoint_url, flags.region));
  job.options = {flags.table, job.endpoint.region, "000000000000"};
  PUMICE_TRY(const std::vector<InitFile> files, FilesOf(flags.paths, progress));
  if (files.empty()) return Error(ErrorCode::kValidation, "There is no file to load");
  PUMICE_TRY(job.files, CheckFiles(files, job.options));
  return job;
}

double SecondsSince(TimePoint start, const Clock& clock) {
  return std::chrono::duration<double>(clock.Now() - start).count();
}

Result<void> LoadFile(const Job& job, const CheckedFile& file, CallSink& sink,
                      patterns::Progress& progress) {
  const SystemClock clock;
  const TimePoint start = clock.Now();
  const double all = static_cast<double>(std::max<std::uint64_t>(file.items, 1));
  const auto show = [&](const PlayCounts& counts) {
    const double items = static_cast<double>(counts.items);
    progress.Update(items / all, fmt::format("{} of {} items, {:.0f} a second", counts.items,
                                             file.items, items / SecondsSince(start, clock)));
  };
  progress.Start(file.file.path);
  const Result<PlayCounts> counts = PlayFile(file, job.options, sink, show);
  if (!counts) {
    progress.Done("failed");
    return Error(counts.error().code(), counts.error().client_text());
  }
  progress.Done(SummaryOf(counts.value(), SecondsSince(start, clock)));
  return Ok();
}

}  // namespace

int Load(const std::vector<std::string>& arguments) {
  const Result<Flags> flags = ReadFlags(arguments);
  if (!flags) return Fail(kBadCommandLine, flags.error().client_text());
  if (flags.value().help) {
    Print(kHelp);
    return EXIT_SUCCESS;
  }
  patterns::Progress progress(patterns::StderrIsTerminal());
  const Result<Job> job = ReadJob(flags.value(), progress);
  if (!job) return Fail(kBadCommandLine, job.error().client_text());
  const SystemClock clock;
  EndpointSink sink(job.value().endpoint, clock);
  for (const CheckedFile& file : job.value().files) {
    const Result<void> loaded = LoadFile(job.value(), file, sink, progress);
    if (!loaded) return Fail(EXIT_FAILURE, loaded.error().client_text());
  }
  return EXIT_SUCCESS;
}

}  // namespace pumice
