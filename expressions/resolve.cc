// SPDX-License-Identifier: Apache-2.0
#include "expressions/resolve.h"

#include <charconv>
#include <cstdint>
#include <limits>

#include "expressions/problems.h"
#include "expressions/reserved_words.h"
#include "model/limits.h"

namespace pumice {
namespace {

std::optional<std::size_t> ParseIndex(std::string_view digits) {
  std::int32_t index = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (result.ec != std::errc()) return std::nullopt;
  return static_cast<std::size_t>(index);
}

}  // namespace

std::string_view ReservedWordIn(const SyntaxTreeView& tree, const SyntaxNodeView& path) {
  for (const PathStepView& step : tree.Steps(path)) {
    if (step.kind == TokenKind::kName && IsReservedWord(step.text)) return step.text;
  }
  return {};
}

std::optional<std::string> LimitProblem(const SyntaxTreeView& tree, const SyntaxNodeView& path) {
  if (path.step_count > kMaxNestingLevels) return problems::TooManyLevels(path.step_count);
  for (const PathStepView& step : tree.Steps(path)) {
    if (step.kind == TokenKind::kInteger && !ParseIndex(step.text)) {
      return problems::IndexOutOfRange(step.text);
    }
  }
  return std::nullopt;
}

DocumentPath ResolvePath(const SyntaxTreeView& tree, const SyntaxNodeView& path,
                         Placeholders& placeholders,
                         FunctionRef<void(std::string_view)> report_undefined) {
  DocumentPath resolved;
  resolved.elements.reserve(path.step_count);
  for (const PathStepView& step : tree.Steps(path)) {
    if (step.kind == TokenKind::kInteger) {
      resolved.elements.emplace_back(ParseIndex(step.text).value_or(0));
      continue;
    }
    const std::string* name = nullptr;
    if (step.kind == TokenKind::kNamePlaceholder) {
      name = placeholders.UseName(step.text);
      if (name == nullptr) report_undefined(step.text);
    }
    resolved.elements.emplace_back(name != nullptr ? *name : std::string(step.text));
  }
  return resolved;
}

}  // namespace pumice
