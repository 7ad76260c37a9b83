// SPDX-License-Identifier: Apache-2.0
#include "expressions/placeholders.h"

#include <gtest/gtest.h>

#include "expressions/reserved_words.h"
#include "expressions/test_support.h"

namespace pumice {
namespace {

using test::ErrorOf;

std::string CheckName(std::string key) {
  return ErrorOf(Placeholders::CheckKeys({{std::move(key), "a"}}, true, {}, false));
}

TEST(Placeholders, RefusesEmptyMaps) {
  EXPECT_EQ(ErrorOf(Placeholders::CheckKeys({}, true, {}, true)),
            "ExpressionAttributeNames must not be empty");
  EXPECT_EQ(ErrorOf(Placeholders::CheckKeys({}, false, {}, true)),
            "ExpressionAttributeValues must not be empty");
  EXPECT_EQ(ErrorOf(Placeholders::CheckKeys({}, false, {}, false)), "");
}

TEST(Placeholders, RefusesKeysOfTheWrongForm) {
  for (const std::string_view good : {"#a", "#1", "#_", "#A_1"}) {
    EXPECT_EQ(CheckName(std::string(good)), "") << good;
  }
  for (const std::string_view bad : {"#", "a", ":a", "", "#a.b", "#a-b", "#\xC3\xA9", "# a"}) {
    EXPECT_EQ(CheckName(std::string(bad)),
              "ExpressionAttributeNames contains invalid key: Syntax error; key: \"" +
                  std::string(bad) + "\"");
  }
  EXPECT_EQ(ErrorOf(Placeholders::CheckKeys({{"#a", "a"}}, true, {{"v", {}}}, true)),
            "ExpressionAttributeValues contains invalid key: Syntax error; key: \"v\"");
}

TEST(Placeholders, LimitsTheLengthOfKeys) {
  EXPECT_EQ(CheckName("#" + std::string(254, 'a')), "");
  EXPECT_EQ(
      CheckName("#" + std::string(255, 'a')),
      "ExpressionAttributeNames contains invalid key: The expression attribute map contains a "
      "key that is too long; size of key: 256");
}

TEST(Placeholders, ListsWhatWasNotUsed) {
  Placeholders placeholders =
      test::PlaceholdersOf({{"#a", "a"}, {"#b", "b"}, {"#c", "c"}}, {{":v", R"({"N":"1"})"}});
  EXPECT_EQ(*placeholders.UseName("#b"), "b");
  EXPECT_EQ(placeholders.UseName("#x"), nullptr);
  EXPECT_EQ(placeholders.UseValue(":x"), nullptr);
  EXPECT_EQ(ErrorOf(placeholders.CheckAllUsed()),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #c}");
  placeholders.UseName("#a");
  placeholders.UseName("#c");
  EXPECT_EQ(ErrorOf(placeholders.CheckAllUsed()),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}");
  EXPECT_EQ(*placeholders.UseValue(":v"), test::Value(R"({"N":"1"})"));
  EXPECT_EQ(ErrorOf(placeholders.CheckAllUsed()), "");
}

TEST(ReservedWords, AreFoundInAnyCase) {
  for (const std::string_view word :
       {"ABORT", "zone", "Status", "LOCALTIMESTAMP", "flattern", "go"}) {
    EXPECT_TRUE(IsReservedWord(word)) << word;
  }
  for (const std::string_view word : {"", "a", "abor", "aborts", "pk", "localtimestamps", "sku_id",
                                      "A_VERY_LONG_NAME_THAT_IS_NO_WORD"}) {
    EXPECT_FALSE(IsReservedWord(word)) << word;
  }
}

}  // namespace
}  // namespace pumice
