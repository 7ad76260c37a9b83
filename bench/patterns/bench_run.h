// SPDX-License-Identifier: Apache-2.0
#pragma once
// A whole run: tables and data at each endpoint, answers checked, closed loop, open loop, tables
// deleted; and what came of it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/patterns/cost.h"
#include "bench/patterns/measure.h"
#include "bench/patterns/tables.h"

namespace pumice::patterns {

struct BenchOptions {
  std::vector<Endpoint> endpoints;
  MeasureSettings measure;  // duration 0: answers and costs only
  std::chrono::milliseconds warm_up{500};
  TablePolicy tables = TablePolicy::kMake;
  bool keep_tables = false;
};

/// Of the calls whose answers were looked at.
struct CheckResult {
  std::uint64_t calls = 0;
  std::uint64_t wrong = 0;
  std::string first_mistake;
  std::optional<Units> units;  // on average of those that named them; none: no answer did
};

struct EndpointResult {
  std::string name;
  std::string url;
  std::string region;
  std::optional<LoadResult> load;
  std::vector<CheckResult> checks;  // in the order of the patterns; empty: not come to that
  std::optional<Measurement> closed_loop;
  std::optional<Measurement> open_loop;
  std::string problem;  // why there is no more; "" if there is all
};

struct BenchResult {
  TimePoint begun;
  bool interrupted = false;
  std::optional<Prices> prices;
  std::vector<EndpointResult> endpoints;
};

/// An endpoint that fails is left out from there on, and its problem is in the result. Ends early
/// when `stop` is set; the tables that it made are deleted even then.
class BenchRun {
 public:
  BenchRun(const PatternFile& file, const BenchOptions& options, const Clock& clock,
           const StopFlag& stop, Progress& progress);

  BenchResult Run(std::optional<Prices> prices);

 private:
  struct Target;

  void Prepare(Target& target);
  Result<void> PrepareTables(Target& target);
  std::vector<CheckResult> CheckAnswers(Target& target);
  CheckResult CheckPattern(Target& target, const Pattern& pattern, DynamoDbClient& client);
  void MeasureClosed(std::vector<Target>& targets);
  void MeasureOpen(std::vector<Target>& targets);
  Measurement MeasureOne(Target& target, const LoadOptions& options, const std::string& title);
  void CleanUp(Target& target);

  const PatternFile& file_;
  const BenchOptions& options_;
  const Clock& clock_;
  const StopFlag& stop_;
  Progress& progress_;
};

}  // namespace pumice::patterns
