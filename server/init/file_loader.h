// SPDX-License-Identifier: Apache-2.0
#pragma once
// Loads files: all are read to their end before the first call is made, so that a mistake in the
// last of them changes nothing.

#include <cstdint>
#include <string>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "server/init/call_sink.h"
#include "server/init/init_file.h"
#include "server/init/init_step.h"
#include "server/init/step_player.h"

namespace pumice {

struct CheckedFile {
  InitFile file;
  std::uint64_t items = 0;  // that it puts or deletes
};

/// Errors: Validation, with file and line of the first mistake.
Result<std::vector<CheckedFile>> CheckFiles(const std::vector<InitFile>& files,
                                            const ReadOptions& options);

/// `progress` is called after each step. Errors: those of StepPlayer.
Result<PlayCounts> PlayFile(const CheckedFile& file, const ReadOptions& options, CallSink& sink,
                            FunctionRef<void(const PlayCounts&)> progress);

/// "1 table made, 500 items in 0.2 s (2500 a second)".
std::string SummaryOf(const PlayCounts& counts, double seconds);

}  // namespace pumice
