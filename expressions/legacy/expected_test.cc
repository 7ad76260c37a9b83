// SPDX-License-Identifier: Apache-2.0
#include "expressions/legacy/expected.h"

#include <string>

#include <gtest/gtest.h>

#include "expressions/test_support.h"

namespace pumice {
namespace {

using test::ErrorOf;
using test::Value;

const AttributeValue kOne = Value(R"({"N":"1"})");
using Values = std::vector<AttributeValue>;

std::string Refused(ExpectedEntry entry) {
  const std::string text = ErrorOf(ToLegacyCondition("a", std::move(entry)));
  const std::string prefix = "One or more parameter values were invalid: ";
  EXPECT_TRUE(text.starts_with(prefix)) << text;
  return text.substr(prefix.size());
}

TEST(Expected, MeansEqualityByAValue) {
  for (const std::optional<bool> exists : {std::optional<bool>(), std::optional<bool>(true)}) {
    const auto condition = ToLegacyCondition("a", {.value = kOne, .exists = exists}).value();
    EXPECT_EQ(condition.comparison_operator, ComparisonOperator::kEq);
    EXPECT_EQ(condition.values, Values{kOne});
  }
}

TEST(Expected, MeansAbsenceByExistsFalse) {
  const auto condition = ToLegacyCondition("a", {.exists = false}).value();
  EXPECT_EQ(condition.comparison_operator, ComparisonOperator::kNull);
  EXPECT_TRUE(condition.values.empty());
}

TEST(Expected, TakesTheArgumentOfAnOperatorAsValueOrAsList) {
  const auto by_value =
      ToLegacyCondition("a", {.comparison_operator = ComparisonOperator::kGt, .value = kOne});
  EXPECT_EQ(by_value.value().comparison_operator, ComparisonOperator::kGt);
  EXPECT_EQ(by_value.value().values, Values{kOne});
  const auto by_list = ToLegacyCondition("a", {.comparison_operator = ComparisonOperator::kIn,
                                               .attribute_value_list = {{kOne, kOne}}});
  EXPECT_EQ(by_list.value().comparison_operator, ComparisonOperator::kIn);
  EXPECT_EQ(by_list.value().values, (Values{kOne, kOne}));
}

TEST(Expected, WantsNoArgumentForNullAndNotNull) {
  EXPECT_EQ(ErrorOf(ToLegacyCondition("a", {.comparison_operator = ComparisonOperator::kNull})),
            "");
  EXPECT_EQ(ErrorOf(ToLegacyCondition("a", {.comparison_operator = ComparisonOperator::kNotNull,
                                            .attribute_value_list = Values()})),
            "");
  EXPECT_EQ(Refused({.comparison_operator = ComparisonOperator::kNull, .value = kOne}),
            "Invalid number of argument(s) for the NULL ComparisonOperator");
}

TEST(Expected, RefusesMembersThatDoNotGoTogether) {
  EXPECT_EQ(Refused({.attribute_value_list = Values(), .value = kOne, .exists = true}),
            "Value and AttributeValueList cannot be used together for Attribute: a");
  EXPECT_EQ(Refused({.comparison_operator = ComparisonOperator::kEq, .exists = false}),
            "Exists and ComparisonOperator cannot be used together for Attribute: a");
  EXPECT_EQ(
      Refused({.comparison_operator = ComparisonOperator::kEq}),
      "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a");
  EXPECT_EQ(Refused({.comparison_operator = ComparisonOperator::kBetween, .value = kOne}),
            "Invalid number of argument(s) for the BETWEEN ComparisonOperator");
  EXPECT_EQ(Refused({.attribute_value_list = Values()}),
            "AttributeValueList can only be used with a ComparisonOperator for Attribute: a");
  EXPECT_EQ(Refused({.value = kOne, .exists = false}),
            "Value cannot be used when Exists is false for Attribute: a");
  EXPECT_EQ(Refused({.exists = true}),
            "Value must be provided when Exists is true for Attribute: a");
  EXPECT_EQ(Refused({}), "Value must be provided when Exists is null for Attribute: a");
}

}  // namespace
}  // namespace pumice
