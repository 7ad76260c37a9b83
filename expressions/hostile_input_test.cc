// SPDX-License-Identifier: Apache-2.0
// Texts that are made to hurt: none may overflow the stack or take long. What is answered is
// checked where AWS's answer is known, else only that there is one.
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "expressions/evaluate.h"
#include "expressions/parse.h"
#include "expressions/test_support.h"

namespace pumice {
namespace {

using test::ErrorOf;

std::string Times(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

std::string ConditionProblem(std::string_view text) {
  Placeholders placeholders = test::UsualPlaceholders();
  return ErrorOf(ParseCondition(ConditionKind::kCondition, text, placeholders));
}

std::string UpdateProblem(std::string_view text) {
  Placeholders placeholders = test::UsualPlaceholders();
  return ErrorOf(ParseUpdate(text, placeholders));
}

/// All entries, and what follows where a text is good.
void ReadAll(std::string_view text) {
  static Placeholders placeholders = test::UsualPlaceholders();
  static const Item item = test::ItemOf(R"({"a":{"N":"1"},"b":{"L":[{"S":"x"}]},"n":{"M":{}}})");
  if (const auto condition = ParseCondition(ConditionKind::kFilter, text, placeholders);
      condition.has_value()) {
    Evaluate(condition.value(), item);
    TopLevelAttributes(condition.value());
  }
  if (const auto update = ParseUpdate(text, placeholders); update.has_value()) {
    StatementChargeBytes(update.value());
    if (const auto changed = ApplyUpdate(update.value(), item, true); changed.has_value()) {
      UpdatedPart(update.value(), changed.value());
    }
  }
  if (const auto projection = ParseProjection(text, placeholders); projection.has_value()) {
    Project(projection.value(), item);
  }
  if (const auto key = ParseKeyCondition(text, placeholders); key.has_value()) {
    (void)BindKeyCondition(key.value(), KeySchema{{{"a", AttributeType::kN}}, {}}).has_value();
  }
}

TEST(HostileInput, OpensParenthesesOnly) {
  EXPECT_EQ(ConditionProblem(Times(4096, "(")),
            "Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"(\"");
  EXPECT_EQ(UpdateProblem("SET a=" + Times(4090, "(")),
            "Invalid UpdateExpression: Syntax error; token: \"<EOF>\", near: \"(\"");
}

TEST(HostileInput, EnclosesDeeply) {
  EXPECT_EQ(ConditionProblem(Times(2046, "(") + "a<b" + Times(2046, ")")),
            "Invalid ConditionExpression: The expression has redundant parentheses;");
  EXPECT_EQ(UpdateProblem("SET a=" + Times(2044, "(") + "b" + Times(2044, ")")),
            "Invalid UpdateExpression: The expression has redundant parentheses;");
  EXPECT_EQ(ConditionProblem("a<" + Times(2046, "(") + "b" + Times(2046, ")")),
            "Invalid ConditionExpression: The expression has redundant parentheses;");
}

TEST(HostileInput, CallsDeeply) {
  EXPECT_EQ(ConditionProblem("a < " + Times(1355, "f(") + "b" + Times(1355, ")")),
            "Invalid ConditionExpression: Invalid function name; function: f");
  EXPECT_EQ(ConditionProblem("a < " + Times(2046, "f(")),
            "Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"(\"");
  EXPECT_EQ(
      ConditionProblem("a < " + Times(680, "size(") + "b" + Times(680, ")")),
      "Invalid ConditionExpression: Incorrect operand type for operator or function; operator or "
      "function: size, operand type: N");
  EXPECT_EQ(UpdateProblem("SET a = " + Times(1360, "f(") + "b" + Times(1360, ")")),
            "Invalid UpdateExpression: Invalid function name; function: f");
  EXPECT_EQ(UpdateProblem("SET a = " + Times(240, "if_not_exists(b,") + ":n" + Times(240, ")")),
            "");
  ReadAll("SET a = " + Times(240, "if_not_exists(z,") + ":n" + Times(240, ")"));
}

TEST(HostileInput, NegatesDeeply) {
  EXPECT_EQ(ConditionProblem(Times(1023, "NOT ") + "a"),
            "Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"a\"");
  EXPECT_EQ(
      ConditionProblem(Times(1000, "NOT ") + "a<b"),
      "Invalid ConditionExpression: The expression contains too many operators; operator count: "
      "301");
  EXPECT_EQ(
      ConditionProblem(Times(799, "NOT(") + "a<b" + Times(799, ")")),
      "Invalid ConditionExpression: The expression contains too many operators; operator count: "
      "301");
  ReadAll(Times(299, "NOT ") + "a<b");
  ReadAll("a<b" + Times(149, " OR a<b"));
}

TEST(HostileInput, NamesManyPaths) {
  std::string many = "x0";
  for (int i = 1; many.size() < 4080; ++i) many += ",x" + std::to_string(i);
  ReadAll(many);
  ReadAll(many + ",x0");
  ReadAll("REMOVE " + many);
  ReadAll("a" + Times(1365, "[0]"));
  ReadAll(Times(2047, "a.") + "a");
}

TEST(HostileInput, IsAnyBytes) {
  std::mt19937 random(20261121);  // the same bytes in each run
  for (int round = 0; round < 5'000; ++round) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random());
    ReadAll(text);
  }
}

TEST(HostileInput, IsAnyTokens) {
  constexpr std::array<std::string_view, 52> kTokens{"a",
                                                     "b",
                                                     "n",
                                                     ".",
                                                     "[0]",
                                                     "[",
                                                     "]",
                                                     "7",
                                                     "#n",
                                                     "#undef",
                                                     ":n",
                                                     ":s",
                                                     ":l",
                                                     ":ss",
                                                     ":undef",
                                                     "(",
                                                     ")",
                                                     "(",
                                                     ")",
                                                     ",",
                                                     "=",
                                                     "<>",
                                                     "<",
                                                     "<=",
                                                     ">",
                                                     ">=",
                                                     "+",
                                                     "-",
                                                     " AND ",
                                                     " or ",
                                                     " NOT ",
                                                     " BETWEEN ",
                                                     " IN ",
                                                     "SET ",
                                                     "REMOVE ",
                                                     "ADD ",
                                                     "DELETE ",
                                                     "size(",
                                                     "contains(",
                                                     "begins_with(",
                                                     "attribute_exists(",
                                                     "attribute_not_exists(",
                                                     "attribute_type(",
                                                     "if_not_exists(",
                                                     "list_append(",
                                                     "dog(",
                                                     "status",
                                                     " ",
                                                     "\n",
                                                     "!",
                                                     "a = :n",
                                                     "a.b[1]"};
  std::mt19937 random(4096);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = round % 4 == 0 ? "SET a = " : "";
    for (std::size_t count = random() % 14; count > 0; --count) {
      text += kTokens[random() % kTokens.size()];
    }
    ReadAll(text);
  }
}

}  // namespace
}  // namespace pumice
