// SPDX-License-Identifier: Apache-2.0
#pragma once
// A file of access patterns: tables, data, patterns with what is expected of them. docs/patterns.md
// is its manual, patterns/schema.json its form for editors. Thread rule: once read, any thread may
// read it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/patterns/data_set.h"
#include "bench/patterns/operation.h"

namespace pumice::patterns {

struct Table {
  std::string name;
  std::string definition;  // CreateTable's parameters, as JSON
};

/// What must hold for each answer.
struct Expectation {
  std::optional<std::uint64_t> least_count;
  std::optional<std::uint64_t> most_count;
  std::string order_by;  // "": any order
  bool descending = false;
  std::vector<std::string> attributes;  // each item has them
  bool no_other_attributes = false;
  std::optional<Template> values;  // {"name": value, ...}: each item has them
};

/// How long the slowest of so many percent may take.
struct LatencyBudget {
  double percentile = 0;
  double milliseconds = 0;
};

struct Budget {
  std::optional<double> read_units;  // a call, on average
  std::optional<double> write_units;
  std::optional<double> dollars_per_million;
  std::vector<LatencyBudget> latency;
};

struct Pattern {
  std::string name;
  std::uint64_t share = 1;
  const Operation* operation = nullptr;
  UnitKind units = UnitKind::kRead;
  DataSet values;  // drawn anew for each call
  Template parameters;
  std::vector<std::size_t> drawn_sets;  // each needs a row a call; the last of the file first
  Expectation expect;
  Budget budget;
};

/// How to measure, where the command line does not say.
struct MeasureSettings {
  std::uint64_t connections = 16;
  std::chrono::milliseconds duration{10'000};
  std::optional<double> rate;  // calls a second of the open loop
};

struct PatternFile {
  std::string path;
  std::string name;
  std::string prices_path;  // "": none
  MeasureSettings measure;
  std::vector<Table> tables;
  Data data;
  std::vector<Pattern> patterns;
};

/// Errors: Validation: "<path>:<line>: <what is wrong, and what may stand there>"; files that it
/// names and that cannot be read.
Result<PatternFile> ReadPatternFile(const std::string& path);

/// p50 -> 50, p99.9 -> 99.9.
std::optional<double> ReadPercentile(std::string_view name);

}  // namespace pumice::patterns
