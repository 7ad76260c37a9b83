// SPDX-License-Identifier: Apache-2.0
#include "expressions/legacy/key_conditions.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "expressions/test_support.h"

namespace pumice {
namespace {

using test::ErrorOf;
using test::Value;
using Operator = SortCondition::Operator;

const KeySchema kHashOnly{{{"h", AttributeType::kS}}, {}};
const KeySchema kHashAndRange{{{"h", AttributeType::kS}}, {{"r", AttributeType::kN}}};
const KeySchema kFourAttributes{{{"h1", AttributeType::kS}, {"h2", AttributeType::kS}},
                                {{"r1", AttributeType::kN}, {"r2", AttributeType::kN}}};

struct Entry {
  std::string_view attribute;
  std::string_view comparison_operator;
  std::vector<std::string_view> values;
};

Result<KeyCondition> Bound(const std::vector<Entry>& entries, const KeySchema& schema) {
  LegacyConditions conditions;
  for (const Entry& entry : entries) {
    LegacyCondition& condition = conditions[std::string(entry.attribute)];
    condition.comparison_operator = ComparisonOperatorFromName(entry.comparison_operator).value();
    for (const std::string_view value : entry.values) condition.values.push_back(Value(value));
  }
  PUMICE_TRY(const auto expression, ToKeyCondition(std::move(conditions)));
  return BindKeyCondition(expression, schema);
}

const Entry kHash{"h", "EQ", {R"({"S":"x"})"}};

TEST(KeyConditions, BindsTheHashKey) {
  const auto condition = Bound({kHash}, kHashAndRange).value();
  EXPECT_EQ(condition.hash, std::vector<AttributeValue>{Value(R"({"S":"x"})")});
  EXPECT_FALSE(condition.sort.has_value());
}

TEST(KeyConditions, BindsTheRangeKeyWithEachOperator) {
  const std::vector<std::pair<std::string_view, Operator>> operators{
      {"EQ", Operator::kEqual},
      {"LE", Operator::kLessOrEqual},
      {"LT", Operator::kLess},
      {"GE", Operator::kGreaterOrEqual},
      {"GT", Operator::kGreater}};
  for (const auto& [name, op] : operators) {
    const auto condition = Bound({kHash, {"r", name, {R"({"N":"5"})"}}}, kHashAndRange).value();
    EXPECT_EQ(condition.sort->op, op);
    EXPECT_EQ(condition.sort->low, Value(R"({"N":"5"})"));
  }
  const auto between =
      Bound({kHash, {"r", "BETWEEN", {R"({"N":"5"})", R"({"N":"7"})"}}}, kHashAndRange).value();
  EXPECT_EQ(between.sort->op, Operator::kBetween);
  EXPECT_EQ(between.sort->low, Value(R"({"N":"5"})"));
  EXPECT_EQ(between.sort->high, Value(R"({"N":"7"})"));
}

TEST(KeyConditions, BindsKeysOfSeveralAttributes) {
  const auto condition = Bound({{"h1", "EQ", {R"({"S":"a"})"}},
                                {"h2", "EQ", {R"({"S":"b"})"}},
                                {"r1", "EQ", {R"({"N":"1"})"}},
                                {"r2", "GT", {R"({"N":"2"})"}}},
                               kFourAttributes)
                             .value();
  EXPECT_EQ(condition.hash.size(), 2U);
  EXPECT_EQ(condition.sort_equals, std::vector<AttributeValue>{Value(R"({"N":"1"})")});
  EXPECT_EQ(condition.sort->op, Operator::kGreater);
}

TEST(KeyConditions, WantsAtLeastOne) {
  EXPECT_EQ(ErrorOf(Bound({}, kHashAndRange)), "Conditions can be of length 1 or 2 only");
}

TEST(KeyConditions, WantsTheKeysOfTheSchema) {
  const Entry range{"r", "EQ", {R"({"N":"5"})"}};
  const Entry other{"x", "EQ", {R"({"N":"5"})"}};
  EXPECT_EQ(ErrorOf(Bound({range}, kHashAndRange)), "Query condition missed key schema element: h");
  EXPECT_EQ(ErrorOf(Bound({kHash, other}, kHashAndRange)),
            "Query condition missed key schema element: r");
  EXPECT_EQ(ErrorOf(Bound({kHash, other}, kHashOnly)), "Query key condition not supported");
  EXPECT_EQ(ErrorOf(Bound({kHash, range, other}, kHashAndRange)),
            "The number of query conditions (3) exceeds the number of key attributes defined in "
            "the schema (2)");
}

TEST(KeyConditions, RefusesWhatAKeyCannotBeAsked) {
  constexpr std::string_view kText =
      "Attempted conditional constraint is not an indexable operation";
  for (const std::string_view name : {"NE", "IN", "CONTAINS", "NOT_CONTAINS"}) {
    EXPECT_EQ(ErrorOf(Bound({{"h", name, {R"({"S":"x"})"}}}, kHashAndRange)), kText);
    EXPECT_EQ(ErrorOf(Bound({kHash, {"r", name, {R"({"N":"5"})"}}}, kHashAndRange)), kText);
  }
  for (const std::string_view name : {"NULL", "NOT_NULL"}) {
    EXPECT_EQ(ErrorOf(Bound({{"h", name, {}}}, kHashAndRange)), kText);
  }
  for (const std::string_view name : {"LE", "LT", "GE", "GT", "BEGINS_WITH"}) {
    EXPECT_EQ(ErrorOf(Bound({{"h", name, {R"({"S":"x"})"}}}, kHashAndRange)),
              "Query key condition not supported");
  }
}

TEST(KeyConditions, WantsTheTypesOfTheSchema) {
  constexpr std::string_view kText =
      "One or more parameter values were invalid: Condition parameter type does not match schema "
      "type";
  EXPECT_EQ(ErrorOf(Bound({{"h", "EQ", {R"({"N":"1"})"}}}, kHashAndRange)), kText);
  EXPECT_EQ(ErrorOf(Bound({{"h", "EQ", {R"({"M":{}})"}}}, kHashAndRange)), kText);
  EXPECT_EQ(ErrorOf(Bound({{"h", "GT", {R"({"N":"1"})"}}}, kHashAndRange)), kText);
  EXPECT_EQ(ErrorOf(Bound({kHash, {"r", "BEGINS_WITH", {R"({"S":"1"})"}}}, kHashAndRange)), kText);
}

}  // namespace
}  // namespace pumice
