// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/core.h>

#include "bench/patterns/report.h"
#include "bench/patterns/svg_plot.h"

namespace pumice::patterns {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t kColors = 6;

constexpr std::string_view kStyle = R"(
:root { --text: #1a1a19; --soft: #5f5e5a; --line: #e1e0d9; --page: #fcfcfb; --broken: #b3261e;
  --c0: #2a78d6; --c1: #eb6834; --c2: #1baf7a; --c3: #4a3aa7; --c4: #c98a00; --c5: #d55181; }
@media (prefers-color-scheme: dark) { :root { --text: #f3f2ee; --soft: #a6a49c; --line: #3a3936;
  --page: #1a1a19; --broken: #ff8a80; --c0: #3987e5; --c1: #d95926; --c2: #199e70; --c3: #9085e9;
  --c4: #c98500; --c5: #d55181; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page);
  max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
h3 { font-size: 1rem; margin: 0 0 .25rem; }
p, figcaption, th { color: var(--soft); } figure { margin: 0; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(26rem, 1fr)); gap: 1.5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .15rem .9rem .15rem 0; text-align: right; font-weight: normal; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
tbody tr { border-top: 1px solid var(--line); }
tr.head td { padding-top: 1rem; font-weight: 600; } tr.head small { font-weight: normal; }
.broken { color: var(--broken); font-weight: 600; }
.legend span { margin-right: 1.2rem; } .legend i { display: inline-block; width: 1.1rem;
  border-top: 3px solid; vertical-align: middle; margin-right: .4rem; }
svg { width: 100%; max-width: 40rem; height: auto; } svg text { font-size: 12px; fill: var(--soft); }
.grid { stroke: var(--line); } .limit { stroke: var(--text); stroke-width: 2; }
.line { fill: none; stroke-width: 2; stroke: currentColor; } .dashed { stroke-dasharray: 5 4; }
.mark, .bar { fill: currentColor; }
.c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); }
.c3 { color: var(--c3); } .c4 { color: var(--c4); } .c5 { color: var(--c5); }
)";

class Page {
 public:
  explicit Page(const ReportInput& input) : input_(input) {}

  std::string Text() {
    const std::string title = HtmlEscaped("Access patterns: " + input_.file.name);
    text_ = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width\"/>\n<title>{}</title>\n"
        "<style>{}</style>\n</head>\n<body>\n<h1>{}</h1>\n",
        title, kStyle, title);
    for (const std::string& line : ReportHead(input_)) {
      text_ += fmt::format("<p>{}</p>\n", HtmlEscaped(line));
    }
    AddVerdict();
    AddLatency();
    AddThroughput();
    AddCost();
    AddTable();
    if (const auto& prices = input_.result.prices) {
      text_ += fmt::format("<p>Prices: {}</p>\n", HtmlEscaped(prices->source));
    }
    return std::move(text_) + "</body>\n</html>\n";
  }

 private:
  using LoopOf = std::optional<Measurement> EndpointResult::*;

  void AddVerdict() {
    text_ += "<h2>Budgets</h2>\n";
    for (const EndpointResult& endpoint : input_.result.endpoints) {
      if (endpoint.problem.empty()) continue;
      text_ += fmt::format("<p class=\"broken\">{}</p>\n", HtmlEscaped(endpoint.problem));
    }
    if (input_.broken.empty()) {
      text_ += "<p>No budget is broken.</p>\n";
      return;
    }
    text_ += "<ul>\n";
    for (const Verdict& verdict : input_.broken) {
      text_ += fmt::format("<li class=\"broken\">{}: {}: {}</li>\n",
                           HtmlEscaped(input_.result.endpoints[verdict.endpoint].name),
                           HtmlEscaped(input_.file.patterns[verdict.pattern].name),
                           HtmlEscaped(verdict.text));
    }
    text_ += "</ul>\n";
  }

  void AddLegend(bool with_loops) {
    text_ += "<p class=\"legend\">";
    for (std::size_t e = 0; e < input_.result.endpoints.size(); ++e) {
      text_ += fmt::format("<span><i class=\"c{}\"></i>{}</span>", e % kColors,
                           HtmlEscaped(input_.result.endpoints[e].name));
    }
    if (with_loops) text_ += "<span>solid: open loop; dashed: closed loop</span>";
    text_ += "</p>\n";
  }

  bool HasLoops() const {
    return std::any_of(input_.result.endpoints.begin(), input_.result.endpoints.end(),
                       [](const auto& endpoint) { return bool(endpoint.closed_loop); });
  }

  // --- Latency ---------------------------------------------------------------------------------

  /// Each nine takes as much room as the one before.
  static double PlaceOf(double percentile) { return -std::log10(1 - percentile / 100); }

  Series LatencySeries(std::size_t pattern, std::size_t endpoint, LoopOf loop) const {
    Series series{endpoint % kColors, loop == &EndpointResult::closed_loop, {}};
    const auto& measured = input_.result.endpoints[endpoint].*loop;
    if (!measured || measured->patterns[pattern].latency.count() == 0) return series;
    for (const double percentile : ReportedPercentiles()) {
      const double took =
          Milliseconds(measured->patterns[pattern].latency.Percentile(percentile)).count();
      series.points.push_back(
          {PlaceOf(percentile), took,
           fmt::format("{}, {}, p{:g}: {:.3f} ms", input_.result.endpoints[endpoint].name,
                       series.dashed ? "closed loop" : "open loop", percentile, took)});
    }
    return series;
  }

  static Axis LatencyAxis(const std::vector<Series>& series) {
    double least = std::numeric_limits<double>::max();
    double most = 0;
    for (const Series& one : series) {
      for (const PlotPoint& point : one.points) {
        least = std::min(least, std::max(point.y, 0.001));
        most = std::max(most, point.y);
      }
    }
    return RoundAxis("ms", least, std::max(most, least), true);
  }

  void AddLatency() {
    if (!HasLoops()) return;
    text_ += "<h2>Latency by percentile, in milliseconds</h2>\n";
    AddLegend(true);
    text_ += "<div class=\"plots\">\n";
    Axis x{"percentile", PlaceOf(40), PlaceOf(99.995), false, {}};
    for (const double percentile : ReportedPercentiles()) {
      x.ticks.emplace_back(PlaceOf(percentile), fmt::format("p{:g}", percentile));
    }
    for (std::size_t p = 0; p < input_.file.patterns.size(); ++p) {
      std::vector<Series> series;
      for (std::size_t e = 0; e < input_.result.endpoints.size(); ++e) {
        for (const LoopOf loop : {&EndpointResult::closed_loop, &EndpointResult::open_loop}) {
          Series one = LatencySeries(p, e, loop);
          if (!one.points.empty()) series.push_back(std::move(one));
        }
      }
      if (series.empty()) continue;
      const std::string& name = input_.file.patterns[p].name;
      AddFigure(name, LinePlot("latency of " + name, x, LatencyAxis(series), series));
    }
    text_ += "</div>\n";
  }

  void AddFigure(const std::string& title, const std::string& svg) {
    text_ += fmt::format("<figure><h3>{}</h3>\n{}</figure>\n", HtmlEscaped(title), svg);
  }

  // --- Throughput ------------------------------------------------------------------------------

  std::vector<Series> ThroughputSeries(LoopOf loop) const {
    std::vector<Series> all;
    for (std::size_t e = 0; e < input_.result.endpoints.size(); ++e) {
      const auto& measured = input_.result.endpoints[e].*loop;
      if (!measured) continue;
      const std::chrono::duration<double> slice = measured->slice;
      Series series{e % kColors, false, {}};
      for (std::size_t i = 0; i < measured->calls_by_slice.size(); ++i) {
        const double rate = static_cast<double>(measured->calls_by_slice[i]) / slice.count();
        const double at = slice.count() * (static_cast<double>(i) + 0.5);
        series.points.push_back({at, rate,
                                 fmt::format("{}, {:.2f} s: {:.0f} calls/s",
                                             input_.result.endpoints[e].name, at, rate)});
      }
      if (!series.points.empty()) all.push_back(std::move(series));
    }
    return all;
  }

  void AddThroughput() {
    if (!HasLoops()) return;
    text_ += "<h2>Throughput over time, in calls a second</h2>\n";
    AddLegend(false);
    text_ += "<div class=\"plots\">\n";
    AddThroughputPlot("Closed loop", &EndpointResult::closed_loop);
    AddThroughputPlot("Open loop", &EndpointResult::open_loop);
    text_ += "</div>\n";
  }

  void AddThroughputPlot(const std::string& title, LoopOf loop) {
    const std::vector<Series> series = ThroughputSeries(loop);
    double seconds = 0;
    double most = 0;
    for (const Series& one : series) {
      for (const PlotPoint& point : one.points) {
        seconds = std::max(seconds, point.x);
        most = std::max(most, point.y);
      }
    }
    if (series.empty()) return;
    AddFigure(title, LinePlot("throughput, " + title, RoundAxis("seconds", 0, seconds, false),
                              RoundAxis("calls/s", 0, most, false), series));
  }

  // --- Cost ------------------------------------------------------------------------------------

  std::optional<double> CostOf(std::size_t endpoint, std::size_t pattern) const {
    const EndpointResult& result = input_.result.endpoints[endpoint];
    if (pattern >= result.checks.size() || !result.checks[pattern].units) return std::nullopt;
    const Units& units = *result.checks[pattern].units;
    return input_.result.prices ? DollarsPerMillion(units, *input_.result.prices)
                                : units.read + units.write;
  }

  std::optional<double> LimitOf(const Pattern& pattern) const {
    if (input_.result.prices) return pattern.budget.dollars_per_million;
    return pattern.units == UnitKind::kRead ? pattern.budget.read_units
                                            : pattern.budget.write_units;
  }

  void AddCost() {
    std::vector<BarGroup> groups;
    double most = 0;
    for (std::size_t p = 0; p < input_.file.patterns.size(); ++p) {
      BarGroup group{input_.file.patterns[p].name, {}, LimitOf(input_.file.patterns[p])};
      for (std::size_t e = 0; e < input_.result.endpoints.size(); ++e) {
        group.values.push_back(CostOf(e, p));
        most = std::max(most, group.values.back().value_or(0));
      }
      groups.push_back(std::move(group));
    }
    if (most <= 0) return;
    text_ += fmt::format("<h2>Cost of a pattern, in {}</h2>\n",
                         input_.result.prices ? "dollars a million calls" : "units a call");
    AddLegend(false);
    text_ += fmt::format(
        "<figure>{}<figcaption>The line across the bars is the budget.</figcaption></figure>\n",
        BarPlot("cost of each pattern", RoundAxis("", 0, most, false), groups));
  }

  // --- The table -------------------------------------------------------------------------------

  void AddTable() {
    text_ += "<h2>All figures</h2>\n<div class=\"wide\">\n<table>\n<thead><tr><th></th>";
    for (const EndpointResult& endpoint : input_.result.endpoints) {
      text_ += fmt::format("<th>{}</th>", HtmlEscaped(endpoint.name));
    }
    text_ += "</tr></thead>\n<tbody>\n";
    for (const TableSection& section : ReportSections(input_)) {
      text_ += fmt::format("<tr class=\"head\"><td colspan=\"{}\">{} <small>{}</small></td></tr>\n",
                           input_.result.endpoints.size() + 1, HtmlEscaped(section.title),
                           HtmlEscaped(section.note));
      for (const TableRow& row : section.rows) AddRow(row);
    }
    text_ += "</tbody>\n</table>\n</div>\n";
  }

  void AddRow(const TableRow& row) {
    text_ += fmt::format("<tr><td>{}</td>", HtmlEscaped(row.label));
    for (const Cell& cell : row.cells) {
      text_ += fmt::format("<td{}>{}</td>", cell.broken ? " class=\"broken\"" : "",
                           HtmlEscaped(cell.text));
    }
    text_ += "</tr>\n";
  }

  const ReportInput& input_;
  std::string text_;
};

}  // namespace

std::string HtmlText(const ReportInput& input) { return Page(input).Text(); }

}  // namespace pumice::patterns
