// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gtest/gtest.h>

#include "expressions/parse.h"
#include "expressions/test_support.h"

namespace pumice {
namespace {

using test::ErrorOf;

std::string Problem(std::string_view text) {
  Placeholders placeholders = test::UsualPlaceholders();
  std::string error = ErrorOf(ParseUpdate(text, placeholders));
  constexpr std::string_view kPrefix = "Invalid UpdateExpression: ";
  if (error.starts_with(kPrefix)) error.erase(0, kPrefix.size());
  return error;
}

struct Case {
  std::string text;
  std::string problem;
};

void ExpectProblems(std::initializer_list<Case> cases) {
  for (const Case& c : cases) EXPECT_EQ(Problem(c.text), c.problem) << c.text;
}

std::string Syntax(std::string_view token, std::string_view near) {
  return "Syntax error; token: \"" + std::string(token) + "\", near: \"" + std::string(near) + "\"";
}

TEST(ParseUpdate, AcceptsTheGrammar) {
  for (const std::string_view text : {
           "SET a = :s",
           "set a=:s",
           "sEt a = :s , b = c",
           "REMOVE a, b[0].c",
           "ADD a :n",
           "ADD a :ss, b :ns",
           "DELETE a :ss",
           "SET a = :s REMOVE b ADD c :n DELETE d :bs",
           "DELETE d :bs SET a = :s",
           "SET a = a + :n",
           "SET a = :n - a",
           "SET c = (c - :n)",
           "SET c = (c) - (:n)",
           "SET c = ((c) - :n)",
           "SET a = (:s)",
           "SET a = if_not_exists(a, :n)",
           "SET a = if_not_exists(a, b)",
           "SET a = if_not_exists(b, if_not_exists(c, :n))",
           "SET a = if_not_exists(a, :n) + :n",
           "SET a = if_not_exists(a, :n) - if_not_exists(b, :m)",
           "SET a = list_append(a, :l)",
           "SET a = list_append(if_not_exists(a, :l), :l)",
           "SET a.b[0] = :s, a.c = :s",
           "SET l[0] = :s, l[1] = :s",
           "  SET   a=:s  ",
       }) {
    EXPECT_EQ(Problem(text), "") << text;
  }
}

TEST(ParseUpdate, NamesTheTokenOfASyntaxErrorWithItsNeighbours) {
  ExpectProblems({
      {"INVALID SYNTAX HERE", Syntax("INVALID", "INVALID SYNTAX")},
      {"SET _123 = :s", Syntax("_", "SET _123")},
      {"SET 123a = :s", Syntax("123", "SET 123a")},
      {"ADD hits : incr", Syntax(":", "hits : incr")},
      {"SET", Syntax("<EOF>", "SET")},
      {"SET a = ", Syntax("<EOF>", "= ")},
      {"SET and = :s", Syntax("and", "SET and =")},
      {"REMOVE a.in", Syntax("in", ".in")},
      {"SET a", Syntax("<EOF>", "a")},
      {"SET a = :s,", Syntax("<EOF>", ",")},
      {"SET a = VALUE 1", Syntax("1", "VALUE 1")},
      {"SET a = list_append(b, 0)", Syntax("0", ", 0)")},
      {"SET #as, #x = :s", Syntax(",", "#as, #x")},
      {"SET a = :n + :n + :n", Syntax("+", ":n + :n")},
      {"SET a = if_not_exists(c, :n+:m)", Syntax("+", ":n+:m")},
      {"SET a = (a + b) + c", Syntax("+", ") + c")},
      {"SET a = (b", Syntax("<EOF>", "b")},
      {"SET a = b)", Syntax(")", "b)")},
      {"SET :n = :s", Syntax(":n", "SET :n =")},
      {"SET a = :s, REMOVE b", Syntax("REMOVE", ", REMOVE b")},
      {"SET set = :s", Syntax("set", "SET set =")},
      {"ADD a b", Syntax("b", "a b")},
      {"ADD a = :n", Syntax("=", "a = :n")},
      {"REMOVE a b", Syntax("b", "a b")},
      {"REMOVE a[#n]", Syntax("#n", "[#n]")},
      {"SET hi-there = :s", Syntax("-", "hi-there")},
      {"SET a = _f(b)", Syntax("_", "= _f")},
      {"SET a = :s;", Syntax(";", ":s;")},
      {"a-b", Syntax("a", "a-")},
      {" ", Syntax("<EOF>", " ")},
  });
}

TEST(ParseUpdate, ChecksTheSizeOfTheText) {
  const std::string blanks(4088, ' ');
  ExpectProblems(
      {{"", "The expression can not be empty;"},
       {"SET" + blanks + "a = :s", "Expression size has exceeded the maximum allowed size;"},
       {"SET" + blanks.substr(1) + "a = :s", ""}});
}

TEST(ParseUpdate, ChecksFunctions) {
  const std::string misused =
      "The function is not allowed to be used this way in an expression; function: ";
  const std::string count =
      "Incorrect number of operands for operator or function; operator or function: ";
  const std::string path =
      "Operator or function requires a document path; operator or function: if_not_exists";
  ExpectProblems({
      {"SET a = f123_hi(b, c)", "Invalid function name; function: f123_hi"},
      {"SET a = LIST_APPEND(:l, :l)", "Invalid function name; function: LIST_APPEND"},
      {"SET a = size(b)", "The function is not allowed in an update expression; function: size"},
      {"SET a = list_append(list_append(:l, :l), :l)", misused + "list_append"},
      {"SET a = list_append(:l)", count + "list_append, number of operands: 1"},
      {"SET a = list_append(:l, :l, :l)", count + "list_append, number of operands: 3"},
      {"SET a = if_not_exists(b)", count + "if_not_exists, number of operands: 1"},
      {"SET a = if_not_exists(:n, :n)", path},
      {"SET a = if_not_exists(if_not_exists(a, :n), :n)", path},
  });
}

TEST(ParseUpdate, ChecksOperandTypes) {
  const std::string type =
      "Incorrect operand type for operator or function; operator or function: ";
  const std::string action = "Incorrect operand type for operator or function; operator: ";
  ExpectProblems({
      {"SET a = :s + :n", type + "+, operand type: S"},
      {"SET a = b - :l", type + "-, operand type: L"},
      {"SET a = list_append(:l, :s)", type + "list_append, operand type: S"},
      {"ADD a :s", action + "ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"ADD a :b", action + "ADD, operand type: BINARY, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"ADD a :bool", action + "ADD, operand type: BOOLEAN, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"ADD a :null", action + "ADD, operand type: NULL, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"ADD a :l", action + "ADD, operand type: LIST, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"ADD a :map", action + "ADD, operand type: MAP, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"DELETE a :n", action + "DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
      {"DELETE a :s", action + "DELETE, operand type: STRING, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
  });
}

TEST(ParseUpdate, RefusesTheSameSectionTwice) {
  ExpectProblems({{"SET a = :s SET b = :s",
                   "The \"SET\" section can only be used once in an update expression;"},
                  {"remove a SET b = :s remove c",
                   "The \"REMOVE\" section can only be used once in an update expression;"}});
}

TEST(ParseUpdate, RefusesRedundantParentheses) {
  ExpectProblems({{"SET a = ((b - c))", "The expression has redundant parentheses;"},
                  {"SET a = ((b)) - c", "The expression has redundant parentheses;"}});
}

std::string Overlap(std::string_view one, std::string_view two) {
  return "Two document paths overlap with each other; must remove or rewrite one of these paths; "
         "path "
         "one: " +
         std::string(one) + ", path two: " + std::string(two);
}

TEST(ParseUpdate, RefusesOverlapsAndConflictsOverAllSections) {
  const std::string conflict =
      "Two document paths conflict with each other; must remove or rewrite one of these paths; "
      "path "
      "one: ";
  ExpectProblems({
      {"SET a = :s, a = :n", Overlap("[a]", "[a]")},
      {"SET #a = :s REMOVE a", Overlap("[a]", "[a]")},
      {"REMOVE a SET a = :s", Overlap("[a]", "[a]")},
      {"SET a.b = :s, a.b[0] = :s", Overlap("[a, b]", "[a, b, [0]]")},
      {"SET a.b.c = :s ADD a.b :n", Overlap("[a, b, c]", "[a, b]")},
      {"SET a[1][1] = :s DELETE a[1] :ss", Overlap("[a, [1], [1]]", "[a, [1]]")},
      {"SET b = :s, a.b = :s, a[1] = :s", conflict + "[a, b], path two: [a, [1]]"},
      {"SET a.b.c = :s REMOVE a.b[2]", conflict + "[a, b, c], path two: [a, b, [2]]"},
      {"SET a.b = :s, a[1] = :s, c = :s, c = :s", Overlap("[c]", "[c]")},
      {"SET a.b = :s, a.c = :s, ab = :s REMOVE #dot", ""},
  });
}

TEST(ParseUpdate, ReportsInTheOrderOfAws) {
  const std::string section = "The \"SET\" section can only be used once in an update expression;";
  ExpectProblems({
      {"SET status = dog(a)", "Attribute name is a reserved keyword; reserved keyword: status"},
      {"SET a = dog(a) SET b = c", "Invalid function name; function: dog"},
      {"SET a = :undef SET #undef = b", section},
      {"SET a = :undef, #undef = b",
       "An expression attribute name used in the document path is not defined; attribute name: "
       "#undef"},
      {"SET a = :undef, a = b", Overlap("[a]", "[a]")},
      // The last target, then the last action that has a problem.
      {"SET #1 = :undef REMOVE #2",
       "An expression attribute name used in the document path is not defined; attribute name: #2"},
      {"SET a = #1 ADD b :undef",
       "An expression attribute value used in expression is not defined; attribute value: :undef"},
      {"SET b = :undef, a = if_not_exists(:n, :n)",
       "Operator or function requires a document path; operator or function: if_not_exists"},
      // Of words, the first in the text.
      {"SET a = size(b), status = :s",
       "The function is not allowed in an update expression; function: size"},
      {"SET status = :s, a = size(b)",
       "Attribute name is a reserved keyword; reserved keyword: status"},
      {"SET a = if_not_exists(:undef, :n)",
       "An expression attribute value used in expression is not defined; attribute value: :undef"},
      {"SET a = :s + :n, a = b ADD c :s", Overlap("[a]", "[a]")},
      {"SET a = :s + :n ADD c :s",
       "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, "
       "typeSet: ALLOWED_FOR_ADD_OPERAND"},
  });
}

TEST(ParseUpdate, CountsOperators) {
  std::string text = "SET a0=b+c";
  for (int i = 1; i < 300; ++i) text += ",a" + std::to_string(i) + "=b+c";
  EXPECT_EQ(Problem(text), "");
  EXPECT_EQ(Problem(text + ",x=b-c"),
            "The expression contains too many operators; operator count: 301");
}

TEST(ParseUpdate, TellsWhetherAnItemIsCreated) {
  const auto creates = [](std::string_view text) {
    Placeholders placeholders = test::UsualPlaceholders();
    return ParseUpdate(text, placeholders).value().CreatesItem();
  };
  EXPECT_TRUE(creates("SET a = :s REMOVE b"));
  EXPECT_TRUE(creates("ADD a :n"));
  EXPECT_FALSE(creates("REMOVE a"));
  EXPECT_FALSE(creates("DELETE a :ss REMOVE b"));
}

}  // namespace
}  // namespace pumice
