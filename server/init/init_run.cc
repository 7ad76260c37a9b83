// SPDX-License-Identifier: Apache-2.0
#include "server/init/init_run.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "server/init/file_loader.h"
#include "server/init/handler_sink.h"

namespace pumice {
namespace {

constexpr std::chrono::seconds kProgressEvery{2};
constexpr const char* kAccountId = "000000000000";

double Seconds(TimePoint from, TimePoint to) {
  return std::chrono::duration<double>(to - from).count();
}

/// The state's name for a file; its value is the hash of what was applied.
std::string StateName(const InitFile& file) { return "init/" + file.name(); }

class InitRun {
 public:
  InitRun(const InitPlan& plan, const InitParts& parts)
      : plan_(plan),
        parts_(parts),
        sink_(parts.requests, {parts.access_key, parts.region, parts.stopped}) {
    options_.region = parts.region;
    options_.account_id = kAccountId;
  }

  Result<void> Run() {
    PUMICE_TRY(const std::vector<InitFile> due, FilesThatAreDue());
    PUMICE_TRY(const std::vector<CheckedFile> checked, CheckFiles(due, options_));
    for (const CheckedFile& file : checked) {
      PUMICE_TRY(Apply(file));
    }
    return Ok();
  }

 private:
  Result<std::vector<InitFile>> FilesThatAreDue() {
    std::vector<InitFile> due;
    for (const InitFile& file : plan_.files) {
      PUMICE_TRY(const std::string hash, HashOfFile(file.path));
      PUMICE_TRY(const std::optional<std::string> before, parts_.applied.Get(StateName(file)));
      if (before == hash) {
        parts_.log.Info("init: {}: applied before", file.name());
      } else {
        due.push_back(file);
      }
    }
    return due;
  }

  Result<void> Apply(const CheckedFile& file) {
    // Before its steps, so that a file that changes meanwhile is applied again.
    PUMICE_TRY(const std::string hash, HashOfFile(file.file.path));
    const TimePoint start = parts_.clock.Now();
    TimePoint told = start;
    const auto tell = [&](const PlayCounts& counts) {
      const TimePoint now = parts_.clock.Now();
      if (now - told < kProgressEvery) return;
      told = now;
      parts_.log.Info("init: {}: {} of {} items", file.file.name(), counts.items, file.items);
    };
    PUMICE_TRY(const PlayCounts counts, PlayFile(file, options_, sink_, tell));
    PUMICE_TRY(parts_.applied.Put(StateName(file.file), hash));
    parts_.log.Info("init: {}: {}", file.file.name(),
                    SummaryOf(counts, Seconds(start, parts_.clock.Now())));
    return Ok();
  }

  const InitPlan& plan_;
  const InitParts& parts_;
  HandlerSink sink_;
  ReadOptions options_;
};

Result<InitFolder> FilesOf(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return ListInitFolder(path);
  const auto kind = InitFileKindOf(path);
  InitFolder one;
  if (kind) {
    one.files.push_back({path, *kind});
  } else {
    one.ignored.push_back(std::filesystem::path(path).filename().string());
  }
  return one;
}

Result<void> AddHandlers(const InitFile& file, const std::string& region, InitPlan& plan) {
  PUMICE_TRY(TemplateHandlers found, ReadInitHandlers(file, {{}, region, kAccountId}));
  for (std::string& warning : found.warnings) plan.warnings.push_back(std::move(warning));
  if (!found.json.empty()) plan.template_handlers.emplace_back(file.path, std::move(found.json));
  return Ok();
}

}  // namespace

Result<InitPlan> ReadInitPlan(const std::string& path, const std::string& region) {
  PUMICE_TRY(InitFolder listed, FilesOf(path));
  InitPlan plan;
  plan.folder = path;
  plan.ignored = std::move(listed.ignored);
  for (InitFile& file : listed.files) {
    if (file.kind != InitFileKind::kHandlers) {
      PUMICE_TRY(AddHandlers(file, region, plan));
      plan.files.push_back(std::move(file));
    } else if (plan.handlers.empty()) {
      plan.handlers = file.path;
    } else {
      return Error(ErrorCode::kValidation,
                   fmt::format("{} and {}: one file of handlers is enough; put them together",
                               plan.handlers, file.path));
    }
  }
  return plan;
}

void WarnOfIgnored(const InitPlan& plan, Log& log) {
  for (const std::string& name : plan.ignored) {
    log.Warn("init: {}: ignored, it is no .yaml, .yml, .template, .json, .jsonl, .ndjson or .csv",
             name);
  }
  for (const std::string& warning : plan.warnings) log.Warn("init: {}", warning);
}

Result<void> RunInit(const InitPlan& plan, const InitParts& parts) {
  return InitRun(plan, parts).Run();
}

}  // namespace pumice
