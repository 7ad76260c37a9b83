// SPDX-License-Identifier: Apache-2.0
// Paths, operands and projections: what the grammars share.
#include "expressions/parser.h"

namespace pumice {

bool ParserView::IsPlainOperand(NodeId id) const {
  const NodeKind kind = tree_[id].kind;
  return kind == NodeKind::kPath || kind == NodeKind::kValue;
}

bool ParserView::IsOperand(NodeId id) const {
  return IsPlainOperand(id) || tree_[id].kind == NodeKind::kCall;
}

bool ParserView::ReadPathStep() {
  if (!At(TokenKind::kName) && !At(TokenKind::kNamePlaceholder)) return false;
  tree_.AppendStep({tokens_.current().kind, tokens_.current().text});
  tokens_.Advance();
  return true;
}

std::optional<NodeId> ParserView::ReadPath() {
  const NodeId path = tree_.AddPath();
  if (!ReadPathStep()) return std::nullopt;
  while (true) {
    if (tokens_.Take(TokenKind::kDot)) {
      if (!ReadPathStep()) return std::nullopt;
    } else if (tokens_.Take(TokenKind::kLeftBracket)) {
      if (!At(TokenKind::kInteger)) return std::nullopt;
      tree_.AppendStep({TokenKind::kInteger, tokens_.current().text});
      tokens_.Advance();
      if (!tokens_.Take(TokenKind::kRightBracket)) return std::nullopt;
    } else {
      return path;
    }
  }
}

std::optional<NodeId> ParserView::ReadLeaf() {
  if (!At(TokenKind::kValuePlaceholder)) return ReadPath();
  const NodeId value = tree_.Add(NodeKind::kValue, tokens_.current().text);
  tokens_.Advance();
  return value;
}

void ParserView::OpenOperand() {
  while (true) {
    if (tokens_.Take(TokenKind::kLeftParenthesis)) {
      open_.push_back({Open::Kind::kParenthesis});
    } else if (At(TokenKind::kName) && tokens_.next().kind == TokenKind::kLeftParenthesis) {
      open_.push_back({Open::Kind::kCall, tree_.Add(NodeKind::kCall, tokens_.current().text)});
      tokens_.Advance();
      tokens_.Advance();
    } else {
      return;
    }
  }
}

/// A path, a :value, a call, or one of these in parentheses.
std::optional<NodeId> ParserView::ReadOperand() {
  const std::size_t outside = open_.size();
  while (true) {
    OpenOperand();
    const auto leaf = ReadLeaf();
    if (!leaf) return std::nullopt;
    NodeId done = *leaf;
    bool next_operand = false;
    while (open_.size() > outside && !next_operand) {
      const Open open = open_.back();
      if (open.kind == Open::Kind::kCall) {
        tree_.AppendChild(open.node, done);
        next_operand = tokens_.Take(TokenKind::kComma);
        if (next_operand) continue;
        done = open.node;
      } else {
        tree_.Enclose(done);
      }
      if (!tokens_.Take(TokenKind::kRightParenthesis)) return std::nullopt;
      open_.pop_back();
    }
    if (!next_operand) return done;
  }
}

std::optional<std::vector<NodeId>> ParserView::ReadProjection() {
  std::vector<NodeId> paths;
  do {
    const auto path = ReadPath();
    if (!path) return std::nullopt;
    paths.push_back(*path);
  } while (tokens_.Take(TokenKind::kComma));
  if (!At(TokenKind::kEnd)) return std::nullopt;
  return paths;
}

}  // namespace pumice
