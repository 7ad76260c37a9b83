// SPDX-License-Identifier: Apache-2.0
#include "server/init/file_loader.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/core.h>

#include "base/counted.h"

namespace pumice {
namespace {

constexpr double kShortestSeconds = 0.001;

}  // namespace

Result<std::vector<CheckedFile>> CheckFiles(const std::vector<InitFile>& files,
                                            const ReadOptions& options) {
  std::vector<CheckedFile> checked;
  for (const InitFile& file : files) {
    CheckedFile counted{file};
    const auto count = [&](const InitStep& step) -> Result<void> {
      if (std::holds_alternative<WriteStep>(step.what)) ++counted.items;
      return Ok();
    };
    PUMICE_TRY(ReadInitFile(file, options, count));
    checked.push_back(std::move(counted));
  }
  return checked;
}

Result<PlayCounts> PlayFile(const CheckedFile& file, const ReadOptions& options, CallSink& sink,
                            FunctionRef<void(const PlayCounts&)> progress) {
  StepPlayer player(sink, file.file.path);
  const auto play = [&](InitStep step) -> Result<void> {
    PUMICE_TRY(player.Play(std::move(step)));
    progress(player.counts());
    return Ok();
  };
  PUMICE_TRY(ReadInitFile(file.file, options, play));
  PUMICE_TRY(player.Finish());
  return player.counts();
}

std::string SummaryOf(const PlayCounts& counts, double seconds) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (counts.tables_made > 0) add(Counted(counts.tables_made, "table") + " made");
  if (counts.tables_found > 0) {
    add(Counted(counts.tables_found, "table") + " there already");
  }
  if (counts.items > 0 || text.empty()) {
    const double rate = static_cast<double>(counts.items) / std::max(seconds, kShortestSeconds);
    add(fmt::format("{} in {:.1f} s ({:.0f} a second)", Counted(counts.items, "item"), seconds,
                    rate));
  }
  return text;
}

}  // namespace pumice
