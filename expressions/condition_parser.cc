// SPDX-License-Identifier: Apache-2.0
// The grammar of conditions:
//   condition  = condition OR condition | condition AND condition | NOT condition | ( condition ) |
//   f(…)
//              | operand comparator operand | operand BETWEEN operand AND operand
//              | operand IN ( operand, … )
// NOT binds tighter than AND, AND tighter than OR. A '(' may open a condition or an operand; which
// of them, the first thing after the ')' tells.
#include "expressions/parser.h"

namespace pumice {
namespace {

bool IsComparator(TokenKind kind) {
  return kind >= TokenKind::kEqual && kind <= TokenKind::kGreaterOrEqual;
}

}  // namespace

void ParserView::OpenCondition() {
  while (true) {
    if (tokens_.Take(TokenKind::kLeftParenthesis)) {
      open_.push_back({Open::Kind::kParenthesis});
    } else if (tokens_.Take(TokenKind::kNot)) {
      tree_.CountOperator();
      open_.push_back({Open::Kind::kNot});
    } else {
      return;
    }
  }
}

bool ParserView::AtComparison() const {
  return IsComparator(tokens_.current().kind) || At(TokenKind::kBetween) || At(TokenKind::kIn);
}

std::optional<NodeId> ParserView::ReadComparison(NodeId left) {
  const TokenKind operation = tokens_.current().kind;
  tokens_.Advance();
  tree_.CountOperator();
  const NodeKind kind = operation == TokenKind::kBetween ? NodeKind::kBetween
                        : operation == TokenKind::kIn    ? NodeKind::kIn
                                                         : NodeKind::kComparison;
  const NodeId node = tree_.Add(kind);
  tree_[node].comparator = operation;
  tree_.AppendChild(node, left);
  if (kind == NodeKind::kBetween)
    return ReadBetweenBounds(node) ? std::optional(node) : std::nullopt;
  if (kind == NodeKind::kIn) return ReadInList(node) ? std::optional(node) : std::nullopt;
  const auto right = ReadOperand();
  if (!right) return std::nullopt;
  tree_.AppendChild(node, *right);
  return node;
}

bool ParserView::ReadBetweenBounds(NodeId between) {
  const auto low = ReadOperand();
  if (!low || !tokens_.Take(TokenKind::kAnd)) return false;
  const auto high = ReadOperand();
  if (!high) return false;
  tree_.AppendChild(between, *low);
  tree_.AppendChild(between, *high);
  return true;
}

bool ParserView::ReadInList(NodeId in) {
  if (!tokens_.Take(TokenKind::kLeftParenthesis)) return false;
  do {
    const auto operand = ReadOperand();
    if (!operand) return false;
    tree_.AppendChild(in, *operand);
  } while (tokens_.Take(TokenKind::kComma));
  return tokens_.Take(TokenKind::kRightParenthesis);
}

/// Gives `condition` to the operators that wait for it and bind at least as tight as `loosest`.
NodeId ParserView::CloseOperators(NodeId condition, Open::Kind loosest) {
  while (!open_.empty() && open_.back().kind != Open::Kind::kParenthesis &&
         open_.back().kind <= loosest) {
    const Open open = open_.back();
    open_.pop_back();
    const NodeId node = tree_.Add(open.kind == Open::Kind::kNot   ? NodeKind::kNot
                                  : open.kind == Open::Kind::kAnd ? NodeKind::kAnd
                                                                  : NodeKind::kOr);
    if (open.node != kNoNode) tree_.AppendChild(node, open.node);
    tree_.AppendChild(node, condition);
    condition = node;
  }
  return condition;
}

std::optional<NodeId> ParserView::CloseParenthesis(NodeId inner) {
  const bool directly_open = !open_.empty() && open_.back().kind == Open::Kind::kParenthesis;
  if (IsPlainOperand(inner) && !directly_open) return std::nullopt;
  const NodeId node = CloseOperators(inner, Open::Kind::kOr);
  if (open_.empty() || !tokens_.Take(TokenKind::kRightParenthesis)) return std::nullopt;
  open_.pop_back();
  tree_.Enclose(node);
  return node;
}

/// AND or OR after the condition `left`.
bool ParserView::ReadConnective(NodeId left) {
  if (IsPlainOperand(left)) return false;
  const auto kind = At(TokenKind::kAnd) ? Open::Kind::kAnd : Open::Kind::kOr;
  tree_.CountOperator();
  open_.push_back({kind, CloseOperators(left, kind)});
  tokens_.Advance();
  return true;
}

/// What follows an operand or a condition. `complete`: it was the end of the text; else another
/// operand must follow.
std::optional<NodeId> ParserView::ReadConditionTail(NodeId node, bool& complete) {
  while (true) {
    if (IsOperand(node) && AtComparison()) {
      const auto comparison = ReadComparison(node);
      if (!comparison) return std::nullopt;
      node = *comparison;
    } else if (At(TokenKind::kRightParenthesis)) {
      const auto enclosed = CloseParenthesis(node);
      if (!enclosed) return std::nullopt;
      node = *enclosed;
    } else if (At(TokenKind::kAnd) || At(TokenKind::kOr)) {
      return ReadConnective(node) ? std::optional(node) : std::nullopt;
    } else {
      if (!At(TokenKind::kEnd) || IsPlainOperand(node)) return std::nullopt;
      complete = true;
      node = CloseOperators(node, Open::Kind::kOr);
      return open_.empty() ? std::optional(node) : std::nullopt;
    }
  }
}

std::optional<NodeId> ParserView::ReadCondition() {
  bool complete = false;
  while (true) {
    OpenCondition();
    const auto operand = ReadOperand();
    if (!operand) return std::nullopt;
    const auto node = ReadConditionTail(*operand, complete);
    if (!node || complete) return node;
  }
}

}  // namespace pumice
