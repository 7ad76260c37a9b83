// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tokens -> syntax tree, for all grammars. Nothing here recurses: what is open is kept in a list,
// so that 4,096 parentheses cost 4,096 entries and no stack. Every function answers none where the
// text breaks the grammar; SyntaxError() then tells where.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expressions/lexer.h"
#include "expressions/syntax_tree.h"

namespace pumice {

/// One action of an update: `SET target = value`, `REMOVE target`, `ADD target :value`, …
struct ActionSyntax {
  TokenKind section = TokenKind::kSet;
  NodeId target = kNoNode;
  NodeId value = kNoNode;  // none: REMOVE
};

struct UpdateSyntax {
  std::vector<ActionSyntax> actions;          // in the order of the text
  std::optional<TokenKind> repeated_section;  // the first that comes a second time
};

class ParserView {
 public:
  explicit ParserView(std::string_view text) : tokens_(text) {}

  // Each reads the whole text.
  std::optional<NodeId> ReadCondition();
  std::optional<UpdateSyntax> ReadUpdate();
  std::optional<std::vector<NodeId>> ReadProjection();

  std::string SyntaxError() const { return tokens_.SyntaxError(); }
  const SyntaxTreeView& tree() const { return tree_; }

 private:
  /// Something that waits for what follows it: a call for its operands and its ')', NOT for its
  /// condition.
  struct Open {
    enum class Kind { kParenthesis, kCall, kNot, kAnd, kOr } kind;
    NodeId node = kNoNode;  // the call; the left side of AND and OR
  };

  bool At(TokenKind kind) const { return tokens_.current().kind == kind; }
  bool IsPlainOperand(NodeId id) const;
  bool IsOperand(NodeId id) const;

  bool ReadPathStep();
  std::optional<NodeId> ReadPath();
  std::optional<NodeId> ReadLeaf();
  void OpenOperand();
  std::optional<NodeId> ReadOperand();

  void OpenCondition();
  bool AtComparison() const;
  std::optional<NodeId> ReadComparison(NodeId left);
  bool ReadBetweenBounds(NodeId between);
  bool ReadInList(NodeId in);
  NodeId CloseOperators(NodeId condition, Open::Kind loosest);
  std::optional<NodeId> CloseParenthesis(NodeId inner);
  bool ReadConnective(NodeId left);
  std::optional<NodeId> ReadConditionTail(NodeId node, bool& complete);

  bool ReadSection(TokenKind section, UpdateSyntax& update);
  std::optional<ActionSyntax> ReadAction(TokenKind section);
  std::optional<NodeId> ReadSetValue();

  TokenStreamView tokens_;
  SyntaxTreeView tree_;
  std::vector<Open> open_;
};

}  // namespace pumice
