// SPDX-License-Identifier: Apache-2.0
#pragma once
// Plots as SVG text, to stand inside a page whose style sheet colours them: a series has the class
// c0, c1, ... Whoever points at a mark is told its figure. Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pumice::patterns {

struct Axis {
  std::string title;
  double from = 0;
  double to = 1;
  bool is_log = false;
  std::vector<std::pair<double, std::string>> ticks;
};

/// From 0 (or, if `is_log`, from the power of ten below `least`) to a round number above `most`,
/// with round ticks.
Axis RoundAxis(std::string title, double least, double most, bool is_log);

struct PlotPoint {
  double x = 0;
  double y = 0;
  std::string hint;
};

struct Series {
  std::size_t color = 0;
  bool dashed = false;
  std::vector<PlotPoint> points;
};

std::string LinePlot(std::string_view title, const Axis& x, const Axis& y,
                     const std::vector<Series>& series);

/// One group of bars: a value for each colour, and the limit that they should keep.
struct BarGroup {
  std::string label;
  std::vector<std::optional<double>> values;
  std::optional<double> limit;
};

/// Lying bars; `axis` starts at 0.
std::string BarPlot(std::string_view title, const Axis& axis, const std::vector<BarGroup>& groups);

/// & < > and quotes.
std::string HtmlEscaped(std::string_view text);

}  // namespace pumice::patterns
