// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/pattern_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "bench/patterns/data_file.h"

namespace pumice::patterns {
namespace {

constexpr std::uint64_t kMaxConnections = 1000;
constexpr std::uint64_t kMaxShare = 1'000'000;
constexpr double kMaxSeconds = 86'400;

Result<void> ReadCount(const YamlNode& node, Expectation& expect) {
  constexpr std::uint64_t kMost = 1'000'000'000;
  if (!node.is_map()) {
    PUMICE_TRY(expect.least_count, node.Count(0, kMost));
    expect.most_count = expect.least_count;
    return Ok();
  }
  PUMICE_TRY(node.CheckMembers({"min", "max"}));
  if (const auto least = node.Find("min")) {
    PUMICE_TRY(expect.least_count, least->Count(0, kMost));
  }
  if (const auto most = node.Find("max")) {
    PUMICE_TRY(expect.most_count, most->Count(0, kMost));
  }
  return Ok();
}

Result<void> ReadOrder(const YamlNode& node, Expectation& expect) {
  PUMICE_TRY(node.CheckMembers({"by", "direction"}));
  PUMICE_TRY(const YamlNode by, node.Member("by"));
  PUMICE_TRY(expect.order_by, by.Text());
  const auto direction = node.Find("direction");
  if (!direction) return Ok();
  PUMICE_TRY(const std::string text, direction->Text());
  if (text != "ascending" && text != "descending") {
    return direction->Wrong("ascending or descending is needed here");
  }
  expect.descending = text == "descending";
  return Ok();
}

Result<void> ReadAttributes(const YamlNode& node, Expectation& expect) {
  PUMICE_TRY(const std::vector<YamlNode> elements, node.Elements());
  for (const YamlNode& element : elements) {
    PUMICE_TRY(std::string name, element.Text());
    expect.attributes.push_back(std::move(name));
  }
  return Ok();
}

Result<void> ReadExpectation(const YamlNode& node, const Data& data, Pattern& pattern) {
  PUMICE_TRY(node.CheckMembers({"count", "order", "attributes", "no_other_attributes", "values"}));
  Expectation& expect = pattern.expect;
  if (const auto count = node.Find("count")) {
    PUMICE_TRY(ReadCount(*count, expect));
  }
  if (const auto order = node.Find("order")) {
    PUMICE_TRY(ReadOrder(*order, expect));
  }
  if (const auto attributes = node.Find("attributes")) {
    PUMICE_TRY(ReadAttributes(*attributes, expect));
  }
  if (const auto only = node.Find("no_other_attributes")) {
    PUMICE_TRY(expect.no_other_attributes, only->Flag());
  }
  if (const auto values = node.Find("values")) {
    if (!values->is_map()) return values->Wrong("a map of attributes is needed here");
    PUMICE_TRY(expect.values, ReadTemplate(*values, values->ToJson(), data, pattern.values, true));
  }
  return Ok();
}

Result<void> ReadLatencyBudget(const YamlNode& node, Budget& budget) {
  PUMICE_TRY(const std::vector<YamlNode::Entry> entries, node.Entries());
  for (const YamlNode::Entry& entry : entries) {
    const auto percentile = ReadPercentile(entry.name);
    if (!percentile) {
      return entry.name_node.Wrong(
          fmt::format("'{}' is no percentile; p50, p99 and p99.9 are some", entry.name));
    }
    PUMICE_TRY(const double milliseconds, entry.value.Number());
    budget.latency.push_back({*percentile, milliseconds});
  }
  return Ok();
}

Result<void> ReadOptionalNumber(const YamlNode& node, std::string_view name,
                                std::optional<double>& number) {
  const auto found = node.Find(name);
  if (!found) return Ok();
  PUMICE_TRY(number, found->Number());
  return Ok();
}

Result<void> ReadBudget(const YamlNode& node, Budget& budget) {
  PUMICE_TRY(node.CheckMembers({"read_units", "write_units", "dollars_per_million", "latency_ms"}));
  PUMICE_TRY(ReadOptionalNumber(node, "read_units", budget.read_units));
  PUMICE_TRY(ReadOptionalNumber(node, "write_units", budget.write_units));
  PUMICE_TRY(ReadOptionalNumber(node, "dollars_per_million", budget.dollars_per_million));
  if (const auto latency = node.Find("latency_ms")) {
    PUMICE_TRY(ReadLatencyBudget(*latency, budget));
  }
  return Ok();
}

Result<void> ReadRequest(const YamlNode& node, const Data& data, Pattern& pattern) {
  PUMICE_TRY(const YamlNode operation, node.Member("operation"));
  PUMICE_TRY(const std::string name, operation.Text());
  pattern.operation = FindOperation(name);
  if (pattern.operation == nullptr) {
    return operation.Wrong(
        fmt::format("'{}' is no operation that a pattern can have; these are: {}", name,
                    JoinedByComma(OperationNames())));
  }
  PUMICE_TRY(const YamlNode parameters, node.Member("parameters"));
  if (!parameters.is_map()) return parameters.Wrong("a map of parameters is needed here");
  if (const auto values = node.Find("values")) {
    PUMICE_TRY(pattern.values.columns, ReadColumns(*values, data));
  }
  Json json = parameters.ToJson();
  pattern.units = UnitsOf(*pattern.operation, json);
  // The cost is measured, so it is asked for.
  if (!json.contains("ReturnConsumedCapacity")) json["ReturnConsumedCapacity"] = "TOTAL";
  PUMICE_TRY(pattern.parameters, ReadTemplate(parameters, json, data, pattern.values, true));
  return Ok();
}

/// Children before their parents, so that the child's row says which its parent is.
std::vector<std::size_t> DrawnSets(const Pattern& pattern) {
  std::set<std::size_t, std::greater<>> sets;
  const auto& in_request = pattern.parameters.drawn_sets();
  sets.insert(in_request.begin(), in_request.end());
  if (pattern.expect.values) {
    const auto& expected = pattern.expect.values->drawn_sets();
    sets.insert(expected.begin(), expected.end());
  }
  return {sets.begin(), sets.end()};
}

Result<Pattern> ReadPattern(const YamlNode& node, const Data& data) {
  PUMICE_TRY(node.CheckMembers(
      {"name", "share", "operation", "values", "parameters", "expect", "budget"}));
  Pattern pattern;
  PUMICE_TRY(const YamlNode name, node.Member("name"));
  PUMICE_TRY(pattern.name, name.Text());
  pattern.values.name = pattern.name;
  if (const auto share = node.Find("share")) {
    PUMICE_TRY(pattern.share, share->Count(0, kMaxShare));
  }
  PUMICE_TRY(ReadRequest(node, data, pattern));
  if (const auto expect = node.Find("expect")) {
    PUMICE_TRY(ReadExpectation(*expect, data, pattern));
  }
  if (const auto budget = node.Find("budget")) {
    PUMICE_TRY(ReadBudget(*budget, pattern.budget));
  }
  pattern.drawn_sets = DrawnSets(pattern);
  return pattern;
}

Result<void> ReadPatterns(const YamlNode& node, PatternFile& file) {
  PUMICE_TRY(const std::vector<YamlNode> elements, node.Elements());
  std::uint64_t shares = 0;
  for (const YamlNode& element : elements) {
    PUMICE_TRY(Pattern pattern, ReadPattern(element, file.data));
    const auto same = [&](const Pattern& other) { return other.name == pattern.name; };
    if (std::any_of(file.patterns.begin(), file.patterns.end(), same)) {
      return element.Wrong(fmt::format("there are two patterns '{}'", pattern.name));
    }
    if (pattern.budget.dollars_per_million && file.prices_path.empty()) {
      return element.Wrong(
          "dollars_per_million needs prices: name their file at the top with "
          "'prices: prices.yaml'");
    }
    shares += pattern.share;
    file.patterns.push_back(std::move(pattern));
  }
  if (shares == 0) return node.Wrong("no pattern has a share, so there is nothing to measure");
  return Ok();
}

Result<void> ReadTables(const YamlNode& node, PatternFile& file) {
  PUMICE_TRY(const std::vector<YamlNode> elements, node.Elements());
  for (const YamlNode& element : elements) {
    PUMICE_TRY(const YamlNode name, element.Member("TableName"));
    PUMICE_TRY(std::string text, name.Text());
    file.tables.push_back({std::move(text), JsonLine(element.ToJson())});
  }
  return Ok();
}

Result<void> ReadMeasure(const YamlNode& node, MeasureSettings& measure) {
  PUMICE_TRY(node.CheckMembers({"connections", "seconds", "rate"}));
  if (const auto connections = node.Find("connections")) {
    PUMICE_TRY(measure.connections, connections->Count(1, kMaxConnections));
  }
  if (const auto seconds = node.Find("seconds")) {
    PUMICE_TRY(const double duration, seconds->Number());
    if (duration > kMaxSeconds) return seconds->Wrong("that is more than a day");
    measure.duration = std::chrono::milliseconds(std::llround(duration * 1000));
  }
  PUMICE_TRY(ReadOptionalNumber(node, "rate", measure.rate));
  if (measure.rate && *measure.rate <= 0) return node.Wrong("the rate must be more than 0");
  return Ok();
}

Result<void> ReadHead(const YamlNode& root, PatternFile& file) {
  PUMICE_TRY(
      root.CheckMembers({"name", "seed", "prices", "measure", "tables", "data", "patterns"}));
  PUMICE_TRY(const YamlNode name, root.Member("name"));
  PUMICE_TRY(file.name, name.Text());
  if (const auto seed = root.Find("seed")) {
    PUMICE_TRY(file.data.seed, seed->Count(0, 1'000'000'000'000));
  }
  if (const auto prices = root.Find("prices")) {
    PUMICE_TRY(const std::string path, prices->Text());
    file.prices_path = PathBeside(file.path, path);
  }
  if (const auto measure = root.Find("measure")) {
    PUMICE_TRY(ReadMeasure(*measure, file.measure));
  }
  return Ok();
}

}  // namespace

std::optional<double> ReadPercentile(std::string_view name) {
  if (!name.starts_with('p')) return std::nullopt;
  double percentile = 0;
  const char* last = name.data() + name.size();
  const auto [end, error] = std::from_chars(name.data() + 1, last, percentile);
  if (error != std::errc() || end != last || percentile <= 0 || percentile > 100) {
    return std::nullopt;
  }
  return percentile;
}

Result<PatternFile> ReadPatternFile(const std::string& path) {
  PUMICE_TRY(const YamlNode root, YamlNode::ReadFile(path));
  PatternFile file;
  file.path = path;
  PUMICE_TRY(ReadHead(root, file));
  if (const auto tables = root.Find("tables")) {
    PUMICE_TRY(ReadTables(*tables, file));
  }
  if (const auto data = root.Find("data")) {
    PUMICE_TRY(ReadData(*data, file.tables, file.data));
  }
  PUMICE_TRY(const YamlNode patterns, root.Member("patterns"));
  PUMICE_TRY(ReadPatterns(patterns, file));
  return file;
}

}  // namespace pumice::patterns
