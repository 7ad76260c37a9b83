// SPDX-License-Identifier: Apache-2.0
#pragma once
// Paths of the syntax tree -> document paths.

#include <optional>
#include <string>
#include <string_view>

#include "base/function_ref.h"
#include "expressions/ast.h"
#include "expressions/placeholders.h"
#include "expressions/syntax_tree.h"

namespace pumice {

/// The first reserved word that stands literally in the path; empty: none.
std::string_view ReservedWordIn(const SyntaxTreeView& tree, const SyntaxNodeView& path);

/// Too many levels, or an index that no list can have; none: the path is in order.
std::optional<std::string> LimitProblem(const SyntaxTreeView& tree, const SyntaxNodeView& path);

/// Marks the names used. An undefined one is reported and stands for itself.
DocumentPath ResolvePath(const SyntaxTreeView& tree, const SyntaxNodeView& path,
                         Placeholders& placeholders,
                         FunctionRef<void(std::string_view placeholder)> report_undefined);

}  // namespace pumice
