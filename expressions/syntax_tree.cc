// SPDX-License-Identifier: Apache-2.0
#include "expressions/syntax_tree.h"

namespace pumice {
namespace {

// Enough for most expressions in one allocation each.
constexpr std::size_t kUsualNodes = 8;
constexpr std::size_t kUsualSteps = 4;

bool TakesOperands(NodeKind kind) {
  return kind != NodeKind::kAnd && kind != NodeKind::kOr && kind != NodeKind::kNot;
}

}  // namespace

SyntaxTreeView::SyntaxTreeView() {
  nodes_.reserve(kUsualNodes);
  steps_.reserve(kUsualSteps);
}

NodeId SyntaxTreeView::Add(NodeKind kind, std::string_view text) {
  SyntaxNodeView& node = nodes_.emplace_back();
  node.kind = kind;
  node.text = text;
  return static_cast<NodeId>(nodes_.size() - 1);
}

void SyntaxTreeView::AppendChild(NodeId parent, NodeId child) {
  SyntaxNodeView& node = nodes_[parent];
  if (node.first_child == kNoNode) {
    node.first_child = child;
  } else {
    nodes_[node.last_child].next_sibling = child;
  }
  node.last_child = child;
  nodes_[child].is_operand = TakesOperands(node.kind);
}

NodeId SyntaxTreeView::AddPath() {
  const NodeId id = Add(NodeKind::kPath);
  nodes_[id].first_step = static_cast<std::uint32_t>(steps_.size());
  return id;
}

void SyntaxTreeView::AppendStep(PathStepView step) {
  steps_.push_back(step);
  ++nodes_.back().step_count;
}

std::span<const PathStepView> SyntaxTreeView::Steps(const SyntaxNodeView& path) const {
  return std::span(steps_).subspan(path.first_step, path.step_count);
}

std::vector<NodeId> SyntaxTreeView::Children(const SyntaxNodeView& node) const {
  std::vector<NodeId> children;
  for (NodeId child = node.first_child; child != kNoNode; child = nodes_[child].next_sibling) {
    children.push_back(child);
  }
  return children;
}

void SyntaxTreeView::Enclose(NodeId id) {
  if (nodes_[id].in_parentheses) has_redundant_parentheses_ = true;
  nodes_[id].in_parentheses = true;
}

}  // namespace pumice
