// SPDX-License-Identifier: Apache-2.0
#include "expressions/legacy/conditions.h"

#include <string>
#include <string_view>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "expressions/evaluate.h"
#include "expressions/test_support.h"

namespace pumice {
namespace {

using test::ErrorOf;
using test::ItemOf;
using test::Value;

constexpr std::string_view kInvalid = "One or more parameter values were invalid: ";

LegacyCondition One(std::string_view name, std::vector<std::string_view> values) {
  LegacyCondition condition{ComparisonOperatorFromName(name).value(), {}};
  for (const std::string_view value : values) condition.values.push_back(Value(value));
  return condition;
}

std::string Checked(std::string_view name, std::vector<std::string_view> values) {
  return ErrorOf(CheckArguments(One(name, std::move(values))));
}

/// What the condition says of the attribute "a" of an item.
bool Holds(std::string_view item, std::string_view name, std::vector<std::string_view> values) {
  LegacyConditions conditions;
  conditions.emplace("a", One(name, std::move(values)));
  return Evaluate(*ToCondition(std::move(conditions), ConditionalOperator::kAnd), ItemOf(item));
}

constexpr std::string_view kNothing = "{}";
constexpr std::string_view kAbc = R"({"a":{"S":"abc"}})";
constexpr std::string_view kFive = R"({"a":{"N":"5"}})";
constexpr std::string_view kNumbers = R"({"a":{"NS":["1","5"]}})";
constexpr std::string_view kList = R"({"a":{"L":[{"BOOL":true},{"N":"5"}]}})";

TEST(LegacyConditions, KnowsTheOperatorsByTheirNames) {
  for (const std::string_view name :
       {"EQ", "NE", "IN", "LE", "LT", "GE", "GT", "BETWEEN", "NOT_NULL", "NULL", "CONTAINS",
        "NOT_CONTAINS", "BEGINS_WITH"}) {
    EXPECT_EQ(ComparisonOperatorName(ComparisonOperatorFromName(name).value()), name);
  }
  EXPECT_EQ(ComparisonOperatorFromName("eq"), std::nullopt);
  EXPECT_EQ(ComparisonOperatorFromName(""), std::nullopt);
}

TEST(LegacyConditions, Compares) {
  EXPECT_TRUE(Holds(kFive, "EQ", {R"({"N":"5"})"}));
  EXPECT_FALSE(Holds(kFive, "EQ", {R"({"S":"5"})"}));
  EXPECT_FALSE(Holds(kFive, "NE", {R"({"N":"5"})"}));
  EXPECT_TRUE(Holds(kFive, "NE", {R"({"S":"5"})"}));
  EXPECT_TRUE(Holds(kFive, "LE", {R"({"N":"5"})"}));
  EXPECT_FALSE(Holds(kFive, "LT", {R"({"N":"5"})"}));
  EXPECT_TRUE(Holds(kFive, "GE", {R"({"N":"5"})"}));
  EXPECT_FALSE(Holds(kFive, "GT", {R"({"N":"5"})"}));
  EXPECT_TRUE(Holds(kFive, "GT", {R"({"N":"4"})"}));
  EXPECT_FALSE(Holds(kFive, "GT", {R"({"S":"4"})"}));
  EXPECT_TRUE(Holds(kFive, "BETWEEN", {R"({"N":"5"})", R"({"N":"5"})"}));
  EXPECT_FALSE(Holds(kFive, "BETWEEN", {R"({"N":"6"})", R"({"N":"7"})"}));
  EXPECT_TRUE(Holds(kFive, "IN", {R"({"N":"1"})", R"({"N":"5"})"}));
  EXPECT_FALSE(Holds(kFive, "IN", {R"({"N":"1"})"}));
  EXPECT_TRUE(Holds(kAbc, "BEGINS_WITH", {R"({"S":"ab"})"}));
  EXPECT_FALSE(Holds(kFive, "BEGINS_WITH", {R"({"S":"5"})"}));
}

TEST(LegacyConditions, LooksForSubstringsAndMembers) {
  EXPECT_TRUE(Holds(kAbc, "CONTAINS", {R"({"S":"bc"})"}));
  EXPECT_FALSE(Holds(kAbc, "CONTAINS", {R"({"S":"x"})"}));
  EXPECT_TRUE(Holds(kNumbers, "CONTAINS", {R"({"N":"5"})"}));
  EXPECT_TRUE(Holds(kList, "CONTAINS", {R"({"BOOL":true})"}));
  EXPECT_FALSE(Holds(kAbc, "NOT_CONTAINS", {R"({"S":"bc"})"}));
  EXPECT_TRUE(Holds(kAbc, "NOT_CONTAINS", {R"({"S":"x"})"}));
  EXPECT_TRUE(Holds(kAbc, "NOT_CONTAINS", {R"({"N":"1"})"}));
}

// Of a missing attribute NE holds, while CONTAINS and NOT_CONTAINS are both false.
TEST(LegacyConditions, DecidesOnMissingAttributes) {
  EXPECT_TRUE(Holds(kNothing, "NULL", {}));
  EXPECT_FALSE(Holds(kNothing, "NOT_NULL", {}));
  EXPECT_FALSE(Holds(kAbc, "NULL", {}));
  EXPECT_TRUE(Holds(kAbc, "NOT_NULL", {}));
  EXPECT_TRUE(Holds(R"({"a":{"NULL":true}})", "NOT_NULL", {}));
  EXPECT_TRUE(Holds(kNothing, "NE", {R"({"N":"5"})"}));
  EXPECT_FALSE(Holds(kNothing, "EQ", {R"({"N":"5"})"}));
  EXPECT_FALSE(Holds(kNothing, "LT", {R"({"N":"5"})"}));
  EXPECT_FALSE(Holds(kNothing, "IN", {R"({"N":"5"})"}));
  EXPECT_FALSE(Holds(kNothing, "CONTAINS", {R"({"N":"5"})"}));
  EXPECT_FALSE(Holds(kNothing, "NOT_CONTAINS", {R"({"N":"5"})"}));
}

TEST(LegacyConditions, JoinsWithAndOrOr) {
  const auto holds = [](std::string_view item, ConditionalOperator conditional_operator) {
    LegacyConditions conditions;
    conditions.emplace("a", One("EQ", {R"({"N":"1"})"}));
    conditions.emplace("b", One("EQ", {R"({"N":"2"})"}));
    conditions.emplace("c.d", One("NULL", {}));
    return Evaluate(*ToCondition(std::move(conditions), conditional_operator), ItemOf(item));
  };
  EXPECT_TRUE(holds(R"({"a":{"N":"1"},"b":{"N":"2"},"c":{"M":{"d":{"N":"3"}}}})",
                    ConditionalOperator::kAnd));
  EXPECT_FALSE(
      holds(R"({"a":{"N":"1"},"b":{"N":"2"},"c.d":{"N":"3"}})", ConditionalOperator::kAnd));
  EXPECT_TRUE(holds(R"({"b":{"N":"2"},"c.d":{"N":"3"}})", ConditionalOperator::kOr));
  EXPECT_FALSE(holds(R"({"b":{"N":"3"},"c.d":{"N":"3"}})", ConditionalOperator::kOr));
}

TEST(LegacyConditions, AreNoConditionWhereThereAreNone) {
  EXPECT_FALSE(ToCondition({}, ConditionalOperator::kAnd).has_value());
}

// The tree is balanced: neither evaluating nor destroying it recurses deep.
TEST(LegacyConditions, TakesThousands) {
  LegacyConditions conditions;
  for (int i = 0; i < 20'000; ++i) conditions.emplace(std::to_string(i), One("NULL", {}));
  const auto condition = ToCondition(std::move(conditions), ConditionalOperator::kAnd);
  EXPECT_TRUE(Evaluate(*condition, ItemOf(kAbc)));
  EXPECT_FALSE(Evaluate(*condition, ItemOf(R"({"19999":{"S":""}})")));
}

TEST(LegacyConditions, CountsArguments) {
  const std::string text = std::string(kInvalid) + "Invalid number of argument(s) for the ";
  for (const std::string name : {"EQ", "NE", "LE", "LT", "GE", "GT", "CONTAINS", "NOT_CONTAINS",
                                 "BEGINS_WITH", "IN", "BETWEEN"}) {
    EXPECT_EQ(Checked(name, {}), text + name + " ComparisonOperator");
  }
  for (const std::string name :
       {"EQ", "NE", "LE", "LT", "GE", "GT", "CONTAINS", "NOT_CONTAINS", "BEGINS_WITH"}) {
    EXPECT_EQ(Checked(name, {R"({"S":"a"})"}), "");
    EXPECT_EQ(Checked(name, {R"({"S":"a"})", R"({"S":"a"})"}), text + name + " ComparisonOperator");
  }
  for (const std::string name : {"NULL", "NOT_NULL"}) {
    EXPECT_EQ(Checked(name, {}), "");
    EXPECT_EQ(Checked(name, {R"({"S":"a"})"}), text + name + " ComparisonOperator");
  }
  EXPECT_EQ(Checked("BETWEEN", {R"({"S":"a"})"}), text + "BETWEEN ComparisonOperator");
  EXPECT_EQ(Checked("BETWEEN", {R"({"S":"a"})", R"({"S":"a"})", R"({"S":"a"})"}),
            text + "BETWEEN ComparisonOperator");
  EXPECT_EQ(Checked("IN", {R"({"S":"a"})", R"({"S":"a"})", R"({"S":"a"})"}), "");
}

TEST(LegacyConditions, WantsArgumentsOfOneType) {
  const std::string text =
      std::string(kInvalid) + "AttributeValues inside AttributeValueList must be of same type";
  EXPECT_EQ(Checked("IN", {R"({"S":"a"})", R"({"N":"1"})"}), text);
  EXPECT_EQ(Checked("BETWEEN", {R"({"S":"a"})", R"({"N":"1"})"}), text);
}

// Argument by argument: whether the operator takes its type, then whether it is that of the first.
TEST(LegacyConditions, JudgesArgumentsInTheirOrder) {
  const std::string same =
      std::string(kInvalid) + "AttributeValues inside AttributeValueList must be of same type";
  const auto not_valid = [](std::string_view name, std::string_view type) {
    return fmt::format("{}ComparisonOperator {} is not valid for {} AttributeValue type", kInvalid,
                       name, type);
  };
  EXPECT_EQ(Checked("IN", {R"({"L":[]})", R"({"S":"a"})"}), not_valid("IN", "L"));
  EXPECT_EQ(Checked("IN", {R"({"S":"a"})", R"({"L":[]})"}), not_valid("IN", "L"));
  EXPECT_EQ(Checked("IN", {R"({"S":"a"})", R"({"N":"1"})", R"({"L":[]})"}), same);
  EXPECT_EQ(Checked("BETWEEN", {R"({"S":"a"})", R"({"BOOL":true})"}), not_valid("BETWEEN", "BOOL"));
}

TEST(LegacyConditions, KnowsWhichTypesAnOperatorTakes) {
  const std::vector<std::pair<std::string, std::string>> values{
      {"S", R"({"S":"a"})"},        {"N", R"({"N":"1"})"},        {"B", R"({"B":"YQ=="})"},
      {"BOOL", R"({"BOOL":true})"}, {"NULL", R"({"NULL":true})"}, {"SS", R"({"SS":["a"]})"},
      {"NS", R"({"NS":["1"]})"},    {"BS", R"({"BS":["YQ=="]})"}, {"L", R"({"L":[]})"},
      {"M", R"({"M":{}})"}};
  const auto refused = [&](std::string_view name) {
    std::string types;
    for (const auto& [type, json] : values) {
      const std::string answer = Checked(name, {json});
      if (answer.empty()) continue;
      EXPECT_EQ(answer, std::string(kInvalid) + "ComparisonOperator " + std::string(name) +
                            " is not valid for " + type + " AttributeValue type");
      types += type + " ";
    }
    return types;
  };
  for (const std::string_view name : {"EQ", "NE"}) EXPECT_EQ(refused(name), "");
  for (const std::string_view name : {"LE", "LT", "GE", "GT", "IN"}) {
    EXPECT_EQ(refused(name), "BOOL NULL SS NS BS L M ");
  }
  for (const std::string_view name : {"CONTAINS", "NOT_CONTAINS"}) {
    EXPECT_EQ(refused(name), "SS NS BS L M ");
  }
  EXPECT_EQ(refused("BEGINS_WITH"), "N BOOL NULL SS NS BS L M ");
  EXPECT_EQ(
      Checked("BETWEEN", {R"({"L":[]})", R"({"L":[]})"}),
      std::string(kInvalid) + "ComparisonOperator BETWEEN is not valid for L AttributeValue type");
}

TEST(LegacyConditions, WantsBoundsInOrder) {
  constexpr std::string_view kText =
      "The BETWEEN condition was provided a range where the lower bound is greater than the upper "
      "bound";
  EXPECT_EQ(Checked("BETWEEN", {R"({"S":"b"})", R"({"S":"a"})"}), kText);
  EXPECT_EQ(Checked("BETWEEN", {R"({"N":"10"})", R"({"N":"9"})"}), kText);
  EXPECT_EQ(Checked("BETWEEN", {R"({"N":"9"})", R"({"N":"10"})"}), "");
  EXPECT_EQ(Checked("BETWEEN", {R"({"N":"9"})", R"({"N":"9"})"}), "");
}

TEST(LegacyConditions, TakesAConditionalOperatorForTwo) {
  EXPECT_EQ(ErrorOf(CheckConditionalOperatorUse(0)),
            "ConditionalOperator cannot be used without Filter or Expected");
  EXPECT_EQ(
      ErrorOf(CheckConditionalOperatorUse(1)),
      "ConditionalOperator can only be used when Filter or Expected has two or more elements");
  EXPECT_EQ(ErrorOf(CheckConditionalOperatorUse(2)), "");
}

}  // namespace
}  // namespace pumice
