// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/request_id.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace pumice {
namespace {

TEST(RequestId, Is52CapitalsAndDigitsAndFreshEachTime) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const RequestId id(random);
    EXPECT_EQ(id.text().size(), 52U);
    EXPECT_EQ(id.text().find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
              std::string_view::npos);
    seen.emplace(id.text());
  }
  EXPECT_EQ(seen.size(), 100U);
}

}  // namespace
}  // namespace pumice
