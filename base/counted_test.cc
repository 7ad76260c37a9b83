// SPDX-License-Identifier: Apache-2.0
#include "base/counted.h"

#include <gtest/gtest.h>

namespace pumice {
namespace {

TEST(Counted, OneHasNoPlural) {
  EXPECT_EQ(Counted(0, "table"), "0 tables");
  EXPECT_EQ(Counted(1, "table"), "1 table");
  EXPECT_EQ(Counted(2, "table"), "2 tables");
  EXPECT_EQ(Counted(1, "batch", "es"), "1 batch");
  EXPECT_EQ(Counted(2, "batch", "es"), "2 batches");
}

}  // namespace
}  // namespace pumice
