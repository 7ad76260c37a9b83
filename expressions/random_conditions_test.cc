// SPDX-License-Identifier: Apache-2.0
// Random conditions of every kind: printed and parsed again, they are the same tree. What they mean
// is asked in round_trip_test.cc and evaluate_condition_test.cc.
#include <gtest/gtest.h>

#include "expressions/parse.h"
#include "expressions/random_expressions.h"

namespace pumice {
namespace {

using test::Printer;
using test::RandomSource;
using test::Structure;

/// Conditions that AWS takes: no operand stands beside itself, bounds are in order, what has no
/// order is not asked for one.
class ConditionMaker {
 public:
  explicit ConditionMaker(RandomSource& random) : random_(random) {}

  Condition Make(int depth) {
    if (depth == 0 || random_.OneIn(5)) return Primitive();
    switch (random_.Below(3)) {
      case 0: return {Not{Part(depth)}};
      case 1: {
        ConditionPtr left = Part(depth);
        return {And{std::move(left), Part(depth)}};
      }
      default: {
        ConditionPtr left = Part(depth);
        return {Or{std::move(left), Part(depth)}};
      }
    }
  }

 private:
  ConditionPtr Part(int depth) { return std::make_unique<const Condition>(Make(depth - 1)); }

  /// No two paths of one condition begin alike.
  DocumentPath Path() { return random_.PathUnder("attribute" + std::to_string(path_count_++)); }

  Operand Size() {
    if (random_.OneIn(3)) return SizeOf{random_.ValueOf(test::kSets)};
    return SizeOf{Path()};
  }
  /// An operand of an ordering; a value is one of `values`.
  Operand Ordered(std::span<const std::string_view> values) {
    switch (random_.Below(4)) {
      case 0: return random_.ValueOf(values);
      case 1: return Size();
      default: return Path();
    }
  }
  Operand Any() {
    if (random_.OneIn(3)) return random_.ValueOf(test::kAnyValues);
    return random_.OneIn(4) ? Size() : Operand(Path());
  }

  Condition Primitive() {
    switch (random_.Below(7)) {
      case 0: return MakeComparison();
      case 1: return MakeBetween();
      case 2: return MakeIn();
      case 3: return {AttributeExists{Path(), random_.OneIn(2)}};
      case 4: return {AttributeTypeIs{Any(), static_cast<AttributeType>(random_.Below(10))}};
      case 5: {
        Operand value = Path();
        if (random_.OneIn(2)) return {BeginsWith{std::move(value), Path()}};
        return {BeginsWith{std::move(value), AttributeValue(std::string("ab"))}};
      }
      default: {
        Operand container = Any();
        return {Contains{std::move(container), Any()}};
      }
    }
  }

  Condition MakeComparison() {
    const auto comparator = static_cast<Comparator>(random_.Below(6));
    const bool equality = comparator == Comparator::kEqual || comparator == Comparator::kNotEqual;
    Operand left = equality ? Any() : Ordered(test::kScalars);
    return {Comparison{comparator, std::move(left), equality ? Any() : Ordered(test::kScalars)}};
  }

  Condition MakeBetween() {
    Operand value = Ordered(test::kScalars);
    Operand low = Ordered(test::kNumbers);
    Operand high = Ordered(test::kNumbers);
    const auto* const low_value = std::get_if<AttributeValue>(&low);
    const auto* const high_value = std::get_if<AttributeValue>(&high);
    if (low_value != nullptr && high_value != nullptr && *Compare(*low_value, *high_value) > 0) {
      std::swap(low, high);
    }
    return {Between{std::move(value), std::move(low), std::move(high)}};
  }

  Condition MakeIn() {
    In in{Any(), {}};
    const std::size_t count = 1 + random_.Below(4);
    for (std::size_t i = 0; i < count; ++i) in.list.push_back(Any());
    return {std::move(in)};
  }

  RandomSource& random_;
  int path_count_ = 0;
};

constexpr std::array<std::string_view, 6> kComparators{"=", "<>", "<", "<=", ">", ">="};

/// With as few parentheses as the meaning needs, and some more.
class ConditionPrinter {
 public:
  ConditionPrinter(Printer& printer, RandomSource& random) : printer_(printer), random_(random) {}

  std::string Print(const Condition& condition) { return std::visit(*this, condition.node); }

  std::string operator()(const Comparison& comparison) {
    const std::string left = Text(comparison.left) + printer_.Blank();
    const std::string op(kComparators[static_cast<std::size_t>(comparison.comparator)]);
    return left + op + printer_.Blank() + Text(comparison.right);
  }
  std::string operator()(const Between& between) {
    std::string text = Text(between.value) + ' ' + printer_.Keyword("BETWEEN") + ' ';
    text += Text(between.low) + ' ' + printer_.Keyword("AND") + ' ';
    return text + Text(between.high);
  }
  std::string operator()(const In& in) {
    std::string text = Text(in.value) + ' ' + printer_.Keyword("IN") + printer_.Blank() + '(';
    for (const Operand& operand : in.list) {
      if (text.back() != '(') text += printer_.Blank() + ',';
      text += printer_.Blank() + Text(operand);
    }
    return text + printer_.Blank() + ')';
  }
  std::string operator()(const AttributeExists& exists) {
    return printer_.Call(exists.exists ? "attribute_exists" : "attribute_not_exists",
                         {printer_.Text(exists.path)});
  }
  std::string operator()(const AttributeTypeIs& type_is) {
    std::string value = Text(type_is.value);
    const AttributeValue type{std::string(AttributeTypeName(type_is.type))};
    return printer_.Call("attribute_type", {std::move(value), printer_.Text(type)});
  }
  std::string operator()(const BeginsWith& begins_with) {
    std::string value = Text(begins_with.value);
    return printer_.Call("begins_with", {std::move(value), Text(begins_with.prefix)});
  }
  std::string operator()(const Contains& contains) {
    std::string container = Text(contains.container);
    return printer_.Call("contains", {std::move(container), Text(contains.element)});
  }
  std::string operator()(const And& both) { return Joined(both, "AND", kAnd); }
  std::string operator()(const Or& either) { return Joined(either, "OR", kOr); }
  std::string operator()(const Not& inverse) {
    return printer_.Keyword("NOT") + ' ' + Part(*inverse.condition, kNot);
  }

 private:
  enum Tightness { kOr, kAnd, kNot, kPrimitive };

  static Tightness TightnessOf(const Condition& condition) {
    if (std::holds_alternative<Or>(condition.node)) return kOr;
    if (std::holds_alternative<And>(condition.node)) return kAnd;
    return std::holds_alternative<Not>(condition.node) ? kNot : kPrimitive;
  }

  std::string Part(const Condition& part, int loosest) {
    const bool enclosed = TightnessOf(part) < loosest || random_.OneIn(4);
    return enclosed ? "(" + printer_.Blank() + Print(part) + ")" : Print(part);
  }

  /// AND and OR group to the left, so a right part of the same kind needs its parentheses.
  template <class Node>
  std::string Joined(const Node& node, std::string_view word, Tightness own) {
    std::string left = Part(*node.left, own) + ' ' + printer_.Keyword(word) + ' ';
    return left + Part(*node.right, own + 1);
  }

  std::string Text(const Operand& operand) {
    if (const auto* const size = std::get_if<SizeOf>(&operand)) {
      return printer_.Call(
          "size", {std::visit([&](const auto& of) { return printer_.Text(of); }, size->of)});
    }
    if (const auto* const path = std::get_if<DocumentPath>(&operand)) return printer_.Text(*path);
    return printer_.Text(std::get<AttributeValue>(operand));
  }

  Printer& printer_;
  RandomSource& random_;
};

std::string Structure(const Operand& operand) {
  if (const auto* const size = std::get_if<SizeOf>(&operand)) {
    return "size " + std::visit([](const auto& of) { return test::Structure(of); }, size->of);
  }
  if (const auto* const path = std::get_if<DocumentPath>(&operand)) return test::Structure(*path);
  return test::Structure(std::get<AttributeValue>(operand));
}

std::string Structure(const Condition& condition);

std::string Node(std::string_view name, std::initializer_list<std::string> parts) {
  std::string out(name);
  for (const std::string& part : parts) out += '{' + part + '}';
  return out;
}

struct StructureOf {
  std::string operator()(const Comparison& node) const {
    return Node(kComparators[static_cast<std::size_t>(node.comparator)],
                {Structure(node.left), Structure(node.right)});
  }
  std::string operator()(const Between& node) const {
    return Node("between", {Structure(node.value), Structure(node.low), Structure(node.high)});
  }
  std::string operator()(const In& node) const {
    std::string out = Node("in", {Structure(node.value)});
    for (const Operand& operand : node.list) out += Node("", {Structure(operand)});
    return out;
  }
  std::string operator()(const AttributeExists& node) const {
    return Node(node.exists ? "exists" : "missing", {Structure(node.path)});
  }
  std::string operator()(const AttributeTypeIs& node) const {
    return Node("type", {Structure(node.value), std::string(AttributeTypeName(node.type))});
  }
  std::string operator()(const BeginsWith& node) const {
    return Node("begins", {Structure(node.value), Structure(node.prefix)});
  }
  std::string operator()(const Contains& node) const {
    return Node("contains", {Structure(node.container), Structure(node.element)});
  }
  std::string operator()(const And& node) const {
    return Node("and", {Structure(*node.left), Structure(*node.right)});
  }
  std::string operator()(const Or& node) const {
    return Node("or", {Structure(*node.left), Structure(*node.right)});
  }
  std::string operator()(const Not& node) const {
    return Node("not", {Structure(*node.condition)});
  }
};

std::string Structure(const Condition& condition) {
  return std::visit(StructureOf(), condition.node);
}

TEST(RandomConditions, ParseToThemselves) {
  RandomSource random(2026);
  for (int round = 0; round < 5000; ++round) {
    const Condition condition = ConditionMaker(random).Make(round % 5);
    Printer printer(random);
    const std::string text = ConditionPrinter(printer, random).Print(condition);
    Placeholders placeholders = printer.TakePlaceholders();
    const auto parsed = ParseCondition(ConditionKind::kFilter, text, placeholders);
    ASSERT_TRUE(parsed.has_value()) << text << "\n" << test::ErrorOf(parsed);
    ASSERT_EQ(Structure(parsed.value()), Structure(condition)) << text;
    ASSERT_EQ(test::ErrorOf(placeholders.CheckAllUsed()), "") << text;
  }
}

}  // namespace
}  // namespace pumice
