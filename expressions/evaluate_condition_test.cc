// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include <gtest/gtest.h>

#include "expressions/evaluate.h"
#include "expressions/parse.h"
#include "expressions/test_support.h"

namespace pumice {
namespace {

bool Holds(std::string_view text) {
  static const Item item = test::ItemOf(
      R"({"bin":{"B":"YWJj"},"bset":{"BS":["YQ==","Yg=="]},"five":{"N":"5"},)"
      R"("flag":{"BOOL":true},"l":{"L":[{"N":"1"},{"S":"dog"},{"NS":["1","2"]},{"M":{"x":{"S":"in"}}}]},)"
      R"("m":{"M":{"k":{"N":"7"},"n":{"NULL":true}}},"nil":{"NULL":true},"nset":{"NS":["1","2.5"]},)"
      R"("s":{"S":"hello"},"sset":{"SS":["","a"]},)"
      R"("wide":{"S":"é😀z"}})");
  Placeholders placeholders =
      test::PlaceholdersOf({}, {{":s", R"({"S":"hello"})"},
                                {":hel", R"({"S":"hel"})"},
                                {":n", R"({"N":"5"})"},
                                {":one", R"({"N":"1"})"},
                                {":four", R"({"N":"4"})"},
                                {":ten", R"({"N":"10"})"},
                                {":bin", R"({"B":"YWJj"})"},
                                {":ab", R"({"B":"YWI="})"},
                                {":true", R"({"BOOL":true})"},
                                {":null", R"({"NULL":true})"},
                                {":two", R"({"N":"2.5"})"},
                                {":a", R"({"S":"a"})"},
                                {":empty", R"({"S":""})"},
                                {":ns", R"({"NS":["1","2"]})"},
                                {":ns2", R"({"NS":["1","2.5"]})"},
                                {":m", R"({"M":{"k":{"N":"7"},"n":{"NULL":true}}})"},
                                {":S", R"({"S":"S"})"},
                                {":L", R"({"S":"L"})"},
                                {":five", R"({"N":"5"})"},
                                {":three", R"({"N":"3"})"},
                                {":b1", R"({"B":"Yg=="})"}});
  const auto condition = ParseCondition(ConditionKind::kCondition, text, placeholders);
  EXPECT_EQ(test::ErrorOf(condition), "") << text;
  return condition.has_value() && Evaluate(condition.value(), item);
}

void ExpectTrue(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) EXPECT_TRUE(Holds(text)) << text;
}
void ExpectFalse(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) EXPECT_FALSE(Holds(text)) << text;
}

TEST(Evaluate, ComparesForEqualityOfTypeAndValue) {
  ExpectTrue({"s = :s", "five = :n", "nset = :ns2", "m = :m", "nil = :null", "flag = :true",
              "bin = :bin", "s <> :n", "five <> :one", "l[2] = :ns", "m.k <> :n"});
  ExpectFalse({"s = :n", "five = :one", "s <> :s", "nset = :ns", "flag = :null"});
}

TEST(Evaluate, OrdersOnlyValuesOfOneOrderedType) {
  ExpectTrue({"five > :four", "five >= :n", "five <= :n", "five < :ten", "s > :hel", "bin > :ab",
              ":four < five", "five < m.k"});
  ExpectFalse({"five < :n", "five > :ten", "five > :s", "s > :n", "flag > :n", ":n < l", "l > m"});
}

TEST(Evaluate, TreatsAMissingOperandAsUnequalToAll) {
  ExpectTrue({"gone <> :s", "gone <> nothing", ":s <> gone", "NOT gone = :s", "m.gone <> :s",
              "s.x <> :s", "l.x <> :s", "m[0] <> :s", "l[9] <> :s"});
  ExpectFalse({"gone = :s", "gone = nothing", "gone < :n", "gone >= :n", "gone IN (:s, nothing)",
               "gone BETWEEN :one AND :ten", "five BETWEEN gone AND :ten",
               "five BETWEEN :one AND gone", "size(gone) = :one", "contains(gone, :s)",
               "contains(s, gone)", "begins_with(gone, :s)", "attribute_type(gone, :S)"});
}

TEST(Evaluate, ComparesWithRangesAndLists) {
  ExpectTrue({"five BETWEEN :n AND :ten", "five BETWEEN :one AND :n", "five BETWEEN :one AND m.k",
              "s BETWEEN :hel AND :s", "five IN (:s, :n)", "s IN (gone, :s)", "m IN (:m)"});
  ExpectFalse({"five BETWEEN :one AND :four", "s BETWEEN :one AND :ten",
               "five BETWEEN m.k AND :one", "five IN (:s)", "s IN (gone, :n)"});
}

TEST(Evaluate, TellsExistence) {
  ExpectTrue({"attribute_exists(nil)", "attribute_exists(l[3].x)", "attribute_not_exists(gone)",
              "attribute_not_exists(l[4])", "attribute_not_exists(s.x)"});
  ExpectFalse({"attribute_exists(gone)", "attribute_not_exists(s)", "attribute_exists(l[3].y)"});
}

TEST(Evaluate, TellsTypes) {
  ExpectTrue({"attribute_type(s, :S)", "attribute_type(l, :L)", "attribute_type(:s, :S)"});
  ExpectFalse({"attribute_type(five, :S)", "attribute_type(m, :L)"});
}

TEST(Evaluate, FindsPrefixes) {
  ExpectTrue({"begins_with(s, :hel)", "begins_with(bin, :ab)", "begins_with(:s, s)",
              "begins_with(s, :empty)"});
  ExpectFalse({"begins_with(s, :a)", "begins_with(five, :a)", "begins_with(s, :ab)",
               "begins_with(bin, :hel)", "begins_with(sset, :a)"});
}

TEST(Evaluate, FindsPartsAndMembersByValue) {
  ExpectTrue({"contains(s, :hel)", "contains(bin, :b1)", "contains(sset, :a)",
              "contains(sset, :empty)", "contains(nset, :two)", "contains(bset, :b1)",
              "contains(l, :one)", "contains(l, :ns)", "contains(s, :empty)", "contains(:s, :hel)",
              "contains(nset, l[0])"});
  ExpectFalse({"contains(s, :n)", "contains(nset, :a)", "contains(m, :a)", "contains(five, :n)",
               "contains(nil, :null)", "contains(l, :ten)", "contains(sset, :s)"});
}

TEST(Evaluate, MeasuresSizes) {
  ExpectTrue({"size(s) = :five", "size(bin) = :three", "size(l) = :four", "size(nset) < :three",
              "size(m) < :three", "size(:s) = five", "size(s) BETWEEN :four AND :ten",
              "size(s) IN (:one, :five)", "NOT size(nowhere) = :one"});
  ExpectFalse({"size(five) = :one", "size(five) <> :one", "size(nowhere) <> :one",
               "size(flag) = :one", "size(nil) = :one", "size(s) = :s", "size(s) < :a"});
}

TEST(Evaluate, CountsUtf16UnitsInStrings) {
  // é is one unit, the emoji two, z one.
  ExpectTrue({"size(wide) = :four"});
}

TEST(Evaluate, BindsNotBeforeAndBeforeOr) {
  ExpectTrue({"five = :n OR five = :one AND five = :ten", "NOT five = :one AND five = :n",
              "NOT NOT five = :n", "NOT (five = :n AND five = :one)"});
  ExpectFalse({"(five = :n OR five = :one) AND five = :ten", "NOT five = :n AND five = :n",
               "NOT (five = :n OR five = :one)", "NOT NOT NOT five = :n"});
}

TEST(Evaluate, TakesAMissingItemAsAnEmptyOne) {
  Placeholders placeholders = test::UsualPlaceholders();
  const auto holds = [&](std::string_view text) {
    return Evaluate(ParseCondition(ConditionKind::kCondition, text, placeholders).value(), Item());
  };
  EXPECT_TRUE(holds("attribute_not_exists(a)"));
  EXPECT_TRUE(holds("a <> :s"));
  EXPECT_FALSE(holds("a = :s"));
}

}  // namespace
}  // namespace pumice
