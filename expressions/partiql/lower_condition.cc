// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "expressions/functions.h"
#include "expressions/partiql/lower.h"
#include "expressions/partiql/problems.h"
#include "expressions/problems.h"
#include "model/limits.h"

namespace pumice::partiql {
namespace {

using pumice::problems::NotDistinct;
using pumice::problems::OperandCount;
using pumice::problems::OperandType;

std::optional<Comparator> ComparatorOf(std::string_view text) {
  struct ComparatorName {
    std::string_view text;
    Comparator comparator;
  };
  constexpr auto kComparators = std::to_array<ComparatorName>({
      {"=", Comparator::kEqual},
      {"<>", Comparator::kNotEqual},
      {"<", Comparator::kLess},
      {"<=", Comparator::kLessOrEqual},
      {">", Comparator::kGreater},
      {">=", Comparator::kGreaterOrEqual},
  });
  for (const ComparatorName& known : kComparators) {
    if (known.text == text) return known.comparator;
  }
  return std::nullopt;
}

bool HasOrder(AttributeType type) {
  return type == AttributeType::kS || type == AttributeType::kN || type == AttributeType::kB;
}

bool HasPrefix(AttributeType type) {
  return type == AttributeType::kS || type == AttributeType::kB;
}

/// What is known of an operand without an item.
std::optional<AttributeType> StaticType(const Operand& operand) {
  if (const auto* const value = std::get_if<AttributeValue>(&operand)) return value->type();
  if (std::holds_alternative<SizeOf>(operand)) return AttributeType::kN;
  return std::nullopt;
}

Result<void> CheckTypes(std::string_view operation, std::initializer_list<const Operand*> operands,
                        bool (*allowed)(AttributeType)) {
  for (const Operand* const operand : operands) {
    const auto type = StaticType(*operand);
    if (type && !allowed(*type)) {
      return problems::Invalid(OperandType(operation, AttributeTypeName(*type)));
    }
  }
  return Ok();
}

Result<void> CheckDistinct(std::string_view operation, const Operand& first, const Operand& other) {
  const auto* const path = std::get_if<DocumentPath>(&first);
  const auto* const other_path = std::get_if<DocumentPath>(&other);
  if (path == nullptr || other_path == nullptr || *path != *other_path) return Ok();
  return problems::Invalid(NotDistinct(operation, *path));
}

Result<void> CheckBounds(const Operand& low, const Operand& high) {
  const auto* const low_value = std::get_if<AttributeValue>(&low);
  const auto* const high_value = std::get_if<AttributeValue>(&high);
  if (low_value == nullptr || high_value == nullptr) return Ok();
  const auto order = Compare(*low_value, *high_value);
  if (!order) {
    return problems::Invalid(pumice::problems::BoundTypesDiffer(*low_value, *high_value));
  }
  if (*order <= 0) return Ok();
  return problems::Invalid(pumice::problems::BoundsReversed(*low_value, *high_value));
}

Condition Negated(Condition condition) {
  return {Not{std::make_unique<const Condition>(std::move(condition))}};
}

Condition NegatedIf(bool negated, Condition condition) {
  return negated ? Negated(std::move(condition)) : std::move(condition);
}

template <class Node>
Condition Joined(Condition left, Condition right) {
  return {Node{std::make_unique<const Condition>(std::move(left)),
               std::make_unique<const Condition>(std::move(right))}};
}

/// A balanced tree: a statement may join a thousand conditions.
template <class Node>
Condition JoinAll(std::span<Condition> conditions) {
  if (conditions.size() == 1) return std::move(conditions.front());
  const std::size_t half = conditions.size() / 2;
  Condition left = JoinAll<Node>(conditions.first(half));
  return Joined<Node>(std::move(left), JoinAll<Node>(conditions.subspan(half)));
}

class ConditionLowering {
 public:
  explicit ConditionLowering(Parameters parameters) : parameters_(parameters) {}

  /// Where a condition stands, for the words about what stands there instead.
  enum class Role : std::uint8_t { kWhere, kOfNot, kOfAndOr };
  Result<Condition> Lower(const Term& term, Role role = Role::kWhere);

 private:
  Result<Operand> LowerOperand(const Term& term);
  Result<Operand> LowerSize(const Term& call);
  Result<std::vector<Condition>> LowerAll(const Term& term);
  Result<Condition> LowerComparison(const Term& term);
  Result<std::optional<Condition>> LowerTruth(const Term& term, Comparator comparator);
  Result<Condition> LowerBetween(const Term& term);
  Result<Condition> LowerIn(const Term& term);
  Result<Condition> LowerIs(const Term& term);
  static Error NoCondition(const Term& term, Role role);
  static Error NoOperand(const Term& term);
  Result<Condition> LowerCall(const Term& call, Role role);
  Result<Condition> LowerExists(const Term& call, const FunctionInfo& info);
  Result<Condition> LowerTypeIs(const Term& call);

  Parameters parameters_;
};

Result<Condition> ConditionLowering::Lower(const Term& term, Role role) {
  switch (term.kind) {
    case TermKind::kAnd: {
      PUMICE_TRY(auto conditions, LowerAll(term));
      return JoinAll<And>(conditions);
    }
    case TermKind::kOr: {
      PUMICE_TRY(auto conditions, LowerAll(term));
      return JoinAll<Or>(conditions);
    }
    case TermKind::kNot: {
      PUMICE_TRY(auto condition, Lower(term.children[0], Role::kOfNot));
      return Negated(std::move(condition));
    }
    case TermKind::kInfix: return LowerComparison(term);
    case TermKind::kBetween: return LowerBetween(term);
    case TermKind::kIn: return LowerIn(term);
    case TermKind::kIs: return LowerIs(term);
    case TermKind::kCall: return LowerCall(term, role);
    case TermKind::kMinus:
    case TermKind::kLike: return problems::UnsupportedOperator("Condition", OperatorText(term));
    default: return NoCondition(term, role);
  }
}

Result<std::vector<Condition>> ConditionLowering::LowerAll(const Term& term) {
  std::vector<Condition> conditions;
  conditions.reserve(term.children.size());
  for (const Term& child : term.children) {
    PUMICE_TRY(auto condition, Lower(child, Role::kOfAndOr));
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

Result<Operand> ConditionLowering::LowerOperand(const Term& term) {
  if (term.kind == TermKind::kPath) {
    PUMICE_TRY(CheckPath(term.path));
    return Operand(term.path);
  }
  if (IsValue(term)) {
    PUMICE_TRY(auto value, LowerValue(term, parameters_));
    return Operand(std::move(value));
  }
  if (term.kind == TermKind::kCall) return LowerSize(term);
  return NoOperand(term);
}

// The texts of these two are DynamoDB Local's.
Error ConditionLowering::NoCondition(const Term& term, Role role) {
  if (term.kind == TermKind::kMissing) return NoOperand(term);
  switch (role) {
    case Role::kWhere: break;
    case Role::kOfNot: return problems::Invalid("The argument to NOT must be a Type or Expression");
    case Role::kOfAndOr: return problems::Invalid("The arguments to AND/OR must be Expressions");
  }
  return problems::Invalid("WHERE clause must contain an expression that resolves to a boolean");
}

Error ConditionLowering::NoOperand(const Term& term) {
  if (term.kind == TermKind::kMissing) {
    return problems::Invalid("MISSING must be compared using IS operator");
  }
  const std::string_view op = OperatorText(term);
  if (!op.empty()) return problems::UnsupportedOperator("Condition", op);
  return problems::UnsupportedOperation(OperationName(term));
}

Result<Operand> ConditionLowering::LowerSize(const Term& call) {
  const FunctionInfo* const info = FindFunction(call.text);
  if (info == nullptr || info->use == FunctionUse::kUpdateOperand) {
    return problems::UnrecognizedFunction(call.text, call.position);
  }
  if (info->function != Function::kSize) return problems::UnsupportedOperation("Call");
  if (call.children.size() != 1) {
    return problems::Invalid(OperandCount(call.text, call.children.size()));
  }
  PUMICE_TRY(auto of, LowerOperand(call.children[0]));
  if (auto* const path = std::get_if<DocumentPath>(&of)) return Operand(SizeOf{std::move(*path)});
  const auto type = *StaticType(of);
  if (std::holds_alternative<SizeOf>(of) || type == AttributeType::kN ||
      type == AttributeType::kBool || type == AttributeType::kNull) {
    return problems::Invalid(OperandType(call.text, AttributeTypeName(type)));
  }
  return Operand(SizeOf{std::get<AttributeValue>(std::move(of))});
}

bool IsTruthTerm(const Term& term) {
  switch (term.kind) {
    case TermKind::kAnd:
    case TermKind::kOr:
    case TermKind::kNot:
    case TermKind::kBetween:
    case TermKind::kIn:
    case TermKind::kIs: return true;
    case TermKind::kInfix: return ComparatorOf(term.text).has_value();
    case TermKind::kCall: {
      const FunctionInfo* const info = FindFunction(term.text);
      return info != nullptr && info->use == FunctionUse::kCondition;
    }
    default: return false;
  }
}

/// attribute_exists(a) = true: a condition beside a BOOL. None: neither side is a condition.
Result<std::optional<Condition>> ConditionLowering::LowerTruth(const Term& term,
                                                               Comparator comparator) {
  const bool left = IsTruthTerm(term.children[0]);
  if (!left && !IsTruthTerm(term.children[1])) return std::optional<Condition>();
  const Term& condition_term = term.children[left ? 0 : 1];
  const Term& value_term = term.children[left ? 1 : 0];
  const bool equality = comparator == Comparator::kEqual || comparator == Comparator::kNotEqual;
  if (!equality || !IsValue(value_term)) {
    return problems::UnsupportedOperation(OperationName(term));
  }
  PUMICE_TRY(auto condition, Lower(condition_term));
  PUMICE_TRY(auto value, LowerValue(value_term, parameters_));
  const auto* const truth = value.As<bool>();
  if (truth == nullptr) {
    // A truth value is never equal to a value of another type.
    return std::optional<Condition>(
        Condition{Comparison{comparator, AttributeValue(true), std::move(value)}});
  }
  const bool inverse = *truth != (comparator == Comparator::kEqual);
  return std::optional<Condition>(NegatedIf(inverse, std::move(condition)));
}

Result<Condition> ConditionLowering::LowerComparison(const Term& term) {
  const auto comparator = ComparatorOf(term.text);
  if (!comparator) return problems::UnsupportedOperator("Condition", term.text);
  PUMICE_TRY(auto truth, LowerTruth(term, *comparator));
  if (truth) return *std::move(truth);
  PUMICE_TRY(auto left, LowerOperand(term.children[0]));
  PUMICE_TRY(auto right, LowerOperand(term.children[1]));
  PUMICE_TRY(CheckDistinct(term.text, left, right));
  if (*comparator != Comparator::kEqual && *comparator != Comparator::kNotEqual) {
    PUMICE_TRY(CheckTypes(term.text, {&left, &right}, HasOrder));
  }
  return Condition{Comparison{*comparator, std::move(left), std::move(right)}};
}

Result<Condition> ConditionLowering::LowerBetween(const Term& term) {
  constexpr std::string_view kName = "BETWEEN";
  PUMICE_TRY(auto value, LowerOperand(term.children[0]));
  PUMICE_TRY(auto low, LowerOperand(term.children[1]));
  PUMICE_TRY(auto high, LowerOperand(term.children[2]));
  PUMICE_TRY(CheckDistinct(kName, value, low));
  PUMICE_TRY(CheckDistinct(kName, value, high));
  PUMICE_TRY(CheckTypes(kName, {&value, &low, &high}, HasOrder));
  PUMICE_TRY(CheckBounds(low, high));
  return NegatedIf(term.negated,
                   Condition{Between{std::move(value), std::move(low), std::move(high)}});
}

/// DynamoDB Local's words.
Error NoInList() {
  return problems::Invalid(
      "IN operator must have a left hand argument of type Variable Reference and right hand "
      "argument of type Seq with at least one member");
}

Result<Condition> ConditionLowering::LowerIn(const Term& term) {
  In in;
  PUMICE_TRY(in.value, LowerOperand(term.children[0]));
  const Term& list = term.children[1];
  if (list.kind == TermKind::kParameter) {
    const auto* const values = parameters_[list.parameter].As<List>();
    if (values == nullptr) return NoInList();
    for (const AttributeValue& value : *values) in.list.emplace_back(value);
  } else if (list.kind == TermKind::kList || list.kind == TermKind::kBag) {
    for (const Term& element : list.children) {
      PUMICE_TRY(auto operand, LowerOperand(element));
      PUMICE_TRY(CheckDistinct("IN", in.value, operand));
      in.list.push_back(std::move(operand));
    }
  } else {
    // One value in parentheses is read as that value.
    PUMICE_TRY(auto operand, LowerOperand(list));
    in.list.push_back(std::move(operand));
  }
  if (in.list.empty()) return NoInList();
  if (in.list.size() > kMaxInOperands) {
    return problems::Invalid(pumice::problems::TooManyInOperands(in.list.size()));
  }
  return NegatedIf(term.negated, Condition{std::move(in)});
}

struct TypeName {
  std::string_view name;
  AttributeType type;
};
constexpr auto kTypes = std::to_array<TypeName>({
    {"blob", AttributeType::kB},       {"bool", AttributeType::kBool},
    {"boolean", AttributeType::kBool}, {"char", AttributeType::kS},
    {"character", AttributeType::kS},  {"dec", AttributeType::kN},
    {"decimal", AttributeType::kN},    {"double", AttributeType::kN},
    {"float", AttributeType::kN},      {"int", AttributeType::kN},
    {"integer", AttributeType::kN},    {"list", AttributeType::kL},
    {"null", AttributeType::kNull},    {"numeric", AttributeType::kN},
    {"real", AttributeType::kN},       {"string", AttributeType::kS},
    {"struct", AttributeType::kM},     {"tuple", AttributeType::kM},
    {"varchar", AttributeType::kS},
});

/// DynamoDB Local's words.
Error UnsupportedType(const Term& term) {
  std::string type = term.text;
  std::transform(type.begin(), type.end(), type.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return problems::Invalid(
      fmt::format("Unsupported data type for IS operator: {}. Supported data types are [MISSING, "
                  "NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST] {}",
                  type, At(term.position)));
}

Result<Condition> ConditionLowering::LowerIs(const Term& term) {
  PUMICE_TRY(auto operand, LowerOperand(term.children[0]));
  if (term.text == "missing") {
    auto* const path = std::get_if<DocumentPath>(&operand);
    if (path == nullptr) {
      return problems::Invalid(pumice::problems::PathRequired(
          term.negated ? "attribute_exists" : "attribute_not_exists"));
    }
    return Condition{AttributeExists{std::move(*path), term.negated}};
  }
  if (term.text == "bag") {
    std::vector<Condition> sets;
    for (const auto type : {AttributeType::kSs, AttributeType::kNs, AttributeType::kBs}) {
      sets.push_back({AttributeTypeIs{operand, type}});
    }
    return NegatedIf(term.negated, JoinAll<Or>(sets));
  }
  for (const TypeName& known : kTypes) {
    if (known.name != term.text) continue;
    return NegatedIf(term.negated, Condition{AttributeTypeIs{std::move(operand), known.type}});
  }
  return UnsupportedType(term);
}

Result<Condition> ConditionLowering::LowerExists(const Term& call, const FunctionInfo& info) {
  const Term& operand = call.children[0];
  if (operand.kind != TermKind::kPath) {
    return problems::Invalid(pumice::problems::PathRequired(info.name));
  }
  PUMICE_TRY(CheckPath(operand.path));
  return Condition{AttributeExists{operand.path, info.function == Function::kAttributeExists}};
}

Result<Condition> ConditionLowering::LowerTypeIs(const Term& call) {
  PUMICE_TRY(auto value, LowerOperand(call.children[0]));
  PUMICE_TRY(auto name, LowerOperand(call.children[1]));
  const auto type_of_name = StaticType(name);
  if (type_of_name != AttributeType::kS) {
    return problems::Invalid(
        OperandType(call.text, type_of_name ? AttributeTypeName(*type_of_name)
                                            : std::string_view("{NS,SS,L,BS,N,M,B,BOOL,NULL,S}")));
  }
  const std::string& text = *std::get<AttributeValue>(name).As<std::string>();
  const auto type = AttributeTypeFromName(text);
  if (!type) return problems::Invalid(pumice::problems::UnknownTypeName(text));
  return Condition{AttributeTypeIs{std::move(value), *type}};
}

Result<Condition> ConditionLowering::LowerCall(const Term& call, Role role) {
  const FunctionInfo* const info = FindFunction(call.text);
  if (info == nullptr || info->use == FunctionUse::kUpdateOperand) {
    return problems::UnrecognizedFunction(call.text, call.position);
  }
  if (call.children.size() != info->operand_count) {
    return problems::Invalid(OperandCount(info->name, call.children.size()));
  }
  switch (info->function) {
    case Function::kAttributeExists:
    case Function::kAttributeNotExists: return LowerExists(call, *info);
    case Function::kAttributeType: return LowerTypeIs(call);
    case Function::kSize: return NoCondition(call, role);
    default: break;
  }
  PUMICE_TRY(auto first, LowerOperand(call.children[0]));
  PUMICE_TRY(auto second, LowerOperand(call.children[1]));
  PUMICE_TRY(CheckDistinct(info->name, first, second));
  if (info->function == Function::kContains) {
    return Condition{Contains{std::move(first), std::move(second)}};
  }
  PUMICE_TRY(CheckTypes(info->name, {&first, &second}, HasPrefix));
  return Condition{BeginsWith{std::move(first), std::move(second)}};
}

}  // namespace

Result<Condition> LowerCondition(const Term& term, Parameters parameters) {
  return ConditionLowering(parameters).Lower(term);
}

std::string_view OperationName(const Term& term) {
  struct InfixName {
    std::string_view text;
    std::string_view name;
  };
  // IsType is measured; the others are named after the same parser's tree.
  constexpr auto kInfix = std::to_array<InfixName>({{"=", "Eq"},
                                                    {"<>", "Ne"},
                                                    {"<", "Lt"},
                                                    {"<=", "Lte"},
                                                    {">", "Gt"},
                                                    {">=", "Gte"},
                                                    {"+", "Plus"},
                                                    {"-", "Minus"},
                                                    {"*", "Times"},
                                                    {"/", "Divide"},
                                                    {"%", "Modulo"},
                                                    {"||", "Concat"}});
  switch (term.kind) {
    case TermKind::kPath: return term.path.IsTopLevel() ? "Id" : "Path";
    case TermKind::kParameter: return "Parameter";
    case TermKind::kMissing: return "Missing";
    case TermKind::kList: return "List";
    case TermKind::kBag: return "Bag";
    case TermKind::kMap: return "Struct";
    case TermKind::kCall: return "Call";
    case TermKind::kAnd: return "And";
    case TermKind::kOr: return "Or";
    case TermKind::kNot: return "Not";
    case TermKind::kMinus: return "Neg";
    case TermKind::kBetween: return "Between";
    case TermKind::kIn: return "InCollection";
    case TermKind::kIs: return "IsType";
    case TermKind::kLike: return "Like";
    case TermKind::kInfix:
      for (const InfixName& infix : kInfix) {
        if (infix.text == term.text) return infix.name;
      }
      return "Concat";
    default: return "Lit";
  }
}

std::string_view OperatorText(const Term& term) {
  switch (term.kind) {
    case TermKind::kAnd: return "and";
    case TermKind::kOr: return "or";
    case TermKind::kNot: return "not";
    case TermKind::kMinus: return "-";
    case TermKind::kBetween: return "between";
    case TermKind::kIn: return "in";
    case TermKind::kIs: return "is";
    case TermKind::kLike: return "like";
    case TermKind::kInfix: return term.text;
    default: return {};
  }
}

}  // namespace pumice::partiql
