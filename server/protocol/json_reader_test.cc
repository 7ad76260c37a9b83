// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/json_reader.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/attribute_json.h"

namespace pumice {
namespace {

using testing::ElementsAre;

std::string Describe(const Error& error) {
  return std::string(ErrorCodeName(error.code())) + "|" + error.client_text();
}

/// Reads member "x" of `body` with `read` and tells the error, or "".
template <class Read>
std::string ErrorOf(std::string body, Read read) {
  const auto result =
      ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
        if (name != "x") return Ok();
        PUMICE_TRY(read(value));
        return Ok();
      });
  return result ? "" : Describe(result.error());
}

Result<std::string> ReadString(JsonValue& value) { return value.String(); }
Result<std::int64_t> ReadInteger(JsonValue& value) { return value.Integer(); }
Result<bool> ReadBoolean(JsonValue& value) { return value.Boolean(); }
Result<void> ReadStructure(JsonValue& value) {
  return value.Structure("Projection",
                         [](std::string_view, JsonValue&) -> Result<void> { return Ok(); });
}
Result<void> ReadStringList(JsonValue& value) {
  return value.List([](JsonValue& element) -> Result<void> {
    PUMICE_TRY(element.String());
    return Ok();
  });
}

ParsedValue ReadOneValue(const std::string& text, ValueTexts texts = ValueTexts::kNewer) {
  std::string body = R"({"x":)" + text + "}";
  ParsedValue parsed;
  const auto result = ReadRequest(body, [&](std::string_view, JsonValue& value) -> Result<void> {
    PUMICE_TRY(parsed, value.Value(texts));
    return Ok();
  });
  EXPECT_TRUE(result) << text;
  return parsed;
}

std::string ProblemOf(const std::string& text, ValueTexts texts = ValueTexts::kNewer) {
  const ParsedValue parsed = ReadOneValue(text, texts);
  if (!parsed.problem) return "";
  EXPECT_EQ(parsed.problem->code(), ErrorCode::kValidation);
  return parsed.problem->client_text();
}

ParsedItem ReadOneItem(const std::string& text, ValueTexts texts = ValueTexts::kNewer) {
  std::string body = R"({"x":)" + text + "}";
  ParsedItem parsed;
  const auto result = ReadRequest(body, [&](std::string_view, JsonValue& value) -> Result<void> {
    PUMICE_TRY(parsed, value.ItemMap(texts));
    return Ok();
  });
  EXPECT_TRUE(result) << text;
  return parsed;
}

std::string Canonical(const std::string& text) {
  std::string out;
  AppendValueJson(out, ReadOneValue(text).value);
  return out;
}

std::string Maps(int count, const std::string& inner = R"({"S":"x"})") {
  std::string text;
  for (int i = 0; i < count; ++i) text += R"({"M":{"m":)";
  text += inner;
  for (int i = 0; i < count; ++i) text += "}}";
  return text;
}

constexpr std::string_view kTooDeep =
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
    "beyond "
    "supported limit";

TEST(ReadRequest, ShowsMembersInOrderAndUnescapesNames) {
  std::string body = R"( { "a" : "1", "b\u0063" : "2" , "a":"3"} )";
  std::vector<std::string> seen;
  const auto result =
      ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
        PUMICE_TRY(auto text, value.String());
        seen.push_back(std::string(name) + "=" + text);
        return Ok();
      });
  ASSERT_TRUE(result);
  EXPECT_THAT(seen, ElementsAre("a=1", "bc=2", "a=3"));
}

TEST(ReadRequest, HidesNullMembers) { EXPECT_EQ(ErrorOf(R"({"x":null})", ReadString), ""); }

TEST(ReadRequest, RefusesMalformedBodiesWithoutText) {
  const std::vector<std::string> bodies = {
      "",
      " ",
      "{",
      "}",
      "[]",
      "1",
      "\"a\"",
      "nul",
      "null",
      R"({"x":"a"} x)",
      R"({"x":"a"}{})",
      R"({"x":"a"}})",
      R"({"x":"a",})",
      R"({"x":"a" "y":1})",
      R"({"x" "a"})",
      R"({x:"a"})",
      R"({"x":"a","y":tru})",
      R"({"x":"a","y":01})",
      R"({"x":"a","y":1.})",
      R"({"x":"a","y":-})",
      R"({"x":"a","y":[1,]})",
      R"({"x":"a","y":[1 2]})",
      R"({"x":"a","y":"b":1})",
      R"({"y":"b":1,"x":"a"})",
      R"({"x":"a","y":[}})",
      R"({"x":"a","y":{"z":[1}]})",
      R"({"x":"a","y":{"z"}})",
      R"({"x":"a","y":nulll})",
      R"({"x":nulll})",
      R"({"x":"\x"})",
      R"({"x":"a","y":"\x"})",
      "{\"x\":\"\xff\"}",
      "{\"x\":\"\xed\xa0\x80\"}",
      "{\"x\":\"a\nb\"}",
      "{\"x\":\"a\"}\xc0",
      R"({"x":"a)",
  };
  for (const std::string& body : bodies) {
    EXPECT_EQ(ErrorOf(body, ReadString), "SerializationException|") << body;
  }
}

TEST(ReadRequest, PrefersMalformedFurtherOnToAWrongType) {
  EXPECT_EQ(ErrorOf(R"({"x":1})", ReadString),
            "SerializationException|NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(ErrorOf(R"({"x":1,"y":tru})", ReadString), "SerializationException|");
  EXPECT_EQ(ErrorOf(R"({"x":1} z)", ReadString), "SerializationException|");
}

TEST(ReadRequest, PrefersMalformedFurtherOnToTheVisitorsError) {
  const auto refuse = [](JsonValue&) -> Result<void> {
    return Error(ErrorCode::kValidation, "no");
  };
  EXPECT_EQ(ErrorOf(R"({"x":1})", refuse), "ValidationException|no");
  EXPECT_EQ(ErrorOf(R"({"x":1,})", refuse), "SerializationException|");
}

TEST(ReadRequest, ChecksUnreadMembersAndIgnoresThem) {
  EXPECT_EQ(ErrorOf(R"({"y":{"a":[1,2.5e3,true,null,"\u00e9"]},"x":"a","z":[[],{}]})", ReadString),
            "");
}

TEST(ReadRequest, SurvivesVeryDeepNesting) {
  const std::string open(100'000, '[');
  const std::string close(100'000, ']');
  EXPECT_EQ(ErrorOf("{\"y\":" + open, ReadString), "SerializationException|");
  EXPECT_EQ(ErrorOf("{\"y\":" + open + close + "}", ReadString), "");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_EQ(ErrorOf("{\"y\":" + objects, ReadString), "SerializationException|");
  EXPECT_EQ(ErrorOf(open, ReadString), "SerializationException|");
  EXPECT_EQ(ErrorOf(objects, ReadString), "SerializationException|");
}

TEST(ReadRequest, ReadsAfterAVeryLargeBody) {
  EXPECT_EQ(ErrorOf("{\"x\":\"" + std::string(3'000'000, 'a') + "\"}", ReadString), "");
  EXPECT_EQ(ErrorOf(R"({"x":"a"})", ReadString), "");
}

TEST(IsJson, TellsWellFormedText) {
  for (const auto& [text, expected] : std::vector<std::pair<std::string, bool>>{
           {"{}", true}, {"[1]", true}, {"{", false}, {"", false}, {"{} {}", false}}) {
    std::string body = text;
    EXPECT_EQ(IsJson(body), expected) << text;
  }
}

TEST(JsonValue, NamesTheTokenThatIsNoString) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"true", "TRUE_VALUE cannot be converted to String"},
      {"false", "FALSE_VALUE cannot be converted to String"},
      {"1", "NUMBER_VALUE cannot be converted to String"},
      {"-12345678901234567890123", "NUMBER_VALUE cannot be converted to String"},
      {"1.5", "DECIMAL_VALUE cannot be converted to String"},
      {"[]", "Unrecognized collection type class java.lang.String"},
      {"{}", "Start of structure or map found where not expected"}};
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(ErrorOf("{\"x\":" + text + "}", ReadString), "SerializationException|" + expected);
  }
}

TEST(JsonValue, NamesTheTokenThatIsNoInteger) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\"1\"", "STRING_VALUE cannot be converted to Integer"},
      {"true", "TRUE_VALUE cannot be converted to Integer"},
      {"[1]", "Unrecognized collection type class java.lang.Integer"},
      {"{}", "Start of structure or map found where not expected"}};
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(ErrorOf("{\"x\":" + text + "}", ReadInteger), "SerializationException|" + expected);
  }
}

TEST(JsonValue, CutsDecimalsOffIntegers) {
  const std::vector<std::pair<std::string, std::int64_t>> cases = {
      {"7", 7},
      {"-7", -7},
      {"1.9", 1},
      {"-1.9", -1},
      {"1e2", 100},
      {"3000000000", 2147483647},
      {"-1e300", -2147483648LL},
      {"18446744073709551615", 2147483647}};
  for (const auto& [text, expected] : cases) {
    std::string body = "{\"x\":" + text + "}";
    std::int64_t read = 0;
    ASSERT_TRUE(ReadRequest(body, [&](std::string_view, JsonValue& value) -> Result<void> {
      PUMICE_TRY(read, value.Integer());
      return Ok();
    }));
    EXPECT_EQ(read, expected) << text;
  }
}

TEST(JsonValue, ConvertsTextToBoolean) {
  for (const auto& [text, expected] :
       std::vector<std::pair<std::string, bool>>{{"true", true},
                                                 {"false", false},
                                                 {"\"TRUE\"", true},
                                                 {"\"yes\"", true},
                                                 {"\"1\"", true},
                                                 {"\"False\"", false},
                                                 {"\"0\"", false},
                                                 {"\"no\"", false}}) {
    std::string body = "{\"x\":" + text + "}";
    bool read = !expected;
    ASSERT_TRUE(ReadRequest(body, [&](std::string_view, JsonValue& value) -> Result<void> {
      PUMICE_TRY(read, value.Boolean());
      return Ok();
    }));
    EXPECT_EQ(read, expected) << text;
  }
}

TEST(JsonValue, RefusesWhatIsNoBoolean) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"1", "NUMBER_VALUE cannot be converted to Boolean"},
      {"1.5", "NUMBER_VALUE cannot be converted to Boolean"},
      {"\"maybe\"", "Unexpected token received from parser"},
      {"\"\"", "Unexpected token received from parser"},
      {"[]", "Unrecognized collection type class java.lang.Boolean"},
      {"{}", "Start of structure or map found where not expected"}};
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(ErrorOf("{\"x\":" + text + "}", ReadBoolean), "SerializationException|" + expected);
  }
}

TEST(JsonValue, RefusesWhatIsNoStructure) {
  EXPECT_EQ(ErrorOf(R"({"x":1})", ReadStructure), "SerializationException|Unexpected field type");
  EXPECT_EQ(ErrorOf(R"({"x":[]})", ReadStructure),
            "SerializationException|Unrecognized collection type class "
            "com.amazonaws.dynamodb.v20120810.Projection");
}

TEST(JsonValue, RefusesWhatIsNoStructureInAList) {
  const auto read = [](JsonValue& value) {
    return value.List([](JsonValue& element) { return ReadStructure(element); });
  };
  EXPECT_EQ(ErrorOf(R"({"x":[1]})", read),
            "SerializationException|Unexpected value type in payload");
}

TEST(JsonValue, RefusesNullInAListOrMap) {
  const std::string refused =
      "ValidationException|1 validation error detected: Value null in a list or map failed to "
      "satisfy constraint: Member must not be null";
  const auto list = [](JsonValue& value) {
    return value.List([](JsonValue& element) { return ReadStructure(element); });
  };
  const auto map = [](JsonValue& value) {
    return value.Map("x",
                     [](std::string_view, JsonValue& member) { return ReadStructure(member); });
  };
  EXPECT_EQ(ErrorOf(R"({"x":[null,{}]})", list), refused);
  EXPECT_EQ(ErrorOf(R"({"x":{"a":{},"b":null}})", map), refused);
  EXPECT_EQ(ErrorOf(R"({"x":null})", list), "");
}

TEST(JsonValue, RefusesWhatIsNoList) {
  EXPECT_EQ(ErrorOf(R"({"x":"a"})", ReadStringList),
            "SerializationException|Unexpected field type");
  EXPECT_EQ(ErrorOf(R"({"x":{}})", ReadStringList),
            "SerializationException|Start of structure or map found where not expected");
}

TEST(JsonValue, RefusesWhatIsNoMap) {
  const auto read = [](JsonValue& value) {
    return value.Map("java.lang.String",
                     [](std::string_view, JsonValue&) -> Result<void> { return Ok(); });
  };
  EXPECT_EQ(ErrorOf(R"({"x":"a"})", read), "SerializationException|Unexpected field type");
  EXPECT_EQ(ErrorOf(R"({"x":[]})", read),
            "SerializationException|Unrecognized collection type "
            "java.util.Map<java.lang.String, java.lang.String>");
}

TEST(JsonValue, SpeaksOfParameterizedTypesInsideCollections) {
  const auto read = [](JsonValue& value) {
    return value.List([](JsonValue& element) { return ReadStringList(element); });
  };
  EXPECT_THAT(
      ErrorOf(R"({"x":[1]})", read),
      testing::StartsWith("SerializationException|class sun.reflect.generics.reflectiveObjects."
                          "ParameterizedTypeImpl cannot be cast to class java.lang.Class"));
}

TEST(JsonValue, GivesItsCompactText) {
  std::string body = "{\"x\": { \"b\" : [ 1 , \"a b\" ] , \"a\":null } , \"y\" : 1}";
  std::string compact;
  ASSERT_TRUE(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name == "x") {
      PUMICE_TRY(compact, value.CompactJson());
    }
    return Ok();
  }));
  EXPECT_EQ(compact, R"({"b":[1,"a b"],"a":null})");
}

TEST(AttributeValues, ReadsEveryType) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"S":"a\ud83d"})", R"({"S":"a?"})"},
      {R"({"S":"h\u00e9 \ud83d\ude00"})", "{\"S\":\"h\xc3\xa9 \xf0\x9f\x98\x80\"}"},
      {R"({"S":""})", R"({"S":""})"},
      {R"({"N":"1.50e1"})", R"({"N":"15"})"},
      {R"({"B":"AAE="})", R"({"B":"AAE="})"},
      {R"({"BOOL":true})", R"({"BOOL":true})"},
      {R"({"BOOL":"false"})", R"({"BOOL":false})"},
      {R"({"NULL":true})", R"({"NULL":true})"},
      {R"({"SS":["b","","a"]})", R"({"SS":["","a","b"]})"},
      {R"({"NS":["10","9.0","-1"]})", R"({"NS":["-1","9","10"]})"},
      {R"({"BS":["/w==","AA=="]})", R"({"BS":["AA==","/w=="]})"},
      {R"({"L":[]})", R"({"L":[]})"},
      {R"({"L":[{"S":"a"},{"L":[{"N":"1"}]}]})", R"({"L":[{"S":"a"},{"L":[{"N":"1"}]}]})"},
      {R"({"M":{"b":{"S":"1"},"a":{"N":"2"},"b":{"S":"3"}}})",
       R"({"M":{"a":{"N":"2"},"b":{"S":"3"}}})"},
      {R"({"S":null,"N":"1"})", R"({"N":"1"})"},
      {R"({"S":"a","S":"b"})", R"({"S":"b"})"},
      {R"({"dog":{"x":[1]},"S":"b"})", R"({"S":"b"})"}};
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(Canonical(text), expected);
    EXPECT_EQ(ProblemOf(text), "") << text;
  }
}

TEST(AttributeValues, RefusesWrongJsonTypes) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"1", "Unexpected value type in payload"},
      {"\"a\"", "Unexpected value type in payload"},
      {"[]", "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue"},
      {R"({"S":1})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"N":123})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"N":1.5})", "DECIMAL_VALUE cannot be converted to String"},
      {R"({"N":true})", "TRUE_VALUE cannot be converted to String"},
      {R"({"S":["a"]})", "Unrecognized collection type class java.lang.String"},
      {R"({"S":{}})", "Start of structure or map found where not expected"},
      {R"({"B":1})", "only base-64-encoded strings are convertible to bytes"},
      {R"({"B":false})", "only base-64-encoded strings are convertible to bytes"},
      {R"({"B":[]})", "Unrecognized collection type class java.nio.ByteBuffer"},
      {R"({"B":{}})", "Start of structure or map found where not expected"},
      {R"({"B":"AAA"})", "Base64 encoded length is expected a multiple of 4 bytes but found: 3"},
      {R"({"B":"AB=="})", "Invalid last non-pad Base64 character dectected"},
      {R"({"B":"A!A="})", "Invalid Base64 character: '!'"},
      {R"({"BOOL":1})", "NUMBER_VALUE cannot be converted to Boolean"},
      {R"({"NULL":[]})", "Unrecognized collection type class java.lang.Boolean"},
      {R"({"SS":"a"})", "Unexpected field type"},
      {R"({"SS":{}})", "Start of structure or map found where not expected"},
      {R"({"SS":[1]})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"BS":[1]})", "only base-64-encoded strings are convertible to bytes"},
      {R"({"L":"a"})", "Unexpected field type"},
      {R"({"L":{}})", "Start of structure or map found where not expected"},
      {R"({"L":["a"]})", "Unexpected value type in payload"},
      {R"({"M":"a"})", "Unexpected field type"},
      {R"({"M":[]})",
       "Unrecognized collection type java.util.Map<java.lang.String, "
       "com.amazonaws.dynamodb.v20120810.AttributeValue>"},
      {R"({"M":{"a":"b"}})", "Unexpected value type in payload"}};
  for (const auto& [text, expected] : cases) {
    const auto read = [](JsonValue& value) { return value.ItemMap(ValueTexts::kNewer); };
    EXPECT_EQ(ErrorOf(R"({"x":{"a":)" + text + "}}", read), "SerializationException|" + expected)
        << text;
  }
}

TEST(AttributeValues, KeepProblemsInTheNewerWords) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{}",
       "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
      {R"({"dog":"x"})",
       "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
      {R"({"S":"a","N":"1"})",
       "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
       "supported "
       "datatypes"},
      {R"({"NULL":false})",
       "One or more parameter values were invalid: Null attribute value types must have the value "
       "of true"},
      {R"({"SS":[]})",
       "One or more parameter values were invalid: An string set  may not be empty"},
      {R"({"NS":[]})",
       "One or more parameter values were invalid: An number set  may not be empty"},
      {R"({"BS":[]})",
       "One or more parameter values were invalid: Binary sets should not be empty"},
      {R"({"N":"abc"})", "The parameter cannot be converted to a numeric value: abc"},
      {R"({"N":" 1"})", "The parameter cannot be converted to a numeric value:  1"},
      {R"({"N":""})", "The parameter cannot be converted to a numeric value: "},
      {R"({"NS":[""]})", "The parameter cannot be converted to a numeric value: "},
      {R"({"N":"1e126"})",
       "Number overflow. Attempting to store a number with magnitude larger than supported range"},
      {R"({"N":"1e99999999999"})",
       "Number overflow. Attempting to store a number with magnitude larger than supported range"},
      {R"({"N":"1e-131"})",
       "Number underflow. Attempting to store a number with magnitude smaller than supported "
       "range"},
      {R"({"N":"1234567890123456789012345678901234567891"})",
       "Attempting to store more than 38 significant digits in a Number"},
      {R"({"SS":["b","a","b"]})",
       R"(One or more parameter values were invalid: Input collection ["a", "b", "b"] contains duplicates.)"},
      {R"({"SS":["",""]})",
       R"(One or more parameter values were invalid: Input collection ["", ""] contains duplicates.)"},
      {R"({"SS":["c","a","a","b"]})",
       R"(One or more parameter values were invalid: Input collection ["a", "c", "a", "b"] contains duplicates.)"},
      {R"({"BS":["/w==","AA==","AA=="]})",
       R"(One or more parameter values were invalid: Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.)"},
      {R"({"BS":["",""]})",
       R"(One or more parameter values were invalid: Input collection ["",""]of type BS contains duplicates.)"},
      {R"({"NS":["2","1","2.0"]})",
       "One or more parameter values were invalid: Input collection contains duplicates."},
      {R"({"M":{"":{"S":"x"}}})", "Empty attribute name"},
      {Maps(32), std::string(kTooDeep)},
      {R"({"L":[null]})",
       "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"}};
  for (const auto& [text, expected] : cases) EXPECT_EQ(ProblemOf(text), expected) << text;
}

TEST(AttributeValues, KeepProblemsInTheOlderWords) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"N":""})", "The parameter cannot be converted to a numeric value"},
      {R"({"N":"abc"})", "The parameter cannot be converted to a numeric value: abc"},
      {R"({"N":"1e2147483647"})",
       "Number underflow. Attempting to store a number with magnitude smaller than supported "
       "range"},
      {R"({"N":"1e2147483648"})",
       "The parameter cannot be converted to a numeric value: 1e2147483648"},
      {R"({"SS":["b","a","b"]})",
       "One or more parameter values were invalid: Input collection [b, a, b] contains "
       "duplicates."},
      {R"({"BS":["/w==","AA==","AA=="]})",
       "One or more parameter values were invalid: Input collection [/w==, AA==, AA==]of type BS "
       "contains "
       "duplicates."},
      {R"({"NS":["2","1","2"]})", "Input collection contains duplicates"}};
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(ProblemOf(text, ValueTexts::kOlder), expected) << text;
  }
}

TEST(AttributeValues, KeepTheFirstProblemDepthFirst) {
  EXPECT_EQ(ProblemOf(R"({"M":{"z":{"L":[{"N":"first"}]},"a":{"N":"second"}}})"),
            "The parameter cannot be converted to a numeric value: first");
  EXPECT_EQ(ProblemOf(R"({"S":"a","N":"bad"})"),
            "The parameter cannot be converted to a numeric value: bad");
}

TEST(AttributeValues, AcceptThirtyOneMapsAroundAScalar) {
  EXPECT_EQ(ProblemOf(Maps(31)), "");
  EXPECT_EQ(ReadOneValue(Maps(31)).nesting_levels, 32U);
  EXPECT_EQ(ReadOneValue(Maps(32)).nesting_levels, 33U);
  EXPECT_EQ(ReadOneValue(Maps(63)).nesting_levels, 64U);
}

TEST(AttributeValues, SurviveVeryDeepNesting) {
  EXPECT_EQ(ProblemOf(Maps(50'000)), kTooDeep);
  EXPECT_GT(ReadOneValue(Maps(50'000)).nesting_levels, 64U);
  const auto read = [](JsonValue& value) { return value.Value(ValueTexts::kNewer); };
  EXPECT_EQ(ErrorOf("{\"x\":" + Maps(50'000, "[") + "}", read), "SerializationException|");
}

TEST(AttributeValues, NestingBeatsAnEmptyNameInside) {
  EXPECT_EQ(ProblemOf(R"({"M":{"":{"S":"x"},"b":)" + Maps(40) + "}}"), kTooDeep);
  EXPECT_EQ(ProblemOf(R"({"L":[{"N":"x"},)" + Maps(40) + "]}"),
            "The parameter cannot be converted to a numeric value: x");
}

TEST(ItemMap, SortsAttributesAndKeepsTheLastOfEqualNames) {
  EXPECT_EQ(ItemJson(ReadOneItem(R"({"b":{"S":"1"},"a":{"S":"2"},"b":{"S":"3"}})").item),
            R"({"a":{"S":"2"},"b":{"S":"3"}})");
}

TEST(ItemMap, EmptyNameOfTheItemBeatsEverything) {
  const auto parsed = ReadOneItem(R"({"a":)" + Maps(100) + R"(,"b":{"N":"x"},"":{"S":"x"}})");
  ASSERT_TRUE(parsed.problem);
  EXPECT_EQ(parsed.problem->client_text(), "Empty attribute name");
  EXPECT_EQ(parsed.nesting_levels, 101U);
}

TEST(ItemMap, RefusesWhatIsNoMap) {
  const auto read = [](JsonValue& value) { return value.ItemMap(ValueTexts::kNewer); };
  EXPECT_EQ(ErrorOf(R"({"x":"a"})", read), "SerializationException|Unexpected field type");
  EXPECT_EQ(ErrorOf(R"({"x":[]})", read),
            "SerializationException|Unrecognized collection type java.util.Map<java.lang.String, "
            "com.amazonaws.dynamodb.v20120810.AttributeValue>");
}

}  // namespace
}  // namespace pumice
