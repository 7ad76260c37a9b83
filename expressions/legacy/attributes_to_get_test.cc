// SPDX-License-Identifier: Apache-2.0
#include "expressions/legacy/attributes_to_get.h"

#include <gtest/gtest.h>

#include "expressions/evaluate.h"
#include "expressions/test_support.h"

namespace pumice {
namespace {

using test::ErrorOf;
using test::ItemOf;

TEST(AttributesToGet, PicksTopLevelAttributes) {
  const auto projection = ToProjection({"b", "a.x", "missing"}).value();
  EXPECT_EQ(ItemJson(Project(projection, ItemOf(R"({"a":{"M":{"x":{"N":"1"}}},"a.x":{"N":"2"},)"
                                                R"("b":{"L":[]},"c":{"N":"3"}})"))),
            R"({"a.x":{"N":"2"},"b":{"L":[]}})");
}

TEST(AttributesToGet, RefusesAnAttributeTwice) {
  EXPECT_EQ(ErrorOf(ToProjection({"a", "b", "c", "b", "a"})),
            "One or more parameter values were invalid: Duplicate value in attribute name: b");
}

}  // namespace
}  // namespace pumice
