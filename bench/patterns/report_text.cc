// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/core.h>

#include "bench/patterns/report.h"

namespace pumice::patterns {
namespace {

constexpr std::size_t kLabelWidth = 34;
constexpr std::size_t kLeastCellWidth = 16;

std::string CellText(const Cell& cell) { return cell.broken ? cell.text + " !" : cell.text + "  "; }

class TextTable {
 public:
  explicit TextTable(const ReportInput& input) : input_(input), sections_(ReportSections(input)) {
    for (const EndpointResult& endpoint : input.result.endpoints) {
      widths_.push_back(std::max(kLeastCellWidth, endpoint.name.size() + 2));
    }
    for (const TableSection& section : sections_) {
      for (const TableRow& row : section.rows) Widen(row);
    }
  }

  std::string Text() {
    for (const std::string& line : ReportHead(input_)) text_ += line + "\n";
    text_ += fmt::format("\n{:<{}}", "", kLabelWidth);
    for (std::size_t e = 0; e < widths_.size(); ++e) {
      text_ += fmt::format(" {:>{}}", input_.result.endpoints[e].name + "  ", widths_[e]);
    }
    text_ += '\n';
    for (const TableSection& section : sections_) AddSection(section);
    AddProblems();
    return std::move(text_);
  }

 private:
  void Widen(const TableRow& row) {
    for (std::size_t e = 0; e < row.cells.size(); ++e) {
      widths_[e] = std::max(widths_[e], CellText(row.cells[e]).size());
    }
  }

  void AddSection(const TableSection& section) {
    text_ +=
        fmt::format("\n{}{}{}\n", section.title, section.note.empty() ? "" : ": ", section.note);
    for (const TableRow& row : section.rows) {
      std::string line = fmt::format("  {:<{}}", row.label, kLabelWidth - 2);
      for (std::size_t e = 0; e < row.cells.size(); ++e) {
        line += fmt::format(" {:>{}}", CellText(row.cells[e]), widths_[e]);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      text_ += line + "\n";
    }
  }

  void AddProblems() {
    text_ += '\n';
    for (const EndpointResult& endpoint : input_.result.endpoints) {
      if (!endpoint.problem.empty()) text_ += fmt::format("FAILED  {}\n", endpoint.problem);
    }
    for (const Verdict& verdict : input_.broken) {
      text_ += fmt::format("BROKEN  {}: {}: {}\n", input_.result.endpoints[verdict.endpoint].name,
                           input_.file.patterns[verdict.pattern].name, verdict.text);
    }
    const bool judged = std::any_of(input_.result.endpoints.begin(), input_.result.endpoints.end(),
                                    [](const auto& endpoint) { return !endpoint.checks.empty(); });
    if (judged && input_.broken.empty()) text_ += "No budget is broken.\n";
  }

  const ReportInput& input_;
  std::vector<TableSection> sections_;
  std::vector<std::size_t> widths_;
  std::string text_;
};

}  // namespace

std::string TableText(const ReportInput& input) { return TextTable(input).Text(); }

}  // namespace pumice::patterns
