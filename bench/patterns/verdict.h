// SPDX-License-Identifier: Apache-2.0
#pragma once
// What of a run is not as its file wants it. Pure.

#include <string>
#include <vector>

#include "bench/patterns/bench_run.h"

namespace pumice::patterns {

enum class Broken : std::uint8_t {
  kAnswers,
  kReadUnits,
  kWriteUnits,
  kDollars,
  kLatency,
  kFailures,  // calls of a loop that were not answered with 200
};

struct Verdict {
  std::size_t endpoint = 0;  // its place in BenchResult::endpoints
  std::size_t pattern = 0;   // its place in PatternFile::patterns
  Broken what = Broken::kAnswers;
  std::string text;  // "reads 43.5 units a call, the budget is 1"
};

/// The loop whose latencies count: the open one where there is one, else the closed one; nullptr
/// where nothing was measured.
const Measurement* JudgedLoop(const EndpointResult& endpoint);

/// By endpoint, then by pattern. What was not measured breaks nothing.
std::vector<Verdict> FindBroken(const PatternFile& file, const BenchResult& result);

}  // namespace pumice::patterns
