// SPDX-License-Identifier: Apache-2.0
#include "server/start_pages.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace pumice {
namespace {

/// Resident pages of files, as /proc/self/status counts them.
long ResidentFileKib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    long kib = 0;
    if (word == "RssFile:" && status >> kib) return kib;
  }
  return -1;
}

int changed_by_a_test = 1;
const int& Constant() {
  static const int constant = 42;
  return constant;
}

TEST(ForgetStartPages, LeavesLessResidentAndEverythingAsItWas) {
  changed_by_a_test = 7;
  const std::string text = "on the heap, and long enough not to be in the string itself";
  const long before = ResidentFileKib();
  ASSERT_GT(before, 0);
  ForgetStartPages();
  EXPECT_LT(ResidentFileKib(), before);
  EXPECT_EQ(changed_by_a_test, 7);
  EXPECT_EQ(Constant(), 42);
  EXPECT_EQ(text, "on the heap, and long enough not to be in the string itself");
}

}  // namespace
}  // namespace pumice
