// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "expressions/parse.h"
#include "expressions/parser.h"
#include "expressions/problems.h"
#include "expressions/resolve.h"

namespace pumice {
namespace {

constexpr std::string_view kKindName = "ProjectionExpression";

/// In the order in which AWS reports them.
enum class Rank { kReservedWord, kPathLimit, kUndefinedName, kOverlap, kConflict };

}  // namespace

Result<ProjectionExpression> ParseProjection(std::string_view text, Placeholders& placeholders) {
  PUMICE_TRY(CheckExpressionSize(kKindName, text));
  ParserView parser(text);
  const auto nodes = parser.ReadProjection();
  if (!nodes) return InvalidExpression(kKindName, parser.SyntaxError());

  const SyntaxTreeView& tree = parser.tree();
  FirstProblem<Rank> problem;
  ProjectionExpression projection;
  projection.paths.reserve(nodes->size());
  for (const NodeId id : *nodes) {
    if (const auto word = ReservedWordIn(tree, tree[id]); !word.empty()) {
      problem.Report(Rank::kReservedWord, [&] { return problems::ReservedWord(word); });
    }
    if (const auto limit = LimitProblem(tree, tree[id])) {
      problem.Report(Rank::kPathLimit, [&] { return *limit; });
    }
    projection.paths.push_back(
        ResolvePath(tree, tree[id], placeholders, [&](std::string_view name) {
          problem.Report(Rank::kUndefinedName, [&] { return problems::UndefinedName(name); });
        }));
  }
  std::vector<const DocumentPath*> paths;
  paths.reserve(projection.paths.size());
  for (const DocumentPath& path : projection.paths) paths.push_back(&path);
  if (const auto collision = FindCollision(paths)) {
    const bool overlap = collision->kind == PathCollision::Kind::kOverlap;
    problem.Report(overlap ? Rank::kOverlap : Rank::kConflict,
                   [&] { return problems::Collision(*collision); });
  }
  if (problem.found()) return InvalidExpression(kKindName, problem.text());
  return projection;
}

}  // namespace pumice
