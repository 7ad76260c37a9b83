// SPDX-License-Identifier: Apache-2.0
#pragma once
// Puts an endpoint under a file's mix of patterns and measures latency and throughput. A closed
// loop shows what an endpoint can do: each connection sends when its answer has come. An open loop
// shows what users wait: calls start at a fixed rate, whether the endpoint keeps up or not, and a
// latency counts from when its call should have started.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench/patterns/dynamodb_client.h"
#include "bench/patterns/histogram.h"
#include "bench/patterns/pattern_file.h"
#include "bench/patterns/progress.h"

namespace pumice::patterns {

struct LoadOptions {
  std::size_t connections = 1;
  std::chrono::milliseconds warm_up{0};  // not counted
  std::chrono::milliseconds duration{0};
  std::optional<double> rate;  // calls a second; none: closed loop
};

struct PatternLatency {
  Histogram latency;                            // of the calls that were answered with 200
  std::map<std::string, std::uint64_t> errors;  // the others, by their error's name
  std::uint64_t failures() const;
};

struct Measurement {
  LoadOptions options;
  double seconds = 0;                    // that were measured; less if it was stopped
  std::vector<PatternLatency> patterns;  // in the order of the file
  // Of the open loop: calls that were due and never sent, as the endpoint was too far behind.
  std::uint64_t unsent = 0;
  std::chrono::milliseconds slice{0};
  std::vector<std::uint64_t> calls_by_slice;  // answers over time
  std::uint64_t calls() const;                // without failures
  double calls_per_second() const;
};

/// What the threads of a run share.
struct MeasureTarget {
  const PatternFile& file;
  const Endpoint& endpoint;
  const Clock& clock;
  const StopFlag& stop;
  std::atomic<std::uint64_t>& next_call;  // numbers of calls are used once an endpoint
};

/// An open loop ends two seconds after its time, however many calls are still due then. Ends early
/// when the stop flag is set, with what was measured so far. `title` is for the
/// progress.
Measurement Measure(const MeasureTarget& target, const LoadOptions& options,
                    const std::string& title, Progress& progress);

}  // namespace pumice::patterns
