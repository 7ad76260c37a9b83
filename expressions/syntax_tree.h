// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the grammar says of a text, before names and values are looked up. Flat: nodes name each
// other by number, so that a text of any depth is walked and freed without recursion. Thread rule:
// a plain value. Lifetime: holds views into the text.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "expressions/lexer.h"

namespace pumice {

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = std::numeric_limits<NodeId>::max();

enum class NodeKind : std::uint8_t {
  kPath,
  kValue,       // :x
  kCall,        // f(…), children: its operands
  kComparison,  // children: left, right
  kBetween,     // children: value, low, high
  kIn,          // children: value, then the list
  kAnd,
  kOr,
  kNot,
  kPlus,
  kMinus,
};

struct PathStepView {
  TokenKind kind = TokenKind::kName;  // kName, kNamePlaceholder or kInteger
  std::string_view text;
};

struct SyntaxNodeView {
  NodeKind kind = NodeKind::kPath;
  TokenKind comparator = TokenKind::kEqual;  // of a kComparison
  bool in_parentheses = false;
  bool is_operand = false;  // stands where a value is wanted, not a condition
  NodeId first_child = kNoNode;
  NodeId last_child = kNoNode;
  NodeId next_sibling = kNoNode;
  std::uint32_t first_step = 0;  // of a kPath
  std::uint32_t step_count = 0;
  std::string_view text;  // the token of a kValue, the name of a kCall
};

class SyntaxTreeView {
 public:
  SyntaxTreeView();

  NodeId Add(NodeKind kind, std::string_view text = {});
  void AppendChild(NodeId parent, NodeId child);
  NodeId AddPath();
  /// Adds to the path that was added last.
  void AppendStep(PathStepView step);

  const SyntaxNodeView& operator[](NodeId id) const { return nodes_[id]; }
  SyntaxNodeView& operator[](NodeId id) { return nodes_[id]; }
  /// All nodes in the order in which they were added: operands in the order of the text.
  std::span<const SyntaxNodeView> nodes() const { return nodes_; }
  std::span<const PathStepView> Steps(const SyntaxNodeView& path) const;
  std::vector<NodeId> Children(const SyntaxNodeView& node) const;

  /// Puts a pair of parentheses around the node.
  void Enclose(NodeId id);
  bool has_redundant_parentheses() const { return has_redundant_parentheses_; }

  void CountOperator() { ++operator_count_; }
  std::size_t operator_count() const { return operator_count_; }

 private:
  std::vector<SyntaxNodeView> nodes_;
  std::vector<PathStepView> steps_;
  std::size_t operator_count_ = 0;
  bool has_redundant_parentheses_ = false;
};

}  // namespace pumice
