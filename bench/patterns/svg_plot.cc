// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/svg_plot.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/core.h>

namespace pumice::patterns {
namespace {

constexpr double kWidth = 640;
constexpr double kHeight = 260;
constexpr double kLeft = 64;
constexpr double kRight = 16;
constexpr double kTop = 12;
constexpr double kBottom = 44;
constexpr double kBarHeight = 12;
constexpr double kBarGap = 2;
constexpr double kGroupGap = 14;
constexpr double kBarLeft = 250;
constexpr double kFigureWidth = 40;
constexpr std::size_t kLabelLetters = 36;

/// Where `value` stands from 0 to 1.
double Part(const Axis& axis, double value) {
  if (!axis.is_log) return (value - axis.from) / (axis.to - axis.from);
  return std::log10(value / axis.from) / std::log10(axis.to / axis.from);
}

double XOf(const Axis& axis, double value) {
  return kLeft + Part(axis, value) * (kWidth - kLeft - kRight);
}

double YOf(const Axis& axis, double value) {
  return kHeight - kBottom - Part(axis, value) * (kHeight - kTop - kBottom);
}

std::string Begin(std::string_view title, double height) {
  return fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">\n", kWidth,
                     height, HtmlEscaped(title));
}

std::string Line(double x1, double y1, double x2, double y2, std::string_view css) {
  return fmt::format(
      "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>\n", x1, y1, x2,
      y2, css);
}

std::string Text(double x, double y, std::string_view anchor, std::string_view text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     HtmlEscaped(text));
}

std::string Grid(const Axis& x, const Axis& y) {
  std::string svg;
  for (const auto& [value, label] : y.ticks) {
    const double at = YOf(y, value);
    svg += Line(kLeft, at, kWidth - kRight, at, "grid");
    svg += Text(kLeft - 6, at + 4, "end", label);
  }
  for (const auto& [value, label] : x.ticks) {
    svg += Text(XOf(x, value), kHeight - kBottom + 16, "middle", label);
  }
  svg += Text((kLeft + kWidth) / 2, kHeight - 6, "middle", x.title);
  return svg;
}

std::string SeriesSvg(const Axis& x, const Axis& y, const Series& series) {
  std::string points;
  std::string marks;
  for (const PlotPoint& point : series.points) {
    const double at_x = XOf(x, point.x);
    const double at_y = YOf(y, std::clamp(point.y, y.from, y.to));
    points += fmt::format("{:.1f},{:.1f} ", at_x, at_y);
    marks += fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" class=\"mark "
        "c{}\"><title>{}</title></circle>\n",
        at_x, at_y, series.points.size() > 12 ? 2 : 4, series.color, HtmlEscaped(point.hint));
  }
  return fmt::format("<polyline points=\"{}\" class=\"line c{}{}\"/>\n{}", points, series.color,
                     series.dashed ? " dashed" : "", marks);
}

std::string Shortened(const std::string& label) {
  if (label.size() <= kLabelLetters) return label;
  return label.substr(0, kLabelLetters - 3) + "...";
}

double BarX(const Axis& axis, double value) {
  return kBarLeft + Part(axis, value) * (kWidth - kBarLeft - 70);
}

/// Where the limit's line stands; none: nowhere in the plot.
std::optional<double> LimitX(const Axis& axis, const BarGroup& group) {
  if (!group.limit || *group.limit > axis.to) return std::nullopt;
  return BarX(axis, *group.limit);
}

/// Behind the bar, and behind the limit's line where that would cross the figure.
double FigureX(double bar_end, std::optional<double> limit) {
  const bool crossed = limit && *limit >= bar_end && *limit < bar_end + kFigureWidth;
  return (crossed ? *limit : bar_end) + 6;
}

std::string BarGroupSvg(const Axis& axis, const BarGroup& group, double top) {
  const double height = static_cast<double>(group.values.size()) * (kBarHeight + kBarGap);
  const std::optional<double> limit = LimitX(axis, group);
  std::string svg =
      fmt::format("<g><title>{}</title>{}</g>", HtmlEscaped(group.label),
                  Text(kBarLeft - 8, top + height / 2 + 4, "end", Shortened(group.label)));
  for (std::size_t i = 0; i < group.values.size(); ++i) {
    if (!group.values[i]) continue;
    const double y = top + static_cast<double>(i) * (kBarHeight + kBarGap);
    const double end = BarX(axis, *group.values[i]);
    svg += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\" rx=\"2\" class=\"bar "
        "c{}\"/>\n",
        kBarLeft, y, std::max(1.0, end - kBarLeft), kBarHeight, i);
    svg += Text(FigureX(end, limit), y + kBarHeight - 2, "start",
                fmt::format("{:.4g}", *group.values[i]));
  }
  if (limit) svg += Line(*limit, top - 3, *limit, top + height + 1, "limit");
  return svg;
}

}  // namespace

std::string HtmlEscaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

Axis RoundAxis(std::string title, double least, double most, bool is_log) {
  Axis axis{std::move(title), 0, 1, is_log, {}};
  if (is_log) {
    axis.from = std::pow(10, std::floor(std::log10(least)));
    axis.to = std::max(axis.from * 10, std::pow(10, std::ceil(std::log10(most))));
    for (double tick = axis.from; tick < axis.to * 1.5; tick *= 10) {
      axis.ticks.emplace_back(tick, fmt::format("{:g}", tick));
    }
    return axis;
  }
  if (most <= 0) most = 1;
  const double power = std::pow(10, std::floor(std::log10(most / 4)));
  double step = power;
  for (const double factor : {2.0, 5.0, 10.0}) {
    if (most / step > 5) step = power * factor;
  }
  axis.to = step * std::ceil(most / step);
  for (double tick = 0; tick < axis.to + step / 2; tick += step) {
    axis.ticks.emplace_back(tick, fmt::format("{:g}", tick));
  }
  return axis;
}

std::string LinePlot(std::string_view title, const Axis& x, const Axis& y,
                     const std::vector<Series>& series) {
  std::string svg = Begin(title, kHeight) + Grid(x, y);
  for (const Series& one : series) svg += SeriesSvg(x, y, one);
  return svg + "</svg>\n";
}

std::string BarPlot(std::string_view title, const Axis& axis, const std::vector<BarGroup>& groups) {
  std::string bars;
  double top = kTop;
  for (const BarGroup& group : groups) {
    bars += BarGroupSvg(axis, group, top);
    top += static_cast<double>(group.values.size()) * (kBarHeight + kBarGap) + kGroupGap;
  }
  return Begin(title, top) + bars + "</svg>\n";
}

}  // namespace pumice::patterns
