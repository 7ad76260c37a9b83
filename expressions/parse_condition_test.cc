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
  std::string error = ErrorOf(ParseCondition(ConditionKind::kCondition, text, placeholders));
  constexpr std::string_view kPrefix = "Invalid ConditionExpression: ";
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

TEST(ParseCondition, AcceptsTheGrammar) {
  for (const std::string_view text : {
           "a = :s",
           "a=:s",
           ":s = a",
           "a <> b",
           "a < :n",
           "a <= :n",
           "a > :n",
           "a >= :n",
           "a BETWEEN :m AND :n",
           "a between :m and :n",
           "a IN (:s)",
           "a in (:s, b, size(c))",
           "NOT a = b",
           "not NOT Not a = b",
           "a = b AND b = c OR NOT c = d",
           "(a = b)",
           "(a = b) AND (b = c)",
           "((a = b) AND (b = c))",
           "(a = b OR b = c) AND (c = d)",
           "attribute_exists(a)",
           "attribute_not_exists (a.b[0].#n)",
           "attribute_type(a, :type)",
           "attribute_type(:s, :type)",
           "begins_with(a, :s)",
           "begins_with(:b, a)",
           "contains(a, :n)",
           "contains(a, b)",
           "size(a) > :n",
           ":n = size(a)",
           "size(:s) = :n",
           "size(a) BETWEEN :m AND :n",
           "size(a) IN (:n)",
           "(a) = (:s)",
           "(size(a)) > :n",
           "( ( size ( a )) < b.c ) AND ( d > :n )",
           "a\t=\r\n:s",
           "a [ 0 ] . b = :s",
           "a BETWEEN b AND c AND d = :s",
           "NOT (a) = b",
           "attribute_exists(#dot)",
           "A1_b = :s",
       }) {
    EXPECT_EQ(Problem(text), "") << text;
  }
}

TEST(ParseCondition, NamesTheTokenOfASyntaxErrorWithItsNeighbours) {
  ExpectProblems({
      {"INVALID SYNTAX HERE", Syntax("SYNTAX", "INVALID SYNTAX HERE")},
      {"a = = b", Syntax("=", "= = b")},
      {"attribute_not_exists(", Syntax("<EOF>", "(")},
      {"!!!", Syntax("!", "!!")},
      {"a-b", Syntax("-", "a-b")},
      {"tenantAgent:abc123-x", Syntax(":abc123", "tenantAgent:abc123-")},
      {"#n attribute_not_exists :s", Syntax("attribute_not_exists", "#n attribute_not_exists :s")},
      {"foo", Syntax("<EOF>", "foo")},
      {"a = foo bar", Syntax("bar", "foo bar")},
      {"attribute_type()", Syntax(")", "()")},
      {"a[b] = :s", Syntax("b", "[b]")},
      {"a[-1] = :s", Syntax("-", "[-1")},
      {"a[:n] = :s", Syntax(":n", "[:n]")},
      {"a == :s", Syntax("=", "== :s")},
      {"a != :s", Syntax("!", "a !=")},
      {"a IN ()", Syntax(")", "()")},
      {"_a = :s", Syntax("_", "_a")},
      {"1a = :s", Syntax("1", "1a")},
      {"a = : s", Syntax(":", "= : s")},
      {"# = :s", Syntax("#", "# =")},
      {"a = b = c", Syntax("=", "b = c")},
      {"(a = b) = c", Syntax("=", ") = c")},
      {"(a) AND b = c", Syntax("AND", ") AND b")},
      {"a AND b = c", Syntax("AND", "a AND b")},
      {"(NOT a) = b", Syntax(")", "a) =")},
      {"(a = b", Syntax("<EOF>", "b")},
      {"a = b)", Syntax(")", "b)")},
      {"a)", Syntax(")", "a)")},
      {"NOT", Syntax("<EOF>", "NOT")},
      {"a = b AND", Syntax("<EOF>", "AND")},
      {"AND = :s", Syntax("AND", "AND =")},
      {"a BETWEEN :m :n", Syntax(":n", ":m :n")},
      {"a BETWEEN :m", Syntax("<EOF>", ":m")},
      {"a.and = :s", Syntax("and", ".and =")},
      {"a.b(c)", Syntax("(", "b(c")},
      {"contains(a, b", Syntax("<EOF>", "b")},
      {"contains(a b)", Syntax("b", "a b)")},
      {"(size(a))[0] > :n", Syntax("[", ")[0")},
      {"a = \xC3\xA9", Syntax("\xC3\xA9", "= \xC3\xA9")},
      {"  ", Syntax("<EOF>", "  ")},
      {" = :s", Syntax("=", " = :s")},
      {"a = \t", Syntax("<EOF>", "= \t")},
      {"a = remove", Syntax("remove", "= remove")},
      {"a[00] = :s", Syntax("0", "00]")},
      {"a + b = c", Syntax("+", "a + b")},
      {"size(a) + :n > :m", Syntax("+", ") + :n")},
  });
}

TEST(ParseCondition, ChecksTheSizeOfTheText) {
  const std::string blanks(4089, ' ');
  ExpectProblems(
      {{"", "The expression can not be empty;"},
       {"a = :s" + blanks + " ", ""},
       {"a = :s" + blanks + "  ",
        "Expression size has exceeded the maximum allowed size; expression size: 4097"}});
}

TEST(ParseCondition, ChecksFunctions) {
  const std::string update_only =
      "The function is not allowed in a condition expression; function: ";
  const std::string misused =
      "The function is not allowed to be used this way in an expression; function: ";
  const std::string count =
      "Incorrect number of operands for operator or function; operator or function: ";
  ExpectProblems({
      {"dog(a)", "Invalid function name; function: dog"},
      {"dog(a) = :n", "Invalid function name; function: dog"},
      {"Size(a) = :n", "Invalid function name; function: Size"},
      {"count(a) = :n", "Invalid function name; function: count"},
      {"size(a)", misused + "size"},
      {"NOT size(a)", misused + "size"},
      {"(size(a)) OR a = b", misused + "size"},
      {"attribute_exists(a) = :n", misused + "attribute_exists"},
      {"a = contains(b, c)", misused + "contains"},
      {"a IN (begins_with(b, c))", misused + "begins_with"},
      {"contains(begins_with(a, b), c)", misused + "begins_with"},
      {"if_not_exists(a, a) = :n", update_only + "if_not_exists"},
      {"list_append(a, a)", update_only + "list_append"},
      {"size(a, b) = :n", count + "size, number of operands: 2"},
      {"contains(a)", count + "contains, number of operands: 1"},
      {"begins_with(a, :s, :s)", count + "begins_with, number of operands: 3"},
      {"attribute_exists(a, b)", count + "attribute_exists, number of operands: 2"},
      {"attribute_exists(:s)",
       "Operator or function requires a document path; operator or function: attribute_exists"},
      {"attribute_not_exists(size(a))",
       "Operator or function requires a document path; operator or function: attribute_not_exists"},
  });
}

TEST(ParseCondition, ChecksOperandTypes) {
  const std::string type =
      "Incorrect operand type for operator or function; operator or function: ";
  ExpectProblems({
      {"a < :bool", type + "<, operand type: BOOL"},
      {":l >= a", type + ">=, operand type: L"},
      {"a <= :null", type + "<=, operand type: NULL"},
      {"a > :ss", type + ">, operand type: SS"},
      {"a = :map", ""},
      {"a <> :map", ""},
      {"a BETWEEN :l AND :l", type + "BETWEEN, operand type: L"},
      {":bool BETWEEN a AND b", type + "BETWEEN, operand type: BOOL"},
      {"begins_with(a, :n)", type + "begins_with, operand type: N"},
      {"begins_with(size(a), :s)", type + "begins_with, operand type: N"},
      {"size(:n) = a", type + "size, operand type: N"},
      {"size(:bool) = a", type + "size, operand type: BOOL"},
      {"size(:null) = a", type + "size, operand type: NULL"},
      {"size(size(a)) = :n", type + "size, operand type: N"},
      {"attribute_type(a, :n)", type + "attribute_type, operand type: N"},
      {"attribute_type(a, b)",
       type + "attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}"},
      {"attribute_type(a, :s)",
       "Invalid attribute type name found; type: abc, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
      {"contains(:n, a)", ""},
  });
}

TEST(ParseCondition, ChecksBounds) {
  ExpectProblems({
      {"a BETWEEN :n AND :m",
       "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
       "lower "
       "bound operand: AttributeValue: {N:5}, upper bound operand: AttributeValue: {N:3}"},
      {"a BETWEEN :s AND :n",
       "The BETWEEN operator requires same data type for lower and upper bounds; lower bound "
       "operand: AttributeValue: {S:abc}, upper bound operand: AttributeValue: {N:5}"},
      {"a BETWEEN :n AND :n", ""},
      {"a BETWEEN b AND :m", ""},
      {"a BETWEEN size(b) AND :s", ""},
  });
}

TEST(ParseCondition, WantsTheFirstOperandDistinct) {
  const std::string distinct =
      "The first operand must be distinct from the remaining operands for this operator or "
      "function; "
      "operator: ";
  ExpectProblems({
      {"contains(#d, #d)", distinct + "contains, first operand: [data]"},
      {"contains(#a, a)", distinct + "contains, first operand: [a]"},
      {"a.b[0] = a.b[0]", distinct + "=, first operand: [a, b, [0]]"},
      {"begins_with(a, a)", distinct + "begins_with, first operand: [a]"},
      {"a IN (b, a)", distinct + "IN, first operand: [a]"},
      {"a BETWEEN b AND a", distinct + "BETWEEN, first operand: [a]"},
      {"a BETWEEN b AND b", ""},
      {"size(a) = a", ""},
      {":s = :s", ""},
  });
}

TEST(ParseCondition, ChecksNames) {
  const std::string levels = "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a";
  ExpectProblems({
      {"status = :s", "Attribute name is a reserved keyword; reserved keyword: status"},
      {"a.Name = :s", "Attribute name is a reserved keyword; reserved keyword: Name"},
      {"#undef = :s",
       "An expression attribute name used in the document path is not defined; attribute name: "
       "#undef"},
      {"a = :v",
       "An expression attribute value used in expression is not defined; attribute value: :v"},
      {levels + " = :s", ""},
      {levels + ".a = :s", "The document path has too many nesting levels; nesting levels: 33"},
      {"a[2147483647] = :s", ""},
      {"a[4294967295] = :s", "List index is not within the allowable range; index: [4294967295]"},
      {"a[99999999999999999999] = :s",
       "List index is not within the allowable range; index: [99999999999999999999]"},
  });
}

TEST(ParseCondition, RefusesASecondPairOfParentheses) {
  const std::string redundant = "The expression has redundant parentheses;";
  ExpectProblems({{"((a = b))", redundant},
                  {"((a) = b)", ""},
                  {"((a)) = b", redundant},
                  {"a = ((b))", redundant},
                  {"(((a = b) OR (c = d)))", redundant},
                  {"((a = b) AND ((c = d)))", redundant},
                  {"contains((a), b)", ""},
                  {"contains(((a)), b)", redundant}});
}

TEST(ParseCondition, CountsOperators) {
  std::string text = "a<b";
  for (int i = 0; i < 149; ++i) text += " or (a<b";
  text += std::string(149, ')');
  EXPECT_EQ(Problem(text), "");  // 299
  EXPECT_EQ(Problem("NOT " + text), "");
  const std::string too_many = "The expression contains too many operators; operator count: 301";
  EXPECT_EQ(Problem("NOT NOT " + text), too_many);
  std::string nots;
  for (int i = 0; i < 1000; ++i) nots += "NOT ";
  EXPECT_EQ(Problem(nots + "a<b"), too_many);
}

TEST(ParseCondition, LimitsTheListOfIn) {
  std::string list = "a0";
  for (int i = 1; i < 100; ++i) list += ",a" + std::to_string(i);
  ExpectProblems({{"b IN (" + list + ")", ""},
                  {"b IN (" + list + ",c)",
                   "The IN operator is provided with too many operands; number of operands: 101"}});
}

TEST(ParseCondition, ReportsInTheOrderOfAws) {
  const std::string undefined =
      "An expression attribute value used in expression is not defined; attribute value: :v";
  ExpectProblems({
      // Syntax before all else, parentheses before functions, functions before reserved words.
      {"((a = b)) AND dog(a) AND", Syntax("<EOF>", "AND")},
      {"status = :v AND dog(a) AND ((a = b))", "The expression has redundant parentheses;"},
      {"size(a) AND dog(a)", "Invalid function name; function: dog"},
      {"status = :v AND size(a)",
       "The function is not allowed to be used this way in an expression; function: size"},
      {"a = :v AND status = :s", "Attribute name is a reserved keyword; reserved keyword: status"},
      // Then condition by condition.
      {"a < :bool AND a = :v",
       "Incorrect operand type for operator or function; operator or function: <, operand type: "
       "BOOL"},
      {"a = :v AND a < :bool", undefined},
      {"contains(a, a, :v)", undefined},
      {"attribute_type(a, a)",
       "The first operand must be distinct from the remaining operands for this operator or "
       "function; operator: attribute_type, first operand: [a]"},
  });
}

TEST(ParseCondition, NamesTheParameterInErrors) {
  Placeholders placeholders = test::UsualPlaceholders();
  EXPECT_EQ(ErrorOf(ParseCondition(ConditionKind::kFilter, "", placeholders)),
            "Invalid FilterExpression: The expression can not be empty;");
  EXPECT_EQ(ErrorOf(ParseCondition(ConditionKind::kKeyCondition, "", placeholders)),
            "Invalid KeyConditionExpression: The expression can not be empty;");
}

TEST(ParseCondition, MarksWhatItUses) {
  Placeholders placeholders = test::PlaceholdersOf(
      {{"#a", "a"}, {"#b", "b"}}, {{":x", R"({"S":"x"})"}, {":y", R"({"S":"y"})"}});
  ASSERT_TRUE(ParseCondition(ConditionKind::kCondition, "#a = :x", placeholders).has_value());
  EXPECT_EQ(ErrorOf(placeholders.CheckAllUsed()),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}");
  ASSERT_TRUE(ParseCondition(ConditionKind::kCondition, "#b = :x", placeholders).has_value());
  EXPECT_EQ(ErrorOf(placeholders.CheckAllUsed()),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:y}");
}

}  // namespace
}  // namespace pumice
