// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gtest/gtest.h>

#include "expressions/parse.h"
#include "expressions/test_support.h"

namespace pumice {
namespace {

using test::ErrorOf;

const KeySchema kHashOnly{{{"pk", AttributeType::kS}}, {}};
const KeySchema kStringSort{{{"pk", AttributeType::kS}}, {{"sk", AttributeType::kS}}};
const KeySchema kNumberSort{{{"pk", AttributeType::kS}}, {{"sk", AttributeType::kN}}};
const KeySchema kManySorts{
    {{"h", AttributeType::kS}, {"g", AttributeType::kN}},
    {{"a", AttributeType::kS}, {"b", AttributeType::kN}, {"c", AttributeType::kS}}};

Placeholders Values() {
  return test::PlaceholdersOf({{"#pk", "pk"}}, {{":s", R"({"S":"s"})"},
                                                {":t", R"({"S":"t"})"},
                                                {":n", R"({"N":"5"})"},
                                                {":m", R"({"N":"7"})"},
                                                {":bool", R"({"BOOL":true})"},
                                                {":b", R"({"B":""})"},
                                                {":empty", R"({"S":""})"}});
}

std::string FirstPass(std::string_view text) {
  Placeholders placeholders = Values();
  return ErrorOf(ParseKeyCondition(text, placeholders));
}

std::string OperatorText(SortCondition::Operator op) {
  constexpr std::array<std::string_view, 7> kTexts{"=", "<", "<=", ">", ">=", "between", "begins"};
  return std::string(kTexts[static_cast<std::size_t>(op)]);
}

/// "hash… | equal… | operator low high", or the error.
std::string Bound(std::string_view text, const KeySchema& schema) {
  Placeholders placeholders = Values();
  const auto parsed = ParseKeyCondition(text, placeholders);
  if (!parsed.has_value()) return ErrorOf(parsed);
  const auto bound = BindKeyCondition(parsed.value(), schema);
  if (!bound.has_value()) return ErrorOf(bound);
  std::string out;
  for (const AttributeValue& value : bound.value().hash) AppendValueJson(out, value);
  out += '|';
  for (const AttributeValue& value : bound.value().sort_equals) AppendValueJson(out, value);
  out += '|';
  if (const auto& sort = bound.value().sort) {
    out += OperatorText(sort->op);
    AppendValueJson(out, sort->low);
    if (sort->op == SortCondition::Operator::kBetween) AppendValueJson(out, sort->high);
  }
  return out;
}

TEST(KeyCondition, IsBoundToTheSchema) {
  EXPECT_EQ(Bound("pk = :s", kHashOnly), R"({"S":"s"}||)");
  EXPECT_EQ(Bound("(:s = #pk)", kStringSort), R"({"S":"s"}||)");
  EXPECT_EQ(Bound("pk = :s AND sk = :t", kStringSort), R"({"S":"s"}||={"S":"t"})");
  EXPECT_EQ(Bound("sk < :n and pk = :s", kNumberSort), R"({"S":"s"}||<{"N":"5"})");
  EXPECT_EQ(Bound("((pk = :s) AND (sk >= :n))", kNumberSort), R"({"S":"s"}||>={"N":"5"})");
  EXPECT_EQ(Bound("pk = :s AND sk BETWEEN :n AND :m", kNumberSort),
            R"({"S":"s"}||between{"N":"5"}{"N":"7"})");
  EXPECT_EQ(Bound("pk = :s AND begins_with(sk, :t)", kStringSort), R"({"S":"s"}||begins{"S":"t"})");
}

TEST(KeyCondition, IsMirroredWhereTheAttributeStandsOnTheRight) {
  EXPECT_EQ(Bound("pk = :s AND :n < sk", kNumberSort), R"({"S":"s"}||>{"N":"5"})");
  EXPECT_EQ(Bound("pk = :s AND :n <= sk", kNumberSort), R"({"S":"s"}||>={"N":"5"})");
  EXPECT_EQ(Bound("pk = :s AND :n > sk", kNumberSort), R"({"S":"s"}||<{"N":"5"})");
  EXPECT_EQ(Bound("pk = :s AND :n >= sk", kNumberSort), R"({"S":"s"}||<={"N":"5"})");
}

TEST(KeyCondition, RefusesInItsFirstPass) {
  const std::string op = "Invalid operator used in KeyConditionExpression: ";
  const std::string condition = "Invalid condition in KeyConditionExpression: ";
  const std::string invalid = "Invalid KeyConditionExpression: ";
  const std::string nested = invalid + "KeyConditionExpressions cannot contain nested operations";
  const std::string type =
      invalid + "Incorrect operand type for operator or function; operator or function: ";
  struct Case {
    std::string text;
    std::string error;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"pk = :s OR sk = :t", op + "OR"},
           {"pk = :s and size(sk) > c or a > c", op + "OR"},
           {"NOT pk = :s", op + "NOT"},
           {"pk IN (:s)", op + "IN"},
           {"pk <> :s", op + "<>"},
           {"attribute_exists(pk)", op + "attribute_exists"},
           {"attribute_not_exists(pk)", op + "attribute_not_exists"},
           {"contains(pk, :s)", op + "contains"},
           {"size(pk) > :n", nested},
           {"pk > size(sk)", nested},
           {"pk BETWEEN size(a) AND size(b)", nested},
           {"a.b = :s",
            invalid + "KeyConditionExpressions cannot have conditions on nested attributes"},
           {"a[0] > :s",
            invalid + "KeyConditionExpressions cannot have conditions on nested attributes"},
           {"pk = sk", condition + "Multiple attribute names used in one condition"},
           {"pk = sk.a", condition + "Multiple attribute names used in one condition"},
           {"begins_with(pk, sk)", condition + "Multiple attribute names used in one condition"},
           {":s = :t", condition + "No key attribute specified"},
           {":n BETWEEN sk AND :n",
            condition + "BETWEEN operator must have the key attribute as its first operand"},
           {"begins_with(:s, sk)",
            condition + "begins_with operator must have the key attribute as its first operand"},
           {"pk = :s AND sk > :n AND sk < :m",
            invalid + "KeyConditionExpressions must only contain one condition per key"},
           {"pk = :s AND begins_with(sk, :n)", type + "begins_with, operand type: N"},
           {"pk = :s AND begins_with(sk, :bool)", type + "begins_with, operand type: BOOL"},
           {"pk = :s AND sk >= :bool", type + ">=, operand type: BOOL"},
           {"pk = :s AND sk BETWEEN :bool AND :bool", type + "BETWEEN, operand type: BOOL"},
           {"pk = :s AND sk BETWEEN :m AND :n",
            invalid +
                "The BETWEEN operator requires upper bound to be greater than or equal to lower "
                "bound; lower bound operand: AttributeValue: {N:7}, upper bound operand: "
                "AttributeValue: {N:5}"},
           {"pk = :undefined AND begins_with(sk, :n)",
            invalid + "An expression attribute value used in expression is not defined; attribute "
                      "value: :undefined"},
           {"begins_with(sk, :n) AND pk = :undefined", type + "begins_with, operand type: N"},
           {"((pk = :s))", invalid + "The expression has redundant parentheses;"},
           {"pk", invalid + "Syntax error; token: \"<EOF>\", near: \"pk\""},
       }) {
    EXPECT_EQ(FirstPass(c.text), c.error) << c.text;
  }
}

TEST(KeyCondition, RefusesWhatTheSchemaDoesNotHave) {
  const std::string missed = "Query condition missed key schema element: ";
  const std::string type =
      "One or more parameter values were invalid: Condition parameter type does not match schema "
      "type";
  EXPECT_EQ(Bound("sk = :t", kStringSort), missed + "pk");
  EXPECT_EQ(Bound("x = :t", kHashOnly), missed + "pk");
  EXPECT_EQ(Bound("pk = :s AND x = :t", kStringSort), missed + "sk");
  EXPECT_EQ(
      Bound("pk = :s AND sk = :t AND x = :t", kStringSort),
      "The number of query conditions (3) exceeds the number of key attributes defined in the "
      "schema (2)");
  EXPECT_EQ(Bound("pk = :s AND x = :t", kHashOnly), "Query key condition not supported");
  EXPECT_EQ(Bound("pk > :s", kHashOnly), "Query key condition not supported");
  EXPECT_EQ(Bound("begins_with(pk, :s) AND sk = :t", kStringSort),
            "Query key condition not supported");
  EXPECT_EQ(Bound("pk = :n", kHashOnly), type);
  EXPECT_EQ(Bound("pk = :bool", kHashOnly), type);
  EXPECT_EQ(Bound("pk = :s AND begins_with(sk, :t)", kNumberSort), type);
  EXPECT_EQ(Bound("pk = :s AND sk > :t", kNumberSort), type);
}

TEST(KeyCondition, RefusesEmptyAndLongKeyValues) {
  const std::string empty =
      "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
      "contain an empty ";
  EXPECT_EQ(Bound("pk = :empty", kHashOnly), empty + "string value. Key: pk");
  EXPECT_EQ(Bound("pk = :s AND begins_with(sk, :empty)", kStringSort),
            empty + "string value. Key: sk");
  EXPECT_EQ(Bound("pk = :b", KeySchema{{{"pk", AttributeType::kB}}, {}}),
            empty + "binary value. Key: pk");

  const auto with_sizes = [](std::size_t hash, std::size_t sort) {
    const KeyConditionExpression expression{
        {{"pk", {SortCondition::Operator::kEqual, std::string(hash, 'x'), {}}},
         {"sk", {SortCondition::Operator::kLess, std::string(sort, 'x'), {}}}}};
    return ErrorOf(BindKeyCondition(expression, kStringSort));
  };
  EXPECT_EQ(with_sizes(2048, 1024), "");
  EXPECT_EQ(with_sizes(2049, 1),
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
            "size limit of2048 bytes");
  EXPECT_EQ(with_sizes(1, 1025),
            "One or more parameter values were invalid: Aggregated size of all range keys has "
            "exceeded the size limit of 1024 bytes");
}

TEST(KeyCondition, UsesManyAttributesFromLeftToRight) {
  const std::string hash = R"({"S":"s"}{"N":"5"}|)";
  const std::string equal = "h = :s AND g = :n";
  EXPECT_EQ(Bound(equal, kManySorts), hash + "|");
  EXPECT_EQ(Bound("a = :s AND g = :n AND h = :s", kManySorts), hash + R"(|={"S":"s"})");
  EXPECT_EQ(Bound(equal + " AND b > :n AND a = :t", kManySorts), hash + R"({"S":"t"}|>{"N":"5"})");
  EXPECT_EQ(Bound(equal + " AND begins_with(c, :s) AND b = :n AND a = :t", kManySorts),
            hash + R"({"S":"t"}{"N":"5"}|begins{"S":"s"})");
  EXPECT_EQ(Bound("h = :s AND a = :s", kManySorts), "Query condition missed key schema element: g");
}

TEST(KeyCondition, RefusesGapsBetweenManyAttributes) {
  const auto gap = [](const std::string& missing, const std::string& present) {
    return "RANGE key attributes " + missing +
           " must have equality conditions specified in the query because a condition is present "
           "on "
           "key attribute " +
           present;
  };
  const std::string equal = "h = :s AND g = :n";
  EXPECT_EQ(Bound(equal + " AND a = :s AND c = :s", kManySorts), gap("b", "c"));
  EXPECT_EQ(Bound(equal + " AND a = :s AND b > :n AND c = :s", kManySorts), gap("b", "c"));
  EXPECT_EQ(Bound(equal + " AND b = :n", kManySorts), gap("a", "b"));
}

TEST(AttributesUsed, AreSortedAndNamedOnce) {
  Placeholders placeholders = Values();
  const auto condition = ParseCondition(
      ConditionKind::kFilter,
      "z = :s AND (a.b IN (y, :s) OR NOT contains(x, size(w))) AND a BETWEEN v AND u "
      "AND attribute_exists(t) AND begins_with(s1, r) AND attribute_type(q, :s) ",
      placeholders);
  EXPECT_EQ(ErrorOf(condition),
            "Invalid FilterExpression: Invalid attribute type name found; type: s, valid types: "
            "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
  const auto good = ParseCondition(
      ConditionKind::kFilter,
      "z = :s AND (a.b IN (y, :s) OR NOT contains(x, size(w))) AND a BETWEEN v AND u "
      "AND attribute_exists(t) AND begins_with(s1, r)",
      placeholders);
  EXPECT_EQ(TopLevelAttributes(good.value()),
            (std::vector<std::string>{"a", "r", "s1", "t", "u", "v", "w", "x", "y", "z"}));
  EXPECT_EQ(TopLevelAttributes(ParseProjection("b.c, a, b.d", placeholders).value()),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(
      TopLevelAttributes(
          ParseUpdate("SET d = if_not_exists(c, list_append(b, a)), e = f - g REMOVE h ADD i :n",
                      placeholders)
              .value()),
      (std::vector<std::string>{"a", "b", "c", "d", "e", "f", "g", "h", "i"}));
}

TEST(AttributesUsed, MayNotLeadIntoAKey) {
  Placeholders placeholders = Values();
  const auto condition =
      ParseCondition(ConditionKind::kFilter, "pk = :s AND x.pk = sk[0]", placeholders);
  EXPECT_EQ(ErrorOf(CheckNoPathIntoKey(condition.value(), kStringSort, "IndexKey")),
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
            "allowed: IndexKey: sk");
  EXPECT_EQ(ErrorOf(CheckNoPathIntoKey(condition.value(), kHashOnly, "Key")), "");
  EXPECT_EQ(
      ErrorOf(CheckNoPathIntoKey(ParseProjection("pk.a", placeholders).value(), kHashOnly, "Key")),
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
      "allowed: Key: pk");
  EXPECT_EQ(ErrorOf(CheckNoPathIntoKey(ParseUpdate("SET a = pk.a", placeholders).value(), kHashOnly,
                                       "Key")),
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
            "allowed: Key: pk");
}

}  // namespace
}  // namespace pumice
