// SPDX-License-Identifier: Apache-2.0
// Random conditions: printed with as few parentheses as their meaning needs, parsed again, they are
// the same and evaluate as a plain reference does.
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "expressions/evaluate.h"
#include "expressions/parse.h"
#include "expressions/test_support.h"

namespace pumice {
namespace {

/// A condition as the test makes it: comparisons of one-letter attributes with :0 … :9.
struct Tree {
  enum class Kind { kCompare, kNot, kAnd, kOr } kind = Kind::kCompare;
  char attribute = 'a';
  int value = 0;
  std::string_view op;
  std::vector<Tree> parts;
};

constexpr std::array<std::string_view, 6> kOperators{"=", "<>", "<", "<=", ">", ">="};

Tree RandomTree(std::mt19937& random, int depth) {
  Tree tree;
  tree.kind = depth == 0 ? Tree::Kind::kCompare : static_cast<Tree::Kind>(random() % 4);
  if (tree.kind == Tree::Kind::kCompare) {
    tree.attribute = static_cast<char>('a' + random() % 4);
    tree.value = static_cast<int>(random() % 10);
    tree.op = kOperators[random() % kOperators.size()];
    return tree;
  }
  tree.parts.push_back(RandomTree(random, depth - 1));
  if (tree.kind != Tree::Kind::kNot) tree.parts.push_back(RandomTree(random, depth - 1));
  return tree;
}

int Tightness(Tree::Kind kind) {
  switch (kind) {
    case Tree::Kind::kOr: return 0;
    case Tree::Kind::kAnd: return 1;
    case Tree::Kind::kNot: return 2;
    case Tree::Kind::kCompare: return 3;
  }
  return 3;
}

std::string Print(const Tree& tree, std::mt19937& random);

/// AND and OR group to the left, so a right part of the same kind needs its parentheses.
std::string PrintPart(const Tree& part, int minimum, std::mt19937& random) {
  const bool needed = Tightness(part.kind) < minimum;
  const bool wanted = needed || random() % 4 == 0;
  return wanted ? "(" + Print(part, random) + ")" : Print(part, random);
}

std::string Print(const Tree& tree, std::mt19937& random) {
  const auto keyword = [&](std::string_view upper, std::string_view lower) {
    return std::string(random() % 2 == 0 ? upper : lower);
  };
  const int own = Tightness(tree.kind);
  switch (tree.kind) {
    case Tree::Kind::kCompare: {
      const std::string blank(random() % 2, ' ');
      return tree.attribute + blank + std::string(tree.op) + blank + ":" +
             std::to_string(tree.value);
    }
    case Tree::Kind::kNot: return keyword("NOT ", "not ") + PrintPart(tree.parts[0], own, random);
    case Tree::Kind::kAnd:
      return PrintPart(tree.parts[0], own, random) + keyword(" AND ", " and ") +
             PrintPart(tree.parts[1], own + 1, random);
    case Tree::Kind::kOr:
      return PrintPart(tree.parts[0], own, random) + keyword(" OR ", " Or ") +
             PrintPart(tree.parts[1], own + 1, random);
  }
  return {};
}

/// The whole structure, for comparison.
std::string Structure(const Tree& tree) {
  switch (tree.kind) {
    case Tree::Kind::kCompare:
      return tree.attribute + std::string(tree.op) + std::to_string(tree.value);
    case Tree::Kind::kNot: return "!{" + Structure(tree.parts[0]) + "}";
    case Tree::Kind::kAnd:
      return "&{" + Structure(tree.parts[0]) + "}{" + Structure(tree.parts[1]) + "}";
    case Tree::Kind::kOr:
      return "|{" + Structure(tree.parts[0]) + "}{" + Structure(tree.parts[1]) + "}";
  }
  return {};
}

std::string Structure(const Condition& condition) {
  if (const auto* const comparison = std::get_if<Comparison>(&condition.node)) {
    return std::get<DocumentPath>(comparison->left).attribute() +
           std::string(kOperators[static_cast<std::size_t>(comparison->comparator)]) +
           std::get<AttributeValue>(comparison->right).As<Number>()->ToString();
  }
  if (const auto* const inverse = std::get_if<Not>(&condition.node)) {
    return "!{" + Structure(*inverse->condition) + "}";
  }
  if (const auto* const both = std::get_if<And>(&condition.node)) {
    return "&{" + Structure(*both->left) + "}{" + Structure(*both->right) + "}";
  }
  const auto& either = std::get<Or>(condition.node);
  return "|{" + Structure(*either.left) + "}{" + Structure(*either.right) + "}";
}

/// a is 3, b is 7, c is 5, d is missing.
bool ReferenceHolds(const Tree& tree) {
  if (tree.kind == Tree::Kind::kNot) return !ReferenceHolds(tree.parts[0]);
  if (tree.kind == Tree::Kind::kAnd) {
    return ReferenceHolds(tree.parts[0]) && ReferenceHolds(tree.parts[1]);
  }
  if (tree.kind == Tree::Kind::kOr) {
    return ReferenceHolds(tree.parts[0]) || ReferenceHolds(tree.parts[1]);
  }
  if (tree.attribute == 'd') return tree.op == "<>";
  const int left = tree.attribute == 'a' ? 3 : tree.attribute == 'b' ? 7 : 5;
  if (tree.op == "=") return left == tree.value;
  if (tree.op == "<>") return left != tree.value;
  if (tree.op == "<") return left < tree.value;
  if (tree.op == "<=") return left <= tree.value;
  return tree.op == ">" ? left > tree.value : left >= tree.value;
}

TEST(RoundTrip, PrintedConditionsParseToThemselves) {
  std::mt19937 random(2026);
  Placeholders::Values values;
  for (int i = 0; i < 10; ++i) values.emplace_back(":" + std::to_string(i), Number(i));
  const Item item = test::ItemOf(R"({"a":{"N":"3"},"b":{"N":"7"},"c":{"N":"5"}})");
  for (int round = 0; round < 5000; ++round) {
    const Tree tree = RandomTree(random, round % 6);
    const std::string text = Print(tree, random);
    Placeholders placeholders({}, values);
    const auto condition = ParseCondition(ConditionKind::kCondition, text, placeholders);
    ASSERT_TRUE(condition.has_value()) << text << "\n" << test::ErrorOf(condition);
    ASSERT_EQ(Structure(condition.value()), Structure(tree)) << text;
    ASSERT_EQ(Evaluate(condition.value(), item), ReferenceHolds(tree)) << text;
  }
}

}  // namespace
}  // namespace pumice
