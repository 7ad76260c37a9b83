// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "expressions/functions.h"
#include "expressions/parse.h"
#include "expressions/parser.h"
#include "expressions/problems.h"
#include "expressions/resolve.h"
#include "model/limits.h"

namespace pumice {
namespace {

constexpr std::string_view kKindName = "UpdateExpression";

/// In the order in which AWS reports them; of one rank, what is found first. Words are searched in
/// the order of the text, targets and actions from the last to the first (DynamoDB Local 3.3.1).
enum class Rank {
  kOperators,
  kParentheses,
  kWord,  // reserved words and functions that may not stand here
  kPathLimit,
  kSection,
  kUndefinedTarget,
  kOverlap,
  kConflict,
  kAction,  // undefined operands and those of a wrong type, of one action after another
};

std::string_view SectionName(TokenKind section) {
  switch (section) {
    case TokenKind::kRemove: return "REMOVE";
    case TokenKind::kAdd: return "ADD";
    case TokenKind::kDelete: return "DELETE";
    default: return "SET";
  }
}

bool IsSet(AttributeType type) {
  return type == AttributeType::kSs || type == AttributeType::kNs || type == AttributeType::kBs;
}

class UpdateBuilder {
 public:
  UpdateBuilder(const SyntaxTreeView& tree, Placeholders& placeholders)
      : tree_(tree), placeholders_(placeholders) {}

  /// None: there is a problem.
  std::optional<UpdateExpression> Build(const UpdateSyntax& syntax);
  const std::string& problem() const { return problem_.text(); }

 private:
  void CheckWholeText(const UpdateSyntax& syntax);
  void CheckPath(const SyntaxNodeView& path);
  void CheckCall(const SyntaxNodeView& call);
  void CheckCollisions(const std::vector<DocumentPath>& targets);

  void AppendAction(const ActionSyntax& action, DocumentPath target);
  AttributeValue BuildActionOperand(const ActionSyntax& action);
  DocumentPath BuildPath(NodeId id, Rank undefined);
  AttributeValue BuildValue(const SyntaxNodeView& value);
  SetValue BuildSetValue(NodeId id);
  SetValuePtr BuildPart(NodeId id);
  SetValue BuildSum(const SyntaxNodeView& sum);
  SetValue BuildCall(const SyntaxNodeView& call);
  void CheckOperandType(std::string_view operation, const SetValuePtr& operand,
                        AttributeType wanted);

  const SyntaxTreeView& tree_;
  Placeholders& placeholders_;
  FirstProblem<Rank> problem_;
  UpdateExpression update_;
};

std::optional<UpdateExpression> UpdateBuilder::Build(const UpdateSyntax& syntax) {
  CheckWholeText(syntax);
  if (problem_.found()) return std::nullopt;
  const auto& actions = syntax.actions;
  std::vector<DocumentPath> targets(actions.size());
  for (std::size_t i = actions.size(); i-- > 0;) {
    targets[i] = BuildPath(actions[i].target, Rank::kUndefinedTarget);
  }
  CheckCollisions(targets);
  for (std::size_t i = actions.size(); i-- > 0;) AppendAction(actions[i], std::move(targets[i]));
  if (problem_.found()) return std::nullopt;
  std::reverse(update_.set.begin(), update_.set.end());
  std::reverse(update_.remove.begin(), update_.remove.end());
  std::reverse(update_.add.begin(), update_.add.end());
  std::reverse(update_.del.begin(), update_.del.end());
  return std::move(update_);
}

void UpdateBuilder::CheckWholeText(const UpdateSyntax& syntax) {
  for (const SyntaxNodeView& node : tree_.nodes()) {
    if (node.kind == NodeKind::kPath) CheckPath(node);
    if (node.kind == NodeKind::kCall) CheckCall(node);
  }
  if (tree_.operator_count() > kMaxExpressionOperators) {
    problem_.Report(Rank::kOperators, problems::TooManyOperators);
  }
  if (tree_.has_redundant_parentheses()) {
    problem_.Report(Rank::kParentheses, problems::RedundantParentheses);
  }
  if (syntax.repeated_section) {
    problem_.Report(Rank::kSection, [&] {
      return problems::SectionRepeated(SectionName(*syntax.repeated_section));
    });
  }
}

void UpdateBuilder::CheckPath(const SyntaxNodeView& path) {
  if (const auto word = ReservedWordIn(tree_, path); !word.empty()) {
    problem_.Report(Rank::kWord, [&] { return problems::ReservedWord(word); });
  }
  if (const auto limit = LimitProblem(tree_, path)) {
    problem_.Report(Rank::kPathLimit, [&] { return *limit; });
  }
}

void UpdateBuilder::CheckCall(const SyntaxNodeView& call) {
  const FunctionInfo* const info = FindFunction(call.text);
  if (info == nullptr) {
    problem_.Report(Rank::kWord, [&] { return problems::UnknownFunction(call.text); });
    return;
  }
  if (info->use != FunctionUse::kUpdateOperand) {
    problem_.Report(Rank::kWord, [&] { return problems::NotInUpdates(call.text); });
  }
  if (info->function != Function::kListAppend) return;
  for (NodeId child = call.first_child; child != kNoNode; child = tree_[child].next_sibling) {
    const SyntaxNodeView& operand = tree_[child];
    if (operand.kind != NodeKind::kCall || operand.text != call.text) continue;
    problem_.Report(Rank::kWord, [&] { return problems::MisusedFunction(call.text); });
  }
}

void UpdateBuilder::CheckCollisions(const std::vector<DocumentPath>& targets) {
  std::vector<const DocumentPath*> paths;
  paths.reserve(targets.size());
  for (const DocumentPath& target : targets) paths.push_back(&target);
  const auto collision = FindCollision(paths);
  if (!collision) return;
  const Rank rank =
      collision->kind == PathCollision::Kind::kOverlap ? Rank::kOverlap : Rank::kConflict;
  problem_.Report(rank, [&] { return problems::Collision(*collision); });
}

void UpdateBuilder::AppendAction(const ActionSyntax& action, DocumentPath target) {
  switch (action.section) {
    case TokenKind::kRemove: update_.remove.push_back({std::move(target)}); break;
    case TokenKind::kAdd:
      update_.add.push_back({std::move(target), BuildActionOperand(action)});
      break;
    case TokenKind::kDelete:
      update_.del.push_back({std::move(target), BuildActionOperand(action)});
      break;
    default: update_.set.push_back({std::move(target), BuildSetValue(action.value)}); break;
  }
}

AttributeValue UpdateBuilder::BuildActionOperand(const ActionSyntax& action) {
  const SyntaxNodeView& node = tree_[action.value];
  const AttributeValue* const value = placeholders_.UseValue(node.text);
  if (value == nullptr) return BuildValue(node);
  const AttributeType type = value->type();
  if (!IsSet(type) && !(action.section == TokenKind::kAdd && type == AttributeType::kN)) {
    problem_.Report(Rank::kAction,
                    [&] { return problems::ActionOperandType(SectionName(action.section), type); });
  }
  return *value;
}

DocumentPath UpdateBuilder::BuildPath(NodeId id, Rank undefined) {
  return ResolvePath(tree_, tree_[id], placeholders_, [this, undefined](std::string_view name) {
    problem_.Report(undefined, [&] { return problems::UndefinedName(name); });
  });
}

AttributeValue UpdateBuilder::BuildValue(const SyntaxNodeView& value) {
  if (const AttributeValue* const found = placeholders_.UseValue(value.text)) return *found;
  problem_.Report(Rank::kAction, [&] { return problems::UndefinedValue(value.text); });
  return {};
}

/// Recursion is as deep as the calls of known functions are: a text holds some 300 of them.
SetValue UpdateBuilder::BuildSetValue(NodeId id) {
  const SyntaxNodeView& node = tree_[id];
  switch (node.kind) {
    case NodeKind::kPath: return {BuildPath(id, Rank::kAction)};
    case NodeKind::kValue: return {BuildValue(node)};
    case NodeKind::kCall: return BuildCall(node);
    default: return BuildSum(node);
  }
}

SetValuePtr UpdateBuilder::BuildPart(NodeId id) {
  return std::make_unique<const SetValue>(BuildSetValue(id));
}

/// Values of the request are checked here, all others when the update is applied.
void UpdateBuilder::CheckOperandType(std::string_view operation, const SetValuePtr& operand,
                                     AttributeType wanted) {
  const auto* const value = std::get_if<AttributeValue>(&operand->node);
  if (value == nullptr || value->type() == wanted) return;
  problem_.Report(Rank::kAction, [&] {
    return problems::OperandType(operation, AttributeTypeName(value->type()));
  });
}

SetValue UpdateBuilder::BuildSum(const SyntaxNodeView& sum) {
  const std::string_view operation = sum.kind == NodeKind::kPlus ? "+" : "-";
  SetValuePtr left = BuildPart(sum.first_child);
  SetValuePtr right = BuildPart(sum.last_child);
  CheckOperandType(operation, left, AttributeType::kN);
  CheckOperandType(operation, right, AttributeType::kN);
  return {Sum{std::move(left), std::move(right), sum.kind == NodeKind::kMinus}};
}

SetValue UpdateBuilder::BuildCall(const SyntaxNodeView& call) {
  const FunctionInfo& info = *FindFunction(call.text);
  std::vector<SetValuePtr> operands;
  for (NodeId child = call.first_child; child != kNoNode; child = tree_[child].next_sibling) {
    operands.push_back(BuildPart(child));
  }
  if (operands.size() != info.operand_count) {
    problem_.Report(Rank::kAction,
                    [&] { return problems::OperandCount(info.name, operands.size()); });
    return {};
  }
  if (info.function == Function::kListAppend) {
    CheckOperandType(info.name, operands[0], AttributeType::kL);
    CheckOperandType(info.name, operands[1], AttributeType::kL);
    return {ListAppend{std::move(operands[0]), std::move(operands[1])}};
  }
  const auto* const path = std::get_if<DocumentPath>(&operands[0]->node);
  if (path == nullptr) {
    problem_.Report(Rank::kAction, [&] { return problems::PathRequired(info.name); });
    return {};
  }
  return {IfNotExists{*path, std::move(operands[1])}};
}

}  // namespace

std::vector<const DocumentPath*> UpdateExpression::Targets() const {
  std::vector<const DocumentPath*> targets;
  targets.reserve(set.size() + remove.size() + add.size() + del.size());
  for (const SetAction& action : set) targets.push_back(&action.target);
  for (const RemoveAction& action : remove) targets.push_back(&action.target);
  for (const AddAction& action : add) targets.push_back(&action.target);
  for (const DeleteAction& action : del) targets.push_back(&action.target);
  return targets;
}

Result<UpdateExpression> ParseUpdate(std::string_view text, Placeholders& placeholders) {
  PUMICE_TRY(CheckExpressionSize(kKindName, text));
  ParserView parser(text);
  const auto syntax = parser.ReadUpdate();
  if (!syntax) return InvalidExpression(kKindName, parser.SyntaxError());
  UpdateBuilder builder(parser.tree(), placeholders);
  auto update = builder.Build(*syntax);
  if (!update) return InvalidExpression(kKindName, builder.problem());
  return *std::move(update);
}

}  // namespace pumice
