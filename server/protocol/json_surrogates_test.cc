// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/json_surrogates.h"

#include <gtest/gtest.h>

namespace pumice {
namespace {

std::string Replaced(std::string json) {
  ReplaceLoneSurrogates(json);
  return json;
}

TEST(ReplaceLoneSurrogates, LeavesOtherTextAlone) {
  for (const std::string text :
       {R"("")", R"("plain")", R"("\"\\\n\u00e9\uFFFF")", R"("\ud83d\ude00")", R"("\\ud83d")",
        R"("\u12")", "\\", "\\u", R"("\\\\ud83d")"}) {
    EXPECT_EQ(Replaced(text), text);
  }
}

TEST(ReplaceLoneSurrogates, PutsAQuestionMarkForEachHalf) {
  EXPECT_EQ(Replaced(R"("\ud83d")"), R"("\u003f")");
  EXPECT_EQ(Replaced(R"("a\uDE00b")"), R"("a\u003fb")");
  EXPECT_EQ(Replaced(R"("\ud83d\ud83d\ude00\ude00")"), R"("\u003f\ud83d\ude00\u003f")");
  EXPECT_EQ(Replaced(R"("\ud83d\n\ude00")"), R"("\u003f\n\u003f")");
  EXPECT_EQ(Replaced(R"("\\\ud83d")"), R"("\\\u003f")");
}

}  // namespace
}  // namespace pumice
