// SPDX-License-Identifier: Apache-2.0
#include "storage/key_format.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "storage/test_kit.h"

namespace pumice {
namespace {

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    out.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    out.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
  }
  return out;
}

std::string Component(const AttributeValue& value) {
  std::string out;
  AppendKeyComponent(out, value);
  return out;
}

TEST(KeyFormat, WritesTextEscapedAndEnded) {
  EXPECT_EQ(Hex(Component(S("ab"))), "61620001");
  EXPECT_EQ(Hex(Component(S(std::string("a\0b", 3)))), "6100ff620001");
  EXPECT_EQ(Hex(Component(B(std::string("\0", 1)))), "00ff0001");
  EXPECT_EQ(Hex(Component(B("\xff"))), "ff0001");
}

TEST(KeyFormat, WritesItemKeysAsTheFormatSays) {
  EXPECT_EQ(Hex(ItemKeyBytes(TableId(7), {S("a"), S("b")})),
            "00000007"
            "30702d7bc33141ba"
            "610001"
            "620001");
  EXPECT_EQ(Hex(ItemKeyBytes(TableId(7), {S("a"), std::nullopt})),
            "00000007"
            "30702d7bc33141ba"
            "610001");
}

TEST(KeyFormat, WritesIndexEntryKeysAsTheFormatSays) {
  IndexEntryKey key(IndexId(9));
  key.AddHash(S("a"));
  key.EndHash();
  key.AddRange(B("x"));
  const std::string item_key = ItemKeyBytes(TableId(7), {S("p"), S("q")});
  EXPECT_EQ(Hex(std::move(key).Finish(TableKeyPart(item_key))),
            "00000009"
            "30702d7bc33141ba"
            "610001"
            "780001"
            "700001"
            "710001");
}

TEST(KeyFormat, KeepsTheOrderOfTexts) {
  std::vector<std::string> texts = {"",
                                    std::string(1, '\0'),
                                    std::string("\0\0", 2),
                                    std::string("\0a", 2),
                                    "\x01",
                                    "a",
                                    std::string("a\0", 2),
                                    std::string("a\0\xff", 3),
                                    "a\x01",
                                    "ab",
                                    "b",
                                    "\xc3\xa4",
                                    "\xff",
                                    "\xff\xff"};
  std::sort(texts.begin(), texts.end());
  for (std::size_t i = 1; i < texts.size(); ++i) {
    EXPECT_LT(Component(B(texts[i - 1])), Component(B(texts[i]))) << i;
  }
}

TEST(KeyFormat, FindsTheFirstBytesBehindAPrefix) {
  EXPECT_EQ(AfterPrefix("ab"), "ac");
  EXPECT_EQ(AfterPrefix("a\xff\xff"), "b");
  EXPECT_EQ(AfterPrefix("\xff"), "");
}

TEST(KeyFormat, SegmentsCoverTheHashesWithoutGapOrOverlap) {
  for (const std::uint32_t total : {1u, 2u, 3u, 7u, 1000u}) {
    EXPECT_EQ(SegmentRange(5, 0, total).begin.substr(0, 4), WholeRange(5).begin);
    EXPECT_EQ(SegmentRange(5, total - 1, total).end, WholeRange(5).end);
    for (std::uint32_t segment = 1; segment < total; ++segment) {
      ASSERT_EQ(SegmentRange(5, segment - 1, total).end, SegmentRange(5, segment, total).begin);
    }
  }
}

TEST(KeyFormat, WholeRangeHoldsEveryTotalsStripe) {
  const KeyRange range = WholeRange(5);
  EXPECT_GE(StripeKeyAt(TableId(5), 0), range.begin);
  EXPECT_LT(StripeKeyAt(TableId(5), kTotalsStripes - 1), range.end);
  EXPECT_EQ(Hex(StripeKeyAt(TableId(5), 47)), "000000052f");
}

TEST(KeyFormat, APositionOutsideTheRangeLeavesNothingToRead) {
  const KeyRange range{"b", "d"};
  const auto is_empty = [](const KeyRange& rest) { return rest.begin >= rest.end; };
  EXPECT_TRUE(is_empty(Behind(range, "e", Direction::kForward)));
  EXPECT_TRUE(is_empty(Behind(range, "a", Direction::kBackward)));
  EXPECT_EQ(Behind(range, "a", Direction::kForward).begin, "b");
  EXPECT_EQ(Behind(range, "e", Direction::kBackward).end, "d");
}

}  // namespace
}  // namespace pumice
