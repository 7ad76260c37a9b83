// SPDX-License-Identifier: Apache-2.0
#include "storage/expiry.h"

#include "storage/key_format.h"
#include "storage/test_kit.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;

std::optional<std::uint64_t> SecondsOf(AttributeValue value) {
  const std::string encoded = EncodeItem({{"pk", S("a")}, {"ttl", std::move(value)}});
  return ExpirySeconds(EncodedItemView(encoded), "ttl");
}

AttributeValue Decimal(const char* text) {
  return AttributeValue(std::get<Number>(Number::Parse(text)));
}

TEST(ExpirySeconds, AreTheNumberRoundedUp) {
  EXPECT_EQ(SecondsOf(N(1'700'000'000)), 1'700'000'000U);
  EXPECT_EQ(SecondsOf(N(0)), 0U);
  EXPECT_EQ(SecondsOf(Decimal("1.7e9")), 1'700'000'000U);
  EXPECT_EQ(SecondsOf(Decimal("1700000000.001")), 1'700'000'001U);
  EXPECT_EQ(SecondsOf(Decimal("0.5")), 1U);
  EXPECT_EQ(SecondsOf(Decimal("18446744073709551615")), UINT64_MAX);
}

TEST(ExpirySeconds, AreNoneWhereAnItemNeverExpires) {
  EXPECT_EQ(SecondsOf(S("1700000000")), std::nullopt);
  EXPECT_EQ(SecondsOf(N(-1)), std::nullopt);
  EXPECT_EQ(SecondsOf(Decimal("-0.5")), std::nullopt);
  EXPECT_EQ(SecondsOf(Decimal("18446744073709551616")), std::nullopt);
  EXPECT_EQ(SecondsOf(Decimal("18446744073709551615.5")), std::nullopt);
  EXPECT_EQ(SecondsOf(Decimal("9e125")), std::nullopt);
  const std::string encoded = EncodeItem({{"pk", S("a")}});
  EXPECT_EQ(ExpirySeconds(EncodedItemView(encoded), "ttl"), std::nullopt);
}

TEST(ExpiredAt, BeginsFiveYearsAgoAndEndsBeforeNow) {
  const ExpiredSeconds at = ExpiredAt(TimePoint(1'700'000'000s));
  EXPECT_FALSE(at.Contains(1'700'000'000));
  EXPECT_TRUE(at.Contains(1'699'999'999));
  constexpr std::uint64_t kFiveYears = 5 * 31'556'952;
  EXPECT_TRUE(at.Contains(1'700'000'000 - kFiveYears));
  EXPECT_FALSE(at.Contains(1'700'000'000 - kFiveYears - 1));
  EXPECT_TRUE(ExpiredAt(TimePoint(1'700'000'000s + 1us)).Contains(1'700'000'000));
  EXPECT_TRUE(ExpiredAt(TimePoint(10s)).Contains(0));
}

TEST(ExpiryKey, IsWrittenAsTheFormatSays) {
  const std::string item_key = ItemKeyBytes(TableId(7), {S("a"), S("b")});
  const std::string key = ExpiryKey(ExpiryId(9), 0x01020304, item_key);
  EXPECT_EQ(key, std::string("\x00\x00\x00\x09"
                             "\x00\x00\x00\x00\x01\x02\x03\x04"
                             "\x30\x70\x2d\x7b\xc3\x31\x41\xba"
                             "a\x00\x01"
                             "b\x00\x01",
                             26));
  EXPECT_EQ(ItemKeyOfExpiry(TableId(7), key), item_key);
}

}  // namespace
}  // namespace pumice
