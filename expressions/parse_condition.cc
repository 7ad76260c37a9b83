// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <utility>

#include "expressions/functions.h"
#include "expressions/parse.h"
#include "expressions/parser.h"
#include "expressions/problems.h"
#include "expressions/resolve.h"
#include "model/limits.h"

namespace pumice {
namespace {

/// In the order in which AWS reports them. From kUndefined on, the first primitive condition of the
/// text that has any problem decides.
enum class Rank {
  kOperators,
  kParentheses,
  kUnknownFunction,
  kMisusedFunction,
  kReservedWord,
  kPathLimit,
  kUndefined,
  kOperandCount,
  kNotDistinct,
  kOperandType,
};

std::string_view KindName(ConditionKind kind) {
  switch (kind) {
    case ConditionKind::kCondition: return "ConditionExpression";
    case ConditionKind::kFilter: return "FilterExpression";
    case ConditionKind::kKeyCondition: return "KeyConditionExpression";
  }
  return {};
}

struct ComparatorInfo {
  Comparator comparator;
  std::string_view text;
};

ComparatorInfo ComparatorOf(TokenKind token) {
  switch (token) {
    case TokenKind::kNotEqual: return {Comparator::kNotEqual, "<>"};
    case TokenKind::kLess: return {Comparator::kLess, "<"};
    case TokenKind::kLessOrEqual: return {Comparator::kLessOrEqual, "<="};
    case TokenKind::kGreater: return {Comparator::kGreater, ">"};
    case TokenKind::kGreaterOrEqual: return {Comparator::kGreaterOrEqual, ">="};
    default: return {Comparator::kEqual, "="};
  }
}

bool IsOrdering(Comparator comparator) {
  return comparator != Comparator::kEqual && comparator != Comparator::kNotEqual;
}

bool HasOrder(AttributeType type) {
  return type == AttributeType::kS || type == AttributeType::kN || type == AttributeType::kB;
}

/// What is known of an operand without an item.
std::optional<AttributeType> StaticType(const Operand& operand) {
  if (const auto* const value = std::get_if<AttributeValue>(&operand)) return value->type();
  if (std::holds_alternative<SizeOf>(operand)) return AttributeType::kN;
  return std::nullopt;
}

class ConditionBuilder {
 public:
  ConditionBuilder(const SyntaxTreeView& tree, Placeholders& placeholders)
      : tree_(tree), placeholders_(placeholders) {}

  /// None: there is a problem.
  std::optional<Condition> Build(NodeId root) {
    CheckWholeText();
    if (problem_.found()) return std::nullopt;
    Condition condition = BuildCondition(root);
    if (problem_.found()) return std::nullopt;
    return condition;
  }

  const std::string& problem() const { return problem_.text(); }

 private:
  void CheckWholeText();
  void CheckFunctionName(const SyntaxNodeView& call);
  void CheckPath(const SyntaxNodeView& path);

  Condition BuildCondition(NodeId id);
  ConditionPtr BuildPart(NodeId id);
  Condition BuildPrimitive(const SyntaxNodeView& node);
  Condition BuildComparison(const SyntaxNodeView& node, std::vector<Operand> operands);
  Condition BuildBetween(std::vector<Operand> operands);
  Condition BuildIn(std::vector<Operand> operands);
  Condition BuildCall(const FunctionInfo& info, std::vector<Operand> operands);
  Condition BuildExists(const FunctionInfo& info, Operand operand);
  Condition BuildTypeIs(const FunctionInfo& info, std::vector<Operand> operands);

  std::vector<Operand> BuildOperands(const SyntaxNodeView& node);
  Operand BuildOperand(const SyntaxNodeView& node);
  Operand BuildSize(const SyntaxNodeView& call);

  void CheckDistinct(std::string_view operation, const std::vector<Operand>& operands);
  void CheckTypes(std::string_view operation, const std::vector<Operand>& operands,
                  bool (*allowed)(AttributeType));
  void CheckBounds(const Operand& low, const Operand& high);

  const SyntaxTreeView& tree_;
  Placeholders& placeholders_;
  FirstProblem<Rank> problem_;
};

void ConditionBuilder::CheckWholeText() {
  if (tree_.operator_count() > kMaxExpressionOperators) {
    problem_.Report(Rank::kOperators, problems::TooManyOperators);
  }
  if (tree_.has_redundant_parentheses()) {
    problem_.Report(Rank::kParentheses, problems::RedundantParentheses);
  }
  for (const SyntaxNodeView& node : tree_.nodes()) {
    if (node.kind == NodeKind::kCall) CheckFunctionName(node);
    if (node.kind == NodeKind::kPath) CheckPath(node);
  }
}

void ConditionBuilder::CheckFunctionName(const SyntaxNodeView& call) {
  const FunctionInfo* const info = FindFunction(call.text);
  if (info == nullptr) {
    problem_.Report(Rank::kUnknownFunction, [&] { return problems::UnknownFunction(call.text); });
    return;
  }
  const FunctionUse use =
      call.is_operand ? FunctionUse::kConditionOperand : FunctionUse::kCondition;
  if (info->use == FunctionUse::kUpdateOperand) {
    problem_.Report(Rank::kMisusedFunction, [&] { return problems::NotInConditions(call.text); });
  } else if (info->use != use) {
    problem_.Report(Rank::kMisusedFunction, [&] { return problems::MisusedFunction(call.text); });
  }
}

void ConditionBuilder::CheckPath(const SyntaxNodeView& path) {
  if (const auto word = ReservedWordIn(tree_, path); !word.empty()) {
    problem_.Report(Rank::kReservedWord, [&] { return problems::ReservedWord(word); });
  }
  if (const auto limit = LimitProblem(tree_, path)) {
    problem_.Report(Rank::kPathLimit, [&] { return *limit; });
  }
}

/// Recursion is bounded by the limit of operators, which is checked before.
Condition ConditionBuilder::BuildCondition(NodeId id) {
  const SyntaxNodeView& node = tree_[id];
  switch (node.kind) {
    case NodeKind::kNot: return {Not{BuildPart(node.first_child)}};
    case NodeKind::kAnd: {
      ConditionPtr left = BuildPart(node.first_child);
      return {And{std::move(left), BuildPart(node.last_child)}};
    }
    case NodeKind::kOr: {
      ConditionPtr left = BuildPart(node.first_child);
      return {Or{std::move(left), BuildPart(node.last_child)}};
    }
    default: return BuildPrimitive(node);
  }
}

ConditionPtr ConditionBuilder::BuildPart(NodeId id) {
  if (problem_.found()) return nullptr;  // an earlier primitive decided
  return std::make_unique<const Condition>(BuildCondition(id));
}

Condition ConditionBuilder::BuildPrimitive(const SyntaxNodeView& node) {
  std::vector<Operand> operands = BuildOperands(node);
  switch (node.kind) {
    case NodeKind::kBetween: return BuildBetween(std::move(operands));
    case NodeKind::kIn: return BuildIn(std::move(operands));
    case NodeKind::kCall: return BuildCall(*FindFunction(node.text), std::move(operands));
    default: return BuildComparison(node, std::move(operands));
  }
}

std::vector<Operand> ConditionBuilder::BuildOperands(const SyntaxNodeView& node) {
  std::vector<Operand> operands;
  operands.reserve(2);
  for (NodeId child = node.first_child; child != kNoNode; child = tree_[child].next_sibling) {
    operands.push_back(BuildOperand(tree_[child]));
  }
  return operands;
}

Operand ConditionBuilder::BuildOperand(const SyntaxNodeView& node) {
  if (node.kind == NodeKind::kCall) return BuildSize(node);
  if (node.kind == NodeKind::kPath) {
    return ResolvePath(tree_, node, placeholders_, [this](std::string_view name) {
      problem_.Report(Rank::kUndefined, [&] { return problems::UndefinedName(name); });
    });
  }
  if (const AttributeValue* const value = placeholders_.UseValue(node.text)) return *value;
  problem_.Report(Rank::kUndefined, [&] { return problems::UndefinedValue(node.text); });
  return AttributeValue();
}

Operand ConditionBuilder::BuildSize(const SyntaxNodeView& call) {
  const auto report_type = [&](AttributeType type) {
    problem_.Report(Rank::kOperandType,
                    [&] { return problems::OperandType(call.text, AttributeTypeName(type)); });
  };
  const SyntaxNodeView& first = tree_[call.first_child];
  const std::vector<NodeId> operands = tree_.Children(call);
  if (operands.size() != 1) {
    problem_.Report(Rank::kOperandCount,
                    [&] { return problems::OperandCount(call.text, operands.size()); });
  }
  // size(size(…)): only size can stand here, and it is a number. Not followed down, it may be deep.
  if (first.kind == NodeKind::kCall) {
    report_type(AttributeType::kN);
    return SizeOf();
  }
  Operand of = BuildOperand(first);
  if (auto* const path = std::get_if<DocumentPath>(&of)) return SizeOf{std::move(*path)};
  auto& value = std::get<AttributeValue>(of);
  switch (value.type()) {
    case AttributeType::kN:
    case AttributeType::kBool:
    case AttributeType::kNull: report_type(value.type()); break;
    default: break;
  }
  return SizeOf{std::move(value)};
}

void ConditionBuilder::CheckDistinct(std::string_view operation,
                                     const std::vector<Operand>& operands) {
  const auto* const first = std::get_if<DocumentPath>(&operands.front());
  if (first == nullptr) return;
  for (std::size_t i = 1; i < operands.size(); ++i) {
    const auto* const other = std::get_if<DocumentPath>(&operands[i]);
    if (other == nullptr || *other != *first) continue;
    problem_.Report(Rank::kNotDistinct, [&] { return problems::NotDistinct(operation, *first); });
  }
}

void ConditionBuilder::CheckTypes(std::string_view operation, const std::vector<Operand>& operands,
                                  bool (*allowed)(AttributeType)) {
  for (const Operand& operand : operands) {
    const auto type = StaticType(operand);
    if (!type || allowed(*type)) continue;
    problem_.Report(Rank::kOperandType,
                    [&] { return problems::OperandType(operation, AttributeTypeName(*type)); });
  }
}

Condition ConditionBuilder::BuildComparison(const SyntaxNodeView& node,
                                            std::vector<Operand> operands) {
  const auto [comparator, text] = ComparatorOf(node.comparator);
  CheckDistinct(text, operands);
  if (IsOrdering(comparator)) CheckTypes(text, operands, HasOrder);
  return {Comparison{comparator, std::move(operands[0]), std::move(operands[1])}};
}

void ConditionBuilder::CheckBounds(const Operand& low, const Operand& high) {
  const auto* const low_value = std::get_if<AttributeValue>(&low);
  const auto* const high_value = std::get_if<AttributeValue>(&high);
  if (low_value == nullptr || high_value == nullptr) return;
  const auto order = Compare(*low_value, *high_value);
  if (!order) {
    problem_.Report(Rank::kOperandType,
                    [&] { return problems::BoundTypesDiffer(*low_value, *high_value); });
  } else if (*order > 0) {
    problem_.Report(Rank::kOperandType,
                    [&] { return problems::BoundsReversed(*low_value, *high_value); });
  }
}

Condition ConditionBuilder::BuildBetween(std::vector<Operand> operands) {
  constexpr std::string_view kName = "BETWEEN";
  CheckDistinct(kName, operands);
  CheckTypes(kName, operands, HasOrder);
  CheckBounds(operands[1], operands[2]);
  return {Between{std::move(operands[0]), std::move(operands[1]), std::move(operands[2])}};
}

Condition ConditionBuilder::BuildIn(std::vector<Operand> operands) {
  const std::size_t count = operands.size() - 1;
  if (count > kMaxInOperands) {
    problem_.Report(Rank::kOperandCount, [&] { return problems::TooManyInOperands(count); });
  }
  CheckDistinct("IN", operands);
  Operand value = std::move(operands.front());
  operands.erase(operands.begin());
  return {In{std::move(value), std::move(operands)}};
}

Condition ConditionBuilder::BuildCall(const FunctionInfo& info, std::vector<Operand> operands) {
  if (operands.size() != info.operand_count) {
    problem_.Report(Rank::kOperandCount,
                    [&] { return problems::OperandCount(info.name, operands.size()); });
    return {};
  }
  CheckDistinct(info.name, operands);
  switch (info.function) {
    case Function::kAttributeType: return BuildTypeIs(info, std::move(operands));
    case Function::kBeginsWith:
      CheckTypes(info.name, operands, [](AttributeType type) {
        return type == AttributeType::kS || type == AttributeType::kB;
      });
      return {BeginsWith{std::move(operands[0]), std::move(operands[1])}};
    case Function::kContains: return {Contains{std::move(operands[0]), std::move(operands[1])}};
    default: return BuildExists(info, std::move(operands[0]));
  }
}

Condition ConditionBuilder::BuildExists(const FunctionInfo& info, Operand operand) {
  auto* const path = std::get_if<DocumentPath>(&operand);
  if (path == nullptr) {
    problem_.Report(Rank::kOperandType, [&] { return problems::PathRequired(info.name); });
    return {};
  }
  return {AttributeExists{std::move(*path), info.function == Function::kAttributeExists}};
}

Condition ConditionBuilder::BuildTypeIs(const FunctionInfo& info, std::vector<Operand> operands) {
  const auto type_of_name = StaticType(operands[1]);
  if (type_of_name != AttributeType::kS) {
    problem_.Report(Rank::kOperandType, [&] {
      return problems::OperandType(info.name, type_of_name ? AttributeTypeName(*type_of_name)
                                                           : "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
    });
    return {};
  }
  const std::string& name = *std::get<AttributeValue>(operands[1]).As<std::string>();
  const auto type = AttributeTypeFromName(name);
  if (!type) {
    problem_.Report(Rank::kOperandType, [&] { return problems::UnknownTypeName(name); });
    return {};
  }
  return {AttributeTypeIs{std::move(operands[0]), *type}};
}

}  // namespace

Result<Condition> ParseCondition(ConditionKind kind, std::string_view text,
                                 Placeholders& placeholders) {
  const std::string_view name = KindName(kind);
  PUMICE_TRY(CheckExpressionSize(name, text));
  ParserView parser(text);
  const auto root = parser.ReadCondition();
  if (!root) return InvalidExpression(name, parser.SyntaxError());
  ConditionBuilder builder(parser.tree(), placeholders);
  auto condition = builder.Build(*root);
  if (!condition) return InvalidExpression(name, builder.problem());
  return *std::move(condition);
}

}  // namespace pumice
