// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <ctime>
#include <functional>

#include <fmt/core.h>

#include "bench/patterns/report.h"

namespace pumice::patterns {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

std::string Figure(double value) { return fmt::format("{:.4g}", value); }

std::string Latency(const Histogram& histogram, double percentile) {
  if (histogram.count() == 0) return "-";
  return fmt::format("{:.3f}", Milliseconds(histogram.Percentile(percentile)).count());
}

/// Builds the rows of one pattern.
class SectionBuilder {
 public:
  SectionBuilder(const ReportInput& input, std::size_t pattern)
      : input_(input), pattern_(pattern), budget_(input.file.patterns[pattern].budget) {}

  TableSection Build() {
    const Pattern& pattern = input_.file.patterns[pattern_];
    section_.title = pattern.name;
    section_.note = std::string(pattern.operation->name) + ", " + Share();
    AddAnswers();
    AddUnits();
    AddDollars();
    AddLoop("closed loop", &EndpointResult::closed_loop);
    AddLoop("open loop", &EndpointResult::open_loop);
    return std::move(section_);
  }

 private:
  using CellOf = std::function<Cell(const EndpointResult&, std::size_t)>;

  std::string Share() const {
    double all = 0;
    for (const Pattern& pattern : input_.file.patterns) all += static_cast<double>(pattern.share);
    return fmt::format("{:.3g} % of the calls",
                       100 * static_cast<double>(input_.file.patterns[pattern_].share) / all);
  }

  bool IsBroken(std::size_t endpoint, Broken what, const std::string& text = {}) const {
    return std::any_of(input_.broken.begin(), input_.broken.end(), [&](const Verdict& verdict) {
      return verdict.endpoint == endpoint && verdict.pattern == pattern_ && verdict.what == what &&
             verdict.text.starts_with(text);
    });
  }

  void AddRow(std::string label, const CellOf& cell_of) {
    TableRow row{std::move(label), {}};
    for (std::size_t e = 0; e < input_.result.endpoints.size(); ++e) {
      row.cells.push_back(cell_of(input_.result.endpoints[e], e));
    }
    section_.rows.push_back(std::move(row));
  }

  const CheckResult* CheckOf(const EndpointResult& endpoint) const {
    return pattern_ < endpoint.checks.size() ? &endpoint.checks[pattern_] : nullptr;
  }

  void AddAnswers() {
    AddRow("answers", [&](const EndpointResult& endpoint, std::size_t e) {
      const CheckResult* check = CheckOf(endpoint);
      if (check == nullptr) return Cell{"-"};
      if (check->wrong == 0) return Cell{fmt::format("{} right", check->calls)};
      return Cell{fmt::format("{} of {} wrong", check->wrong, check->calls),
                  IsBroken(e, Broken::kAnswers)};
    });
  }

  static std::string WithBudget(std::string label, const std::optional<double>& budget) {
    return budget ? fmt::format("{} (at most {:.4g})", label, *budget) : label;
  }

  void AddUnits() {
    const bool reads = input_.file.patterns[pattern_].units == UnitKind::kRead;
    const auto& budget = reads ? budget_.read_units : budget_.write_units;
    const Broken what = reads ? Broken::kReadUnits : Broken::kWriteUnits;
    AddRow(
        WithBudget(reads ? "read units" : "write units", budget),
        [&](const EndpointResult& endpoint, std::size_t e) {
          const CheckResult* check = CheckOf(endpoint);
          if (check == nullptr || !check->units) return Cell{"-", IsBroken(e, what)};
          return Cell{Figure(reads ? check->units->read : check->units->write), IsBroken(e, what)};
        });
  }

  void AddDollars() {
    if (!input_.result.prices) return;
    AddRow(WithBudget("$ a million calls", budget_.dollars_per_million),
           [&](const EndpointResult& endpoint, std::size_t e) {
             const CheckResult* check = CheckOf(endpoint);
             if (check == nullptr || !check->units) return Cell{"-"};
             return Cell{Figure(DollarsPerMillion(*check->units, *input_.result.prices)),
                         IsBroken(e, Broken::kDollars)};
           });
  }

  void AddLoop(const std::string& name, std::optional<Measurement> EndpointResult::*loop) {
    const auto& endpoints = input_.result.endpoints;
    const bool any = std::any_of(endpoints.begin(), endpoints.end(),
                                 [&](const EndpointResult& other) { return bool(other.*loop); });
    if (!any) return;
    AddRow(name + ", calls/s", [&](const EndpointResult& endpoint, std::size_t e) {
      const auto& measured = endpoint.*loop;
      if (!measured || measured->seconds <= 0) return Cell{"-"};
      const PatternLatency& pattern = measured->patterns[pattern_];
      const double rate = static_cast<double>(pattern.latency.count()) / measured->seconds;
      const std::uint64_t failures = pattern.failures();
      return Cell{failures == 0 ? fmt::format("{:.0f}", rate)
                                : fmt::format("{:.0f}, {} FAILED", rate, failures),
                  failures > 0 && IsJudged(endpoint, *measured) && IsBroken(e, Broken::kFailures)};
    });
    for (const double percentile : ReportedPercentiles()) AddPercentile(percentile, loop);
  }

  static bool IsJudged(const EndpointResult& endpoint, const Measurement& loop) {
    return JudgedLoop(endpoint) == &loop;
  }

  /// The percentile's budget, shown where it is judged.
  std::string PercentileLabel(double percentile, bool is_closed_loop) const {
    const auto& endpoints = input_.result.endpoints;
    const bool has_open = std::any_of(endpoints.begin(), endpoints.end(),
                                      [](const auto& other) { return bool(other.open_loop); });
    std::string label = fmt::format("  p{:g} ms", percentile);
    for (const LatencyBudget& limit : budget_.latency) {
      if (limit.percentile != percentile || (has_open && is_closed_loop)) continue;
      label += fmt::format(" (at most {:.4g})", limit.milliseconds);
    }
    return label;
  }

  void AddPercentile(double percentile, std::optional<Measurement> EndpointResult::*loop) {
    const std::string name = fmt::format("p{:g}", percentile);
    AddRow(PercentileLabel(percentile, loop == &EndpointResult::closed_loop),
           [&](const EndpointResult& endpoint, std::size_t e) {
             const auto& measured = endpoint.*loop;
             if (!measured) return Cell{"-"};
             return Cell{
                 Latency(measured->patterns[pattern_].latency, percentile),
                 IsJudged(endpoint, *measured) && IsBroken(e, Broken::kLatency, name + " ")};
           });
  }

  const ReportInput& input_;
  std::size_t pattern_;
  const Budget& budget_;
  TableSection section_;
};

TableSection Overall(const ReportInput& input) {
  TableSection section{"all patterns", "", {}};
  TableRow loaded{"items loaded", {}};
  TableRow rate{"items/s", {}};
  TableRow closed{"closed loop, calls/s", {}};
  TableRow open{"open loop, calls/s", {}};
  for (const EndpointResult& endpoint : input.result.endpoints) {
    const auto& load = endpoint.load;
    loaded.cells.push_back({load ? std::to_string(load->items) : "-"});
    const bool timed = load && load->seconds > 0;
    rate.cells.push_back(
        {timed ? fmt::format("{:.0f}", static_cast<double>(load->items) / load->seconds) : "-"});
    const auto speed = [](const std::optional<Measurement>& loop) {
      if (!loop) return Cell{"-"};
      const std::string rate = fmt::format("{:.0f}", loop->calls_per_second());
      return loop->unsent == 0 ? Cell{rate} : Cell{rate + ", too slow", true};
    };
    closed.cells.push_back(speed(endpoint.closed_loop));
    open.cells.push_back(speed(endpoint.open_loop));
  }
  section.rows = {std::move(loaded), std::move(rate), std::move(closed), std::move(open)};
  return section;
}

const Measurement* FirstLoop(const BenchResult& result,
                             std::optional<Measurement> EndpointResult::*loop) {
  for (const EndpointResult& endpoint : result.endpoints) {
    if (endpoint.*loop) return &*(endpoint.*loop);
  }
  return nullptr;
}

}  // namespace

const std::vector<double>& ReportedPercentiles() {
  static const std::vector<double> kPercentiles = {50, 90, 99, 99.9, 99.99};
  return kPercentiles;
}

std::string UtcText(TimePoint time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::vector<std::string> ReportHead(const ReportInput& input) {
  std::vector<std::string> lines = {
      fmt::format("{}, {}", input.file.path, UtcText(input.result.begun))};
  if (const Measurement* loop = FirstLoop(input.result, &EndpointResult::closed_loop)) {
    lines.push_back(fmt::format("closed loop: {} connections for {:.1f} s",
                                loop->options.connections, loop->seconds));
  }
  if (const Measurement* loop = FirstLoop(input.result, &EndpointResult::open_loop)) {
    lines.push_back(fmt::format(
        "open loop: {:.0f} calls a second for {:.1f} s; latencies count from when a call was due",
        *loop->options.rate, loop->seconds));
  }
  if (const auto& prices = input.result.prices) {
    lines.push_back(
        fmt::format("prices: on demand, {}, from {} on", prices->region, prices->valid_from));
  }
  if (input.result.interrupted) {
    lines.emplace_back("The run was interrupted: this is what was measured until then.");
  }
  return lines;
}

std::vector<TableSection> ReportSections(const ReportInput& input) {
  std::vector<TableSection> sections = {Overall(input)};
  for (std::size_t i = 0; i < input.file.patterns.size(); ++i) {
    sections.push_back(SectionBuilder(input, i).Build());
  }
  return sections;
}

}  // namespace pumice::patterns
