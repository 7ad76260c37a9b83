// SPDX-License-Identifier: Apache-2.0
#include "model/attribute_json.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pumice {
namespace {

using ::testing::ElementsAre;

std::string JsonString(std::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  return out;
}

std::string ValueJson(const AttributeValue& value) {
  std::string out;
  AppendValueJson(out, value);
  return out;
}

std::string Base64(std::string_view bytes) {
  std::string out;
  AppendBase64(out, bytes);
  return out;
}

AttributeValue N(std::int64_t value) { return Number(value); }

Item SampleItem() {
  return Item{{"pk", std::string("a")},
              {"n", N(-5)},
              {"b", Binary{"\xFF"}},
              {"t", true},
              {"f", false},
              {"0", Null{}},
              {"ss", StringSet{{"x", "y\""}}},
              {"ns", NumberSet{{Number(1), Number(20)}}},
              {"bs", BinarySet{{Binary{""}, Binary{"abc"}}}},
              {"l", List{N(1), List{}, AttributeMap{}}},
              {"m", AttributeMap{{"}\"{", std::string("\\")}, {"", Null{}}}}};
}

constexpr std::string_view kSampleText =
    R"({"0":{"NULL":true},"b":{"B":"/w=="},"bs":{"BS":["","YWJj"]},"f":{"BOOL":false},)"
    R"("l":{"L":[{"N":"1"},{"L":[]},{"M":{}}]},"m":{"M":{"":{"NULL":true},"}\"{":{"S":"\\"}}},)"
    R"("n":{"N":"-5"},"ns":{"NS":["1","20"]},"pk":{"S":"a"},"ss":{"SS":["x","y\""]},)"
    R"("t":{"BOOL":true}})";

/// Random values, biased towards bytes that need escapes and towards empty things.
class RandomValues {
 public:
  explicit RandomValues(std::uint64_t seed) : random_(seed) {}

  std::string Text() {
    std::string text;
    for (auto left = Below(24); left != 0; --left) {
      constexpr std::string_view kOdd("\"\\/\n\r\t\b\f\0\x1F\x7F{}[]:,", 18);
      if (Below(4) == 0) {
        text.push_back(kOdd[Below(kOdd.size())]);
      } else if (Below(8) == 0) {
        text.append("\xF0\x9F\x90\xA0");
      } else {
        text.push_back(static_cast<char>('a' + Below(26)));
      }
    }
    return text;
  }

  Number ANumber() {
    const auto parsed = Number::Parse(std::to_string(static_cast<std::int64_t>(random_())) + "e-" +
                                      std::to_string(Below(30)));
    return std::get<Number>(parsed);
  }

  AttributeValue Value(int depth) {
    switch (Below(depth > 0 ? 10 : 8)) {
      case 0: return Text();
      case 1: return ANumber();
      case 2: return Binary{Text()};
      case 3: return Below(2) == 0;
      case 4: return Null{};
      case 5: return StringSet{Members<std::string>([&] { return Text(); })};
      case 6: return NumberSet{Members<Number>([&] { return ANumber(); })};
      case 7: return BinarySet{Members<Binary>([&] { return Binary{Text()}; })};
      case 8: {
        List list;
        for (auto left = Below(4); left != 0; --left) list.push_back(Value(depth - 1));
        return list;
      }
      default: return Map(depth - 1);
    }
  }

  AttributeMap Map(int depth) {
    AttributeMap map;
    for (auto left = Below(6); left != 0; --left) map.Set(Text(), Value(depth));
    return map;
  }

 private:
  std::size_t Below(std::size_t limit) { return random_() % limit; }

  template <class Member, class Make>
  std::vector<Member> Members(Make make) {
    std::vector<Member> members;
    for (auto left = 1 + Below(4); left != 0; --left) members.push_back(make());
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a < b; });
    members.erase(std::unique(members.begin(), members.end()), members.end());
    return members;
  }

  std::mt19937_64 random_;
};

TEST(JsonString, EscapesWhatJsonAsksForAndNoMore) {
  EXPECT_EQ(JsonString(""), R"("")");
  EXPECT_EQ(JsonString("plain / text ' \x7F"), "\"plain / text ' \x7F\"");
  EXPECT_EQ(JsonString("\" \\ \n \r \t \b \f"), R"("\" \\ \n \r \t \b \f")");
  EXPECT_EQ(JsonString(std::string_view("\0\x01\x1F", 3)), "\"\\u0000\\u0001\\u001f\"");
  EXPECT_EQ(JsonString("\xC3\xA4 \xF0\x9F\x90\xA0"), "\"\xC3\xA4 \xF0\x9F\x90\xA0\"");
}

TEST(JsonString, EscapesAtEveryPlaceOfALongText) {
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, '\xE4');
    std::string expected = text;
    text[at] = '"';
    expected.replace(at, 1, "\\\"");
    EXPECT_EQ(EscapedJson(text), expected);
    EXPECT_EQ(UnescapedJson(expected), text);
  }
}

TEST(JsonString, UnescapesOnlyItsOwnForms) {
  for (const std::string_view text :
       {"\\", "\\x", "\\/", "\\u0041", "\\u001", "\\u00", "\\u001F", "\\u0020", "a\\"}) {
    EXPECT_EQ(UnescapedJson(text), std::nullopt) << text;
  }
}

TEST(Base64, WritesTheVectorsOfRfc4648) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {"\xFB\xFF\xFE", "+//+"},
  };
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(Base64(bytes), text);
    EXPECT_EQ(DecodeBase64(text), bytes);
  }
}

TEST(Base64, RefusesWhatIsNotStrict) {
  for (const std::string_view text :
       {"Z", "Zg", "Zg=", "Zm8", "Zg===", "=", "====", "Z===", "Zh==", "Zm9=", "Zg=v",
        "Zg==Zg==", "Zm9v\n", "Zm 9", "-_-_", "Zm9v====", "\xC3\xA4\xC3\xA4", "=g==", "Z=g="}) {
    EXPECT_EQ(DecodeBase64(text), std::nullopt) << text;
  }
}

TEST(Base64, GivesEveryByteBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes.push_back(static_cast<char>(i));
    EXPECT_EQ(DecodeBase64(Base64(bytes)), bytes);
  }
}

TEST(ItemJson, IsCanonical) { EXPECT_EQ(ItemJson(SampleItem()), kSampleText); }

TEST(ItemJson, OfAnEmptyItemIsAnEmptyObject) {
  EXPECT_EQ(ItemJson(Item{}), "{}");
  EXPECT_EQ(ReadItemJson("{}"), Item{});
}

TEST(ItemJson, WritesNumbersInPlainDecimal) {
  const auto number = std::get<Number>(Number::Parse("1.50e3"));
  EXPECT_EQ(ValueJson(number), R"({"N":"1500"})");
}

TEST(ReadItemJson, ReadsWhatWasWritten) { EXPECT_EQ(ReadItemJson(kSampleText), SampleItem()); }

TEST(ReadItemJson, GivesRandomItemsBack) {
  RandomValues values(1);
  for (int i = 0; i < 3000; ++i) {
    const Item item = values.Map(4);
    const std::string text = ItemJson(item);
    const auto read = ReadItemJson(text);
    ASSERT_TRUE(read.has_value()) << text;
    EXPECT_EQ(*read, item) << text;
    EXPECT_EQ(ItemJson(*read), text);
  }
}

TEST(ReadValueJson, GivesRandomValuesBack) {
  RandomValues values(2);
  for (int i = 0; i < 3000; ++i) {
    const AttributeValue value = values.Value(3);
    EXPECT_EQ(ReadValueJson(ValueJson(value)), value) << ValueJson(value);
  }
}

TEST(ReadItemJson, RefusesEveryTruncation) {
  for (std::size_t size = 0; size < kSampleText.size(); ++size) {
    EXPECT_EQ(ReadItemJson(kSampleText.substr(0, size)), std::nullopt) << size;
  }
}

TEST(ReadValueJson, RefusesOtherText) {
  for (const std::string_view text : {"",
                                      "{}",
                                      "null",
                                      R"({"S":"a"}x)",
                                      R"( {"S":"a"})",
                                      R"({"S": "a"})",
                                      R"({"X":"a"})",
                                      R"({"S":1})",
                                      R"({"N":1})",
                                      R"({"N":"x"})",
                                      R"({"N":""})",
                                      R"({"B":"Zg"})",
                                      R"({"BOOL":1})",
                                      R"({"BOOL":"true"})",
                                      R"({"NULL":false})",
                                      R"({"SS":["b","a"]})",
                                      R"({"SS":["a","a"]})",
                                      R"({"NS":["1","1.0"]})",
                                      R"({"BS":["YQ==",]})",
                                      R"({"L":[{"S":"a"},]})",
                                      R"({"L":{}})",
                                      R"({"M":[]})",
                                      R"({"M":{"b":{"N":"1"},"a":{"N":"1"}}})",
                                      R"({"M":{"a":{"N":"1"},"a":{"N":"1"}}})",
                                      R"({"S":"a","S":"b"})"}) {
    EXPECT_EQ(ReadValueJson(text), std::nullopt) << text;
  }
}

TEST(ReadValueJson, RefusesDepthThatNobodyStored) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text.append(R"({"L":[)");
  EXPECT_EQ(ReadValueJson(text), std::nullopt);
}

TEST(ItemJsonWalker, GivesNamesAndValuesAsTheyStand) {
  const std::string text = ItemJson(
      Item{{"a", std::string("}\"{\\")}, {"b\n", AttributeMap{{"}", List{N(1)}}}}, {"c", N(7)}});
  std::vector<std::pair<std::string, std::string>> seen;
  ItemJsonWalker walker(text);
  while (const auto attribute = walker.Next()) {
    seen.emplace_back(attribute->name, attribute->value);
  }
  EXPECT_FALSE(walker.damaged());
  EXPECT_THAT(seen, ElementsAre(std::pair("a", R"({"S":"}\"{\\"})"),
                                std::pair("b\\n", R"({"M":{"}":{"L":[{"N":"1"}]}}})"),
                                std::pair("c", R"({"N":"7"})")));
}

TEST(ItemJsonWalker, FindsNothingInAnEmptyItem) {
  ItemJsonWalker walker("{}");
  EXPECT_FALSE(walker.Next().has_value());
  EXPECT_FALSE(walker.damaged());
}

TEST(ItemJsonWalker, MeetsEveryAttributeOfRandomItems) {
  RandomValues values(3);
  for (int i = 0; i < 2000; ++i) {
    const Item item = values.Map(3);
    const std::string text = ItemJson(item);
    Item rebuilt;
    ItemJsonWalker walker(text);
    while (const auto attribute = walker.Next()) {
      const auto name = UnescapedJson(attribute->name);
      ASSERT_TRUE(name.has_value()) << text;
      EXPECT_EQ(EscapedJson(*name), attribute->name);
      auto value = ReadValueJson(attribute->value);
      ASSERT_TRUE(value.has_value()) << text;
      rebuilt.Set(*name, std::move(*value));
    }
    EXPECT_FALSE(walker.damaged());
    EXPECT_EQ(rebuilt, item) << text;
  }
}

TEST(ItemJsonWalker, NoticesEveryTruncation) {
  for (std::size_t size = 0; size < kSampleText.size(); ++size) {
    ItemJsonWalker walker(kSampleText.substr(0, size));
    while (walker.Next()) {
    }
    EXPECT_TRUE(walker.damaged()) << size;
  }
}

TEST(ItemJsonWalker, NoticesTextAfterTheEnd) {
  for (const std::string_view text :
       {"{}x", R"({"a":{"N":"1"}}x)", R"({"a":{"N":"1"},})", "[]", "x"}) {
    ItemJsonWalker walker(text);
    while (walker.Next()) {
    }
    EXPECT_TRUE(walker.damaged()) << text;
  }
}

TEST(SplitValueJson, NamesTheTypeAndShowsTheContent) {
  const auto split = SplitValueJson(R"({"M":{"a":{"S":"x"}}})");
  ASSERT_TRUE(split.has_value());
  EXPECT_EQ(split->type, AttributeType::kM);
  EXPECT_EQ(split->content, R"({"a":{"S":"x"}})");
  EXPECT_EQ(SplitValueJson(R"({"S":"x"})")->content, R"("x")");
  EXPECT_EQ(SplitValueJson(R"({"BOOL":true})")->content, "true");
}

TEST(SplitValueJson, RefusesOtherText) {
  for (const std::string_view text :
       {"", "{", "{}", R"({"S"})", R"({"S":})", R"({"Q":"x"})", R"({"S":"x")"}) {
    EXPECT_FALSE(SplitValueJson(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace pumice
