// SPDX-License-Identifier: Apache-2.0
// The grammar of updates:
//   update  = section…            section = SET path = value, … | REMOVE path, … | ADD path :value,
//   … | DELETE … value   = operand | operand + operand | operand - operand, each of these in
//   parentheses too
#include <algorithm>

#include "expressions/parser.h"

namespace pumice {

std::optional<NodeId> ParserView::ReadSetValue() {
  // Whether a '(' opens the value or its first operand is seen when it is closed.
  std::size_t parentheses = 0;
  while (tokens_.Take(TokenKind::kLeftParenthesis)) ++parentheses;
  const auto operand = ReadOperand();
  if (!operand) return std::nullopt;
  NodeId value = *operand;
  while (true) {
    if (parentheses > 0 && tokens_.Take(TokenKind::kRightParenthesis)) {
      --parentheses;
      tree_.Enclose(value);
    } else if (IsOperand(value) && (At(TokenKind::kPlus) || At(TokenKind::kMinus))) {
      tree_.CountOperator();
      const NodeId sum = tree_.Add(At(TokenKind::kPlus) ? NodeKind::kPlus : NodeKind::kMinus);
      tokens_.Advance();
      const auto right = ReadOperand();
      if (!right) return std::nullopt;
      tree_.AppendChild(sum, value);
      tree_.AppendChild(sum, *right);
      value = sum;
    } else {
      return parentheses == 0 ? std::optional(value) : std::nullopt;
    }
  }
}

std::optional<ActionSyntax> ParserView::ReadAction(TokenKind section) {
  ActionSyntax action{section};
  const auto target = ReadPath();
  if (!target) return std::nullopt;
  action.target = *target;
  if (section == TokenKind::kRemove) return action;
  if (section == TokenKind::kSet) {
    if (!tokens_.Take(TokenKind::kEqual)) return std::nullopt;
    const auto value = ReadSetValue();
    if (!value) return std::nullopt;
    action.value = *value;
    return action;
  }
  if (!At(TokenKind::kValuePlaceholder)) return std::nullopt;
  action.value = *ReadLeaf();
  return action;
}

bool ParserView::ReadSection(TokenKind section, UpdateSyntax& update) {
  const bool repeated =
      std::any_of(update.actions.begin(), update.actions.end(),
                  [&](const ActionSyntax& action) { return action.section == section; });
  if (repeated && !update.repeated_section) update.repeated_section = section;
  do {
    const auto action = ReadAction(section);
    if (!action) return false;
    update.actions.push_back(*action);
  } while (tokens_.Take(TokenKind::kComma));
  return true;
}

std::optional<UpdateSyntax> ParserView::ReadUpdate() {
  UpdateSyntax update;
  do {
    const TokenKind section = tokens_.current().kind;
    if (section < TokenKind::kSet || section > TokenKind::kDelete) return std::nullopt;
    tokens_.Advance();
    if (!ReadSection(section, update)) return std::nullopt;
  } while (!At(TokenKind::kEnd));
  return update;
}

}  // namespace pumice
