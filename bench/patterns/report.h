// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a run found: as a table for the terminal, as JSON for programs, as one HTML page with plots
// that needs no network. Pure.

#include <string>
#include <vector>

#include "bench/patterns/bench_run.h"
#include "bench/patterns/verdict.h"

namespace pumice::patterns {

/// All that a report needs; lives no longer than its parts.
struct ReportInput {
  const PatternFile& file;
  const BenchResult& result;
  const std::vector<Verdict>& broken;
};

/// The percentiles that reports show.
const std::vector<double>& ReportedPercentiles();

// --- The table, as the terminal and the page have it ------------------------------------------

struct Cell {
  std::string text;
  bool broken = false;  // a budget, or an answer
};
struct TableRow {
  std::string label;
  std::vector<Cell> cells;  // one an endpoint
};
struct TableSection {
  std::string title;  // a pattern
  std::string note;   // its operation and share
  std::vector<TableRow> rows;
};

/// The first section is about the endpoints as a whole.
std::vector<TableSection> ReportSections(const ReportInput& input);

/// "52000 items; ...": what the figures stand on, a line each.
std::vector<std::string> ReportHead(const ReportInput& input);

std::string TableText(const ReportInput& input);
std::string JsonText(const ReportInput& input);
std::string HtmlText(const ReportInput& input);

/// 2026-11-21T16:00:00Z
std::string UtcText(TimePoint time);

}  // namespace pumice::patterns
