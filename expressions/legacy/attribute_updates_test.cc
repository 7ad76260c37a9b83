// SPDX-License-Identifier: Apache-2.0
#include "expressions/legacy/attribute_updates.h"

#include <initializer_list>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "expressions/evaluate.h"
#include "expressions/test_support.h"

namespace pumice {
namespace {

using test::ErrorOf;
using test::ItemOf;
using test::Value;

struct Entry {
  std::string_view attribute;
  std::string_view action;
  std::string_view value = "";  // JSON; empty: none
};

Result<UpdateExpression> Update(std::initializer_list<Entry> entries) {
  UpdateExpression update;
  for (const Entry& entry : entries) {
    AttributeUpdate one{AttributeActionFromName(entry.action).value(), std::nullopt};
    if (!entry.value.empty()) one.value = Value(entry.value);
    PUMICE_TRY(AppendUpdate(std::string(entry.attribute), std::move(one), update));
  }
  return update;
}

/// The new item, or the error.
std::string Updated(std::string_view item, std::initializer_list<Entry> entries) {
  const auto result = ApplyUpdate(Update(entries).value(), ItemOf(item), true);
  return result.has_value() ? ItemJson(result.value()) : ErrorOf(result);
}

TEST(AttributeUpdates, PutsAddsAndDeletes) {
  EXPECT_EQ(Updated(R"({"b":{"N":"1"},"c":{"S":"c"},"d":{"SS":["x","y"]}})",
                    {{"a", "PUT", R"({"S":"a"})"},
                     {"b", "ADD", R"({"N":"2"})"},
                     {"c", "DELETE"},
                     {"d", "DELETE", R"({"SS":["x"]})"}}),
            R"({"a":{"S":"a"},"b":{"N":"3"},"d":{"SS":["y"]}})");
}

TEST(AttributeUpdates, AddsToWhatIsNotThere) {
  EXPECT_EQ(Updated("{}", {{"l", "ADD", R"({"L":[{"N":"1"}]})"},
                           {"n", "ADD", R"({"N":"5"})"},
                           {"s", "ADD", R"({"SS":["a"]})"},
                           {"x", "DELETE"},
                           {"y", "DELETE", R"({"NS":["1"]})"}}),
            R"({"l":{"L":[{"N":"1"}]},"n":{"N":"5"},"s":{"SS":["a"]}})");
}

TEST(AttributeUpdates, AppendsLists) {
  EXPECT_EQ(Updated(R"({"l":{"L":[{"S":"a"}]}})", {{"l", "ADD", R"({"L":[{"N":"1"}]})"}}),
            R"({"l":{"L":[{"S":"a"},{"N":"1"}]}})");
}

TEST(AttributeUpdates, TakesADotAsPartOfTheName) {
  EXPECT_EQ(Updated(R"({"a":{"M":{"b":{"N":"1"}}}})", {{"a.b", "PUT", R"({"N":"2"})"}}),
            R"({"a":{"M":{"b":{"N":"1"}}},"a.b":{"N":"2"}})");
}

TEST(AttributeUpdates, NamesTypesThatDoNotGoTogetherInTheirOwnWords) {
  constexpr std::string_view kText = "Type mismatch for attribute to update";
  EXPECT_EQ(Updated(R"({"a":{"S":"x"}})", {{"a", "ADD", R"({"N":"2"})"}}), kText);
  EXPECT_EQ(Updated(R"({"a":{"SS":["1"]}})", {{"a", "ADD", R"({"NS":["2"]})"}}), kText);
  EXPECT_EQ(Updated(R"({"a":{"SS":["1"]}})", {{"a", "DELETE", R"({"NS":["1"]})"}}), kText);
  EXPECT_EQ(Updated(R"({"a":{"N":"1"}})", {{"a", "DELETE", R"({"NS":["1"]})"}}), kText);
}

TEST(AttributeUpdates, IsNotChargedAsAStatement) {
  EXPECT_EQ(StatementChargeBytes(Update({{"a", "PUT", R"({"S":"abc"})"}}).value()), 0U);
}

TEST(AttributeUpdates, CreatesAnItemUnlessItOnlyTakesAway) {
  EXPECT_TRUE(Update({{"a", "PUT", R"({"S":"abc"})"}}).value().CreatesItem());
  EXPECT_TRUE(Update({{"a", "ADD", R"({"N":"1"})"}, {"b", "DELETE"}}).value().CreatesItem());
  EXPECT_FALSE(Update({{"a", "DELETE", R"({"SS":["a"]})"}, {"b", "DELETE"}}).value().CreatesItem());
  EXPECT_TRUE(Update({}).value().CreatesItem());
}

TEST(AttributeUpdates, RefusesWhatAnActionDoesNotTake) {
  const std::string prefix = "One or more parameter values were invalid: ";
  const std::string only_delete =
      prefix + "Only DELETE action is allowed when no attribute value is specified";
  EXPECT_EQ(ErrorOf(Update({{"a", "PUT"}})), only_delete);
  EXPECT_EQ(ErrorOf(Update({{"a", "ADD"}})), only_delete);
  for (const auto& [type, value] :
       std::initializer_list<std::pair<std::string, std::string_view>>{{"S", R"({"S":"a"})"},
                                                                       {"B", R"({"B":"YQ=="})"},
                                                                       {"BOOL", R"({"BOOL":true})"},
                                                                       {"NULL", R"({"NULL":true})"},
                                                                       {"M", R"({"M":{}})"}}) {
    EXPECT_EQ(ErrorOf(Update({{"a", "ADD", value}})),
              prefix + "ADD action is not supported for the type " + type);
    EXPECT_EQ(ErrorOf(Update({{"a", "DELETE", value}})),
              prefix + "DELETE action with value is not supported for the type " + type);
  }
  EXPECT_EQ(ErrorOf(Update({{"a", "DELETE", R"({"N":"1"})"}})),
            prefix + "DELETE action with value is not supported for the type N");
  EXPECT_EQ(ErrorOf(Update({{"a", "DELETE", R"({"L":[]})"}})),
            prefix + "DELETE action with value is not supported for the type L");
}

TEST(AttributeUpdates, KnowsItsActions) {
  EXPECT_EQ(AttributeActionFromName("put"), std::nullopt);
  EXPECT_EQ(AttributeActionFromName("REMOVE"), std::nullopt);
}

}  // namespace
}  // namespace pumice
