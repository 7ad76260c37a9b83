// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "expressions/evaluate.h"
#include "expressions/parse.h"
#include "expressions/test_support.h"

namespace pumice {
namespace {

using test::ErrorOf;
using test::ItemOf;

constexpr std::string_view kMissing =
    "The provided expression refers to an attribute that does not exist in the item";
constexpr std::string_view kWrongType =
    "An operand in the update expression has an incorrect data type";
constexpr std::string_view kInvalidPath =
    "The document path provided in the update expression is invalid for update";
constexpr std::string_view kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";

Placeholders UpdateValues() {
  return test::PlaceholdersOf({},
                              {{":x", R"({"S":"x"})"},
                               {":y", R"({"S":"y"})"},
                               {":z", R"({"S":"z"})"},
                               {":one", R"({"N":"1"})"},
                               {":two", R"({"N":"2"})"},
                               {":list", R"({"L":[{"S":"new"}]})"},
                               {":empty", R"({"L":[]})"},
                               {":ss", R"({"SS":["b","c"]})"},
                               {":all", R"({"SS":["a","b"]})"},
                               {":ns", R"({"NS":["2","3"]})"},
                               {":bs", R"({"BS":["Yg=="]})"},
                               {":map", R"({"M":{}})"},
                               {":tiny", R"({"N":"0.00000000000000000000000000000000000001"})"}});
}

UpdateExpression Parsed(std::string_view text) {
  Placeholders placeholders = UpdateValues();
  return ParseUpdate(text, placeholders).value();
}

/// The new item, or the error.
std::string Updated(std::string_view item, std::string_view text, bool item_exists = true) {
  const auto result = ApplyUpdate(Parsed(text), ItemOf(item), item_exists);
  return result.has_value() ? ItemJson(result.value()) : ErrorOf(result);
}

TEST(ApplyUpdate, SetsAndReplaces) {
  EXPECT_EQ(Updated(R"({"a":{"N":"1"}})", "SET a = :x, b = :y"),
            R"({"a":{"S":"x"},"b":{"S":"y"}})");
  EXPECT_EQ(Updated(R"({"m":{"M":{"a":{"N":"1"}}}})", "SET m.a = :x, m.b = :y"),
            R"({"m":{"M":{"a":{"S":"x"},"b":{"S":"y"}}}})");
  EXPECT_EQ(
      Updated(R"({"l":{"L":[{"N":"1"},{"M":{"x":{"N":"2"}}}]}})", "SET l[0] = :x, l[1].x = :y"),
      R"({"l":{"L":[{"S":"x"},{"M":{"x":{"S":"y"}}}]}})");
}

TEST(ApplyUpdate, ReadsTheOldItem) {
  EXPECT_EQ(Updated(R"({"x":{"N":"1"}})", "SET x = :two, y = x"),
            R"({"x":{"N":"2"},"y":{"N":"1"}})");
  EXPECT_EQ(Updated("{}", "SET x = :two, y = x"), kMissing);
  EXPECT_EQ(Updated(R"({"a":{"N":"1"}})", "REMOVE a SET b = a"), R"({"b":{"N":"1"}})");
  EXPECT_EQ(Updated(R"({"a":{"N":"1"},"b":{"N":"2"}})", "SET a = b, b = a"),
            R"({"a":{"N":"2"},"b":{"N":"1"}})");
}

TEST(ApplyUpdate, Calculates) {
  EXPECT_EQ(Updated(R"({"n":{"N":"5"}})", "SET n = n + :two, m = (:one - n)"),
            R"({"m":{"N":"-4"},"n":{"N":"7"}})");
  EXPECT_EQ(Updated(R"({"n":{"S":"5"}})", "SET n = n + :two"), kWrongType);
  EXPECT_EQ(Updated("{}", "SET n = n + :two"), kMissing);
  const std::string big(38, '9');
  EXPECT_EQ(Updated(R"({"n":{"N":")" + big + R"("}})", "SET n = n + :tiny"), kOverflow);
  EXPECT_EQ(Updated(R"({"n":{"N":")" + big + R"("}})", "ADD n :tiny"), kOverflow);
}

TEST(ApplyUpdate, CallsFunctions) {
  EXPECT_EQ(
      Updated(R"({"a":{"S":"old"}})", "SET a = if_not_exists(a, :x), b = if_not_exists(c, :x)"),
      R"({"a":{"S":"old"},"b":{"S":"x"}})");
  EXPECT_EQ(Updated(R"({"c":{"S":"c"}})", "SET a = if_not_exists(a, if_not_exists(b, c))"),
            R"({"a":{"S":"c"},"c":{"S":"c"}})");
  EXPECT_EQ(Updated("{}", "SET n = if_not_exists(n, :one) - :two", false), R"({"n":{"N":"-1"}})");
  EXPECT_EQ(Updated(R"({"l":{"L":[{"S":"a"}]}})", "SET l = list_append(l, :list)"),
            R"({"l":{"L":[{"S":"a"},{"S":"new"}]}})");
  EXPECT_EQ(Updated(R"({"l":{"L":[{"S":"a"}]}})", "SET l = list_append(:list, l)"),
            R"({"l":{"L":[{"S":"new"},{"S":"a"}]}})");
  EXPECT_EQ(Updated("{}", "SET l = list_append(if_not_exists(l, :empty), :list)"),
            R"({"l":{"L":[{"S":"new"}]}})");
  EXPECT_EQ(Updated("{}", "SET l = list_append(l, :list)"), kMissing);
  EXPECT_EQ(Updated(R"({"l":{"S":"a"}})", "SET l = list_append(l, :list)"), kWrongType);
}

TEST(ApplyUpdate, AppendsBeyondTheEndInIndexOrder) {
  const std::string_view three = R"({"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"}]}})";
  EXPECT_EQ(Updated(three, "SET l[5] = :x"),
            R"({"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"S":"x"}]}})");
  EXPECT_EQ(Updated(three, "SET l[9] = :z, l[3] = :x, l[5] = :y, l[0] = :x"),
            R"({"l":{"L":[{"S":"x"},{"N":"1"},{"N":"2"},{"S":"x"},{"S":"y"},{"S":"z"}]}})");
  EXPECT_EQ(Updated(three, "SET l[10] = :x ADD l[3] :one"),
            R"({"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"N":"1"},{"S":"x"}]}})");
  EXPECT_EQ(Updated(three, "SET l[3].a = :x"), kInvalidPath);
}

TEST(ApplyUpdate, WantsParentsOfTheRightKind) {
  for (const std::string_view text :
       {"SET m.a = :x", "SET m[0] = :x", "ADD m.a :one", "SET s.a = :x", "SET s[0] = :x",
        "SET l.a = :x", "SET o[0] = :x", "SET o.a.b = :x", "REMOVE m.a", "REMOVE s.a", "REMOVE l.a",
        "REMOVE o[0]", "REMOVE o.a.b", "DELETE m.a :ss"}) {
    EXPECT_EQ(Updated(R"({"l":{"L":[]},"o":{"M":{}},"s":{"S":"s"}})", text), kInvalidPath) << text;
  }
}

TEST(ApplyUpdate, IgnoresNestedRemovalsWhereThereIsNoItem) {
  EXPECT_EQ(Updated("{}", "REMOVE m.a, l[0] DELETE k.b :ss", false), "{}");
  EXPECT_EQ(Updated("{}", "SET m.a = :x", false), kInvalidPath);
}

TEST(ApplyUpdate, Removes) {
  EXPECT_EQ(Updated(R"({"a":{"S":"a"},"m":{"M":{"x":{"S":"x"},"y":{"S":"y"}}}})",
                    "REMOVE a, b, m.x, m.z"),
            R"({"m":{"M":{"y":{"S":"y"}}}})");
}

TEST(ApplyUpdate, RemovesListElementsByTheirOldIndexes) {
  const std::string_view six =
      R"({"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"},{"N":"3"},{"N":"4"},{"N":"5"}]}})";
  EXPECT_EQ(Updated(six, "REMOVE l[1] SET l[3] = :x"),
            R"({"l":{"L":[{"N":"0"},{"N":"2"},{"S":"x"},{"N":"4"},{"N":"5"}]}})");
  EXPECT_EQ(Updated(six, "REMOVE l[5], l[0], l[2], l[17]"),
            R"({"l":{"L":[{"N":"1"},{"N":"3"},{"N":"4"}]}})");
  EXPECT_EQ(
      Updated(six, "SET l[7] = :x, l[9] = :y REMOVE l[8], l[1], l[6]"),
      R"({"l":{"L":[{"N":"0"},{"N":"2"},{"N":"3"},{"N":"4"},{"N":"5"},{"S":"x"},{"S":"y"}]}})");
}

TEST(ApplyUpdate, RemovesFromListsInLists) {
  EXPECT_EQ(
      Updated(
          R"({"l":{"L":[{"N":"0"},{"L":[{"N":"1"},{"N":"2"}]},{"M":{"k":{"L":[{"N":"3"}]}}}]}})",
          "REMOVE l[0], l[1][0], l[2].k[0] SET l[1][5] = :x, l[3] = :y"),
      R"({"l":{"L":[{"L":[{"N":"2"},{"S":"x"}]},{"M":{"k":{"L":[]}}},{"S":"y"}]}})");
}

TEST(ApplyUpdate, AddsNumbersAndSets) {
  EXPECT_EQ(Updated(R"({"m":{"M":{}},"n":{"N":"1"}})", "ADD n :two, k :two, m.n :one"),
            R"({"k":{"N":"2"},"m":{"M":{"n":{"N":"1"}}},"n":{"N":"3"}})");
  EXPECT_EQ(Updated(R"({"n":{"NS":["1","2"]},"s":{"SS":["a","b"]}})", "ADD s :ss, n :ns, b :bs"),
            R"({"b":{"BS":["Yg=="]},"n":{"NS":["1","2","3"]},"s":{"SS":["a","b","c"]}})");
  for (const std::string_view text : {"ADD a :one", "ADD a :ss", "ADD a :bs", "DELETE a :ss"}) {
    EXPECT_EQ(Updated(R"({"a":{"S":"a"}})", text), kWrongType) << text;
  }
  EXPECT_EQ(Updated(R"({"a":{"NS":["1"]}})", "ADD a :ss"), kWrongType);
  EXPECT_EQ(Updated(R"({"a":{"N":"1"}})", "ADD a :ns"), kWrongType);
  EXPECT_EQ(Updated(R"({"a":{"NS":["1"]}})", "ADD a :one"), kWrongType);
}

TEST(ApplyUpdate, AddsToAListForTheLegacyParameters) {
  UpdateExpression update;
  update.add.push_back({DocumentPath{{std::string("a")}}, test::Value(R"({"L":[{"N":"2"}]})")});
  EXPECT_EQ(ItemJson(ApplyUpdate(update, ItemOf(R"({"a":{"L":[{"N":"1"}]}})"), true).value()),
            R"({"a":{"L":[{"N":"1"},{"N":"2"}]}})");
  EXPECT_EQ(ItemJson(ApplyUpdate(update, Item(), false).value()), R"({"a":{"L":[{"N":"2"}]}})");
}

TEST(ApplyUpdate, DeletesFromSets) {
  EXPECT_EQ(Updated(R"({"s":{"SS":["a","b"]}})", "DELETE s :ss"), R"({"s":{"SS":["a"]}})");
  EXPECT_EQ(Updated(R"({"s":{"SS":["a","b"]}})", "DELETE s :all, t :ss"), "{}");
  EXPECT_EQ(Updated(R"({"l":{"L":[{"N":"0"},{"SS":["a"]}]}})", "DELETE l[1] :all"),
            R"({"l":{"L":[{"N":"0"}]}})");
  EXPECT_EQ(Updated(R"({"s":{"NS":["2"]}})", "DELETE s :ss"), kWrongType);
  EXPECT_EQ(Updated(R"({"s":{"NS":["2","4"]}})", "DELETE s :ns"), R"({"s":{"NS":["4"]}})");
}

TEST(ApplyUpdate, LimitsTheNesting) {
  std::string deep = R"({"N":"1"})";
  for (int i = 0; i < 30; ++i) deep = R"({"M":{"a":)" + deep + "}}";
  const std::string item = R"({"d":)" + deep + R"(,"m":{"M":{"m":{"M":{}}}}})";
  EXPECT_EQ(ErrorOf(ApplyUpdate(Parsed("SET m.n = d"), ItemOf(item), true)), "");
  EXPECT_EQ(
      ErrorOf(ApplyUpdate(Parsed("SET m.m.n = d"), ItemOf(item), true)),
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit");
}

// ---- UpdatedPart
// -----------------------------------------------------------------------------------------

/// "old | new", as UPDATED_OLD and UPDATED_NEW show them.
std::string Parts(std::string_view item, std::string_view text) {
  const UpdateExpression update = Parsed(text);
  const Item old_item = ItemOf(item);
  const Item new_item = ApplyUpdate(update, old_item, true).value();
  return ItemJson(UpdatedPart(update, old_item)) + " | " + ItemJson(UpdatedPart(update, new_item));
}

TEST(UpdatedPart, ShowsOnlyTheAddressedPaths) {
  EXPECT_EQ(Parts(R"({"a":{"N":"1"},"m":{"M":{"x":{"N":"1"},"y":{"N":"2"}}},"pk":{"S":"k"}})",
                  "SET m.x = :x, m.z = :z, b = :y REMOVE a"),
            R"({"a":{"N":"1"},"m":{"M":{"x":{"N":"1"}}}} | )"
            R"({"b":{"S":"y"},"m":{"M":{"x":{"S":"x"},"z":{"S":"z"}}}})");
  EXPECT_EQ(Parts(R"({"a":{"N":"1"}})", "SET a = a"), R"({"a":{"N":"1"}} | {"a":{"N":"1"}})");
}

TEST(UpdatedPart, PacksListElementsByIndex) {
  const std::string_view abc = R"({"l":{"L":[{"S":"a"},{"S":"b"},{"S":"c"}]}})";
  EXPECT_EQ(Parts(abc, "SET l[2] = :y"), R"({"l":{"L":[{"S":"c"}]}} | {"l":{"L":[{"S":"y"}]}})");
  EXPECT_EQ(Parts(abc, "SET l[2] = :y, l[0] = :x"),
            R"({"l":{"L":[{"S":"a"},{"S":"c"}]}} | {"l":{"L":[{"S":"x"},{"S":"y"}]}})");
  EXPECT_EQ(Parts(abc, "REMOVE l[1]"), R"({"l":{"L":[{"S":"b"}]}} | {"l":{"L":[{"S":"c"}]}})");
  EXPECT_EQ(Parts(abc, "REMOVE l[2]"), R"({"l":{"L":[{"S":"c"}]}} | {})");
  const std::string_view ab = R"({"l":{"L":[{"S":"a"},{"S":"b"}]}})";
  EXPECT_EQ(Parts(ab, "SET l[5] = :x"), "{} | {}");
  EXPECT_EQ(Parts(ab, "SET l[2] = :x"), R"({} | {"l":{"L":[{"S":"x"}]}})");
}

// ---- StatementChargeBytes
// --------------------------------------------------------------------------------

std::size_t Charge(std::string_view text) { return StatementChargeBytes(Parsed(text)); }

TEST(StatementCharge, FollowsTheMeasuredCosts) {
  EXPECT_EQ(Charge("SET b = :x"), 3U + 19 + 1 + 1);
  EXPECT_EQ(Charge("SET b = :x, cc = :x") - Charge("SET b = :x"), 19U + 2 + 1);
  EXPECT_EQ(Charge("SET b = :x REMOVE r") - Charge("SET b = :x"), 2U);
  EXPECT_EQ(Charge("SET d[0] = :map") - Charge("SET d = :map"), 5U);
  EXPECT_EQ(Charge("SET d[12].leaf = :x"), 3U + 19 + 1 + (4 + 2) + (4 + 4) + 1);
  EXPECT_EQ(Charge("SET a = b.c"), 3U + 19 + 1 + 1 + (14 + 1) + (14 + 1));
  EXPECT_EQ(Charge("SET a = b + :one"), 3U + 19 + 1 + 34 + (1 + 14 + 1) + 2);
  EXPECT_EQ(Charge("SET a = b - :one"), 3U + 19 + 1 + 37 + (1 + 14 + 1) + 2);
  EXPECT_EQ(Charge("SET a = if_not_exists(b, :x)"), 3U + 19 + 1 + 39 + (1 + 14 + 1) + 1);
  EXPECT_EQ(Charge("SET a = list_append(b, :list)"), 3U + 19 + 1 + 37 + (1 + 14 + 1) + (3 + 1 + 3));
  EXPECT_EQ(Charge("ADD a :ss"), 3U + 19 + 1 + 2);
  EXPECT_EQ(Charge("DELETE a.b :ss REMOVE c[100]"), 3U + (1 + 1 + 4 + 1) + (1 + 1 + 4 + 3));
}

}  // namespace
}  // namespace pumice
