// SPDX-License-Identifier: Apache-2.0
#include "model/attribute_value.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/change_record.h"
#include "model/limits.h"

namespace pumice {
namespace {

using ::testing::ElementsAre;

AttributeValue N(std::int64_t value) { return Number(value); }

std::vector<std::string> Names(const AttributeMap& map) {
  std::vector<std::string> names;
  for (const Attribute& attribute : map) names.push_back(attribute.name);
  return names;
}

/// `levels` maps of one entry around a scalar.
AttributeValue Nested(std::size_t levels) {
  AttributeValue value = std::string("x");
  for (std::size_t i = 0; i < levels; ++i) {
    AttributeMap map;
    map.Set("k", std::move(value));
    value = AttributeValue(std::move(map));
  }
  return value;
}

TEST(AttributeMap, SortsWhatComesUnsorted) {
  EXPECT_THAT(Names(AttributeMap::FromUnsorted({})), ElementsAre());
  EXPECT_THAT(Names(AttributeMap::FromUnsorted({{"a", N(1)}, {"b", N(2)}})), ElementsAre("a", "b"));
  EXPECT_THAT(Names(AttributeMap::FromUnsorted({{"c", N(1)}, {"a", N(2)}, {"b", N(3)}})),
              ElementsAre("a", "b", "c"));
}

TEST(AttributeMap, OfUnsortedAttributesWithOneNameTheLastWins) {
  const AttributeMap first = AttributeMap::FromUnsorted({{"a", N(1)}, {"b", N(2)}, {"a", N(3)}});
  EXPECT_EQ(first, (AttributeMap{{"a", N(3)}, {"b", N(2)}}));
  const AttributeMap beside = AttributeMap::FromUnsorted({{"a", N(1)}, {"a", N(2)}, {"a", N(3)}});
  EXPECT_EQ(beside, (AttributeMap{{"a", N(3)}}));
}

// With Set() in a loop this took the square of its time.
TEST(AttributeMap, SortsHundredThousandWithRepeatedNames) {
  constexpr int kNames = 100'000;
  const auto name = [](int i) { return std::to_string(1'000'000 + i); };
  std::vector<Attribute> attributes;
  for (const int value : {1, 2}) {
    for (int i = 0; i < kNames; ++i) attributes.push_back({name(i), N(value)});
  }
  std::shuffle(attributes.begin(), attributes.begin() + kNames, std::mt19937(1));
  std::shuffle(attributes.begin() + kNames, attributes.end(), std::mt19937(2));
  const AttributeMap map = AttributeMap::FromUnsorted(std::move(attributes));
  ASSERT_EQ(map.size(), static_cast<std::size_t>(kNames));
  int expected = 0;
  for (const Attribute& attribute : map) {
    ASSERT_EQ(attribute.name, name(expected++));
    ASSERT_EQ(attribute.value, N(2));
  }
}

TEST(AttributeType, HasAwsNames) {
  struct Case {
    AttributeValue value;
    std::string_view name;
    std::string_view long_name;
  };
  const std::vector<Case> cases = {
      {std::string("x"), "S", "STRING"},
      {N(1), "N", "NUMBER"},
      {Binary{"x"}, "B", "BINARY"},
      {true, "BOOL", "BOOLEAN"},
      {Null{}, "NULL", "NULL"},
      {StringSet{{"a"}}, "SS", "STRING_SET"},
      {NumberSet{{Number(1)}}, "NS", "NUMBER_SET"},
      {BinarySet{{Binary{"a"}}}, "BS", "BINARY_SET"},
      {List{}, "L", "LIST"},
      {AttributeMap{}, "M", "MAP"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(AttributeTypeName(c.value.type()), c.name);
    EXPECT_EQ(AttributeTypeLongName(c.value.type()), c.long_name);
    EXPECT_EQ(AttributeTypeFromName(c.name), c.value.type());
  }
}

TEST(AttributeType, KnowsNoOtherNames) {
  for (const std::string_view name : {"", "s", "STRING", "SSS", "Bool"}) {
    EXPECT_EQ(AttributeTypeFromName(name), std::nullopt) << name;
  }
}

TEST(AttributeMap, KeepsNamesSortedByBytes) {
  AttributeMap map;
  for (const std::string_view name : {"b", "a", "\xC3\xA4", "Z", "ab", "", "c"}) {
    map.Set(std::string(name), true);
  }
  EXPECT_THAT(Names(map), ElementsAre("", "Z", "a", "ab", "b", "c", "\xC3\xA4"));
}

TEST(AttributeMap, KeepsTheLastValueOfAName) {
  AttributeMap map{{"a", N(1)}, {"b", N(2)}, {"a", N(3)}};
  EXPECT_EQ(map.size(), 2U);
  EXPECT_EQ(*map.Find("a"), N(3));
  EXPECT_EQ(map.Set("b", N(4)), N(4));
  EXPECT_EQ(*map.Find("b"), N(4));
}

TEST(AttributeMap, FindsOnlyWhatIsThere) {
  const AttributeMap map{{"a", N(1)}, {"c", N(3)}};
  EXPECT_EQ(*map.Find("c"), N(3));
  for (const std::string_view name : {"", "b", "d", "aa"}) EXPECT_EQ(map.Find(name), nullptr);
  EXPECT_EQ(AttributeMap().Find("a"), nullptr);
}

TEST(AttributeMap, ErasesByName) {
  AttributeMap map{{"a", N(1)}, {"b", N(2)}, {"c", N(3)}};
  EXPECT_TRUE(map.Erase("b"));
  EXPECT_FALSE(map.Erase("b"));
  EXPECT_FALSE(map.Erase("z"));
  EXPECT_THAT(Names(map), ElementsAre("a", "c"));
}

TEST(AttributeMap, IsEqualWhateverTheOrderOfInsertion) {
  const AttributeMap one{{"a", N(1)}, {"b", N(2)}};
  const AttributeMap other{{"b", N(2)}, {"a", N(1)}};
  EXPECT_EQ(one, other);
  EXPECT_NE(one, (AttributeMap{{"a", N(1)}, {"b", N(3)}}));
  EXPECT_NE(one, (AttributeMap{{"a", N(1)}}));
}

TEST(AttributeValue, DiffersFromEqualContentOfAnotherType) {
  EXPECT_NE(AttributeValue(std::string("x")), AttributeValue(Binary{"x"}));
  EXPECT_NE(AttributeValue(List{}), AttributeValue(AttributeMap{}));
  EXPECT_EQ(AttributeValue(List{N(1), std::string("a")}),
            AttributeValue(List{N(1), std::string("a")}));
  EXPECT_NE(AttributeValue(List{N(1), N(2)}), AttributeValue(List{N(2), N(1)}));
}

TEST(Compare, OrdersStringsByUtf8Bytes) {
  const AttributeValue last_of_bmp = std::string("\xEF\xBF\xBF");        // U+FFFF
  const AttributeValue supplementary = std::string("\xF0\x90\x80\x80");  // U+10000
  EXPECT_EQ(Compare(last_of_bmp, supplementary), std::strong_ordering::less);
  EXPECT_EQ(Compare(std::string("a"), std::string("a")), std::strong_ordering::equal);
  EXPECT_EQ(Compare(std::string("ab"), std::string("a")), std::strong_ordering::greater);
}

TEST(Compare, OrdersNumbersByValueAndBinaryByUnsignedBytes) {
  EXPECT_EQ(Compare(N(9), N(10)), std::strong_ordering::less);
  EXPECT_EQ(Compare(Binary{"\x7F"}, Binary{"\x80"}), std::strong_ordering::less);
}

TEST(Compare, HasNoAnswerForOtherTypes) {
  EXPECT_EQ(Compare(N(1), std::string("1")), std::nullopt);
  EXPECT_EQ(Compare(std::string("a"), Binary{"a"}), std::nullopt);
  EXPECT_EQ(Compare(true, true), std::nullopt);
  EXPECT_EQ(Compare(Null{}, Null{}), std::nullopt);
  EXPECT_EQ(Compare(List{}, List{}), std::nullopt);
  EXPECT_EQ(Compare(StringSet{{"a"}}, StringSet{{"a"}}), std::nullopt);
}

TEST(NestingLevels, CountsContainersAndTheScalar) {
  EXPECT_EQ(NestingLevels(N(1)), 1U);
  EXPECT_EQ(NestingLevels(StringSet{{"a"}}), 1U);
  EXPECT_EQ(NestingLevels(List{}), 1U);
  EXPECT_EQ(NestingLevels(AttributeMap{}), 1U);
  EXPECT_EQ(NestingLevels(List{N(1), N(2)}), 2U);
  EXPECT_EQ(NestingLevels(List{N(1), Nested(2), N(2)}), 4U);
  EXPECT_EQ(NestingLevels(Nested(31)), kMaxNestingLevels);
}

TEST(ValueSizeBytes, FollowsAwsAccounting) {
  const std::vector<std::pair<AttributeValue, std::size_t>> cases = {
      {std::string(""), 0},
      {std::string("\xC3\xA4"), 2},
      {N(1234), 3},
      {Binary{std::string(5, '\0')}, 5},
      {true, 1},
      {Null{}, 1},
      {StringSet{{"a", "bcd"}}, 4},
      {NumberSet{{Number(1), Number(123)}}, 5},
      {BinarySet{{Binary{"ab"}, Binary{"c"}}}, 3},
      {List{}, 3},
      {List{std::string("ab"), true}, 3 + (1 + 2) + (1 + 1)},
      {AttributeMap{}, 3},
      {AttributeMap{{"key", std::string("ab")}, {"k", List{}}}, 3 + (1 + 3 + 2) + (1 + 1 + 3)},
  };
  for (const auto& [value, size] : cases) {
    EXPECT_EQ(ValueSizeBytes(value), size) << AttributeTypeName(value.type());
  }
}

TEST(ItemSizeBytes, AddsNamesAndValues) {
  EXPECT_EQ(ItemSizeBytes(Item{}), 0U);
  EXPECT_EQ(ItemSizeBytes(Item{{"pk", std::string("abc")}, {"\xC3\xA4", N(0)}}), 2U + 3U + 2U + 1U);
}

TEST(ChangeKind, HasTheNamesOfStreamRecords) {
  EXPECT_EQ(ChangeKindName(ChangeKind::kInsert), "INSERT");
  EXPECT_EQ(ChangeKindName(ChangeKind::kModify), "MODIFY");
  EXPECT_EQ(ChangeKindName(ChangeKind::kRemove), "REMOVE");
}

}  // namespace
}  // namespace pumice
