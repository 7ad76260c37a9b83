// SPDX-License-Identifier: Apache-2.0
#include "storage/item_codec.h"

#include <gtest/gtest.h>

#include "model/attribute_json.h"
#include "storage/test_kit.h"

namespace pumice {
namespace {

Item EveryType() {
  return {{"b", B("\x01\x02")},
          {"bool", AttributeValue(true)},
          {"bs", AttributeValue(BinarySet{{Binary{"x"}}})},
          {"l", AttributeValue(List{S("a"), N(1)})},
          {"m", AttributeValue(AttributeMap{{"k", S("v")}})},
          {"n", N(42)},
          {"ns", AttributeValue(NumberSet{{Number(1), Number(2)}})},
          {"null", AttributeValue(Null{})},
          {"s", S("text with \"quotes\" and \xc3\xa4")},
          {"ss", AttributeValue(StringSet{{"a", "b"}})}};
}

TEST(ItemCodec, WritesTheBytesThatTheFormatNames) {
  const Item item = {{"n", N(42)}, {"pk", S("a")}};
  // 01, 6 bytes by AWS's accounting, a table of 4, names of 1 and 2, values of 10 and 9 bytes.
  EXPECT_EQ(EncodeItem(item),
            std::string("\x01\x06\x04\x01\x0a\x02\x09", 7) + R"({"n":{"N":"42"},"pk":{"S":"a"}})");
  EXPECT_EQ(EncodeItem(Item()), std::string("\x01\x00\x00{}", 5));
}

TEST(ItemCodec, GivesBackWhatItWasGiven) {
  const std::string bytes = EncodeItem(EveryType());
  const EncodedItemView view(bytes);
  EXPECT_TRUE(IsEncodedItem(bytes));
  EXPECT_EQ(view.Decode(), EveryType());
  EXPECT_EQ(view.json(), ItemJson(EveryType()));
  EXPECT_EQ(view.size_bytes(), ItemSizeBytes(EveryType()));
}

TEST(ItemCodec, FindsOneAttributeWithoutTheOthers) {
  const Item item = EveryType();
  const std::string bytes = EncodeItem(item);
  const EncodedItemView view(bytes);
  for (const Attribute& attribute : item) {
    EXPECT_EQ(view.Find(attribute.name), attribute.value) << attribute.name;
  }
  EXPECT_EQ(view.FindJson("m"), R"({"M":{"k":{"S":"v"}}})");
  EXPECT_FALSE(view.Has("k"));
  EXPECT_FALSE(view.Has(""));
  EXPECT_EQ(view.DecodeOnly(std::vector<std::string>{"n", "missing", "b"}),
            (Item{{"b", B("\x01\x02")}, {"n", N(42)}}));
}

/// Some names order differently by their own bytes and as JSON writes them.
const std::vector<std::string> kNames = {"a",  "a\"", "a\\b", std::string("a\0", 2), "a\n",
                                         "aa", "b",   "\x7f", "\xe2\x82\xac",        "z"};

/// The attributes whose bit is set.
Item Chosen(unsigned bits, const std::string& text) {
  Item item;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if ((bits >> i & 1U) != 0) item.Set(kNames[i], S(text + std::to_string(i)));
  }
  return item;
}

TEST(ItemCodec, ReplacesAttributesAsIfTheItemWereWrittenAnew) {
  const unsigned all = (1U << kNames.size()) - 1;
  for (unsigned stored_bits = 0; stored_bits <= all; stored_bits += 3) {
    const Item stored = Chosen(stored_bits, "old");
    const std::string bytes = EncodeItem(stored);
    for (unsigned touched = 0; touched <= all; touched += 37) {
      const unsigned after_bits = touched & (stored_bits * 5 + 11);
      const Item after = Chosen(after_bits, "new \"text\" ");
      Item wanted = Chosen(stored_bits & ~touched, "old");
      for (const Attribute& attribute : after) wanted.Set(attribute.name, attribute.value);
      ASSERT_EQ(EncodeReplaced(EncodedItemView(bytes), Chosen(stored_bits & touched, "old"), after),
                EncodeItem(wanted))
          << stored_bits << ' ' << touched;
    }
  }
}

TEST(ItemCodec, FindsNamesThatJsonEscapes) {
  const std::vector<std::string> names = {"a\"b", "a\\b",   std::string("a\0b", 3), "line\nbreak",
                                          "\x7f", "sl/ash", "\xe2\x82\xac",         "plain"};
  Item item;
  for (const std::string& name : names) item.Set(name, S("value of " + name));
  const std::string bytes = EncodeItem(item);
  EXPECT_TRUE(IsEncodedItem(bytes));
  for (const std::string& name : names) {
    EXPECT_EQ(EncodedItemView(bytes).Find(name), S("value of " + name)) << name;
  }
  EXPECT_EQ(EncodedItemView(bytes).Decode(), item);
}

TEST(ItemCodec, HoldsLargeValues) {
  const Item item = {{"big", S(std::string(300'000, 'x'))}, {"pk", S("a")}};
  const std::string bytes = EncodeItem(item);
  EXPECT_EQ(EncodedItemView(bytes).Find("pk"), S("a"));
  EXPECT_EQ(EncodedItemView(bytes).size_bytes(), 300'006U);
}

TEST(ItemCodec, TellsDamagedBytesFromItems) {
  const std::string bytes = EncodeItem(EveryType());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(IsEncodedItem(std::string_view(bytes).substr(0, length))) << length;
  }
  EXPECT_FALSE(IsEncodedItem(bytes + "}"));
  EXPECT_FALSE(IsEncodedItem("\x02" + bytes.substr(1)));
  std::string shifted = bytes;
  ++shifted[3];
  EXPECT_FALSE(IsEncodedItem(shifted));
}

}  // namespace
}  // namespace pumice
