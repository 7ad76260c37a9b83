// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/event_pattern.h"

#include <string>

#include <gtest/gtest.h>

namespace pumice {
namespace {

/// A record as AWS's samples and LocalStack's recordings of AWS have it, shortened.
constexpr std::string_view kRecord = R"({
  "eventID": "e2fd9c34eff2d779b297b26f5fef4206", "eventName": "INSERT", "eventVersion": "1.1",
  "awsRegion": "us-east-1",
  "dynamodb": {
    "ApproximateCreationDateTime": 1700000000.0,
    "Keys": {"id": {"S": "id_value"}},
    "NewImage": {
      "id": {"S": "id_value"}, "presentKey": {"S": "presentValue"}, "age": {"N": "20"},
      "empty": {"S": ""}, "flag": {"BOOL": true}, "nothing": {"NULL": true},
      "address": {"S": "10.0.0.17"}, "address6": {"S": "2001:db8::17"},
      "tags": {"SS": ["red", "green"]},
      "list": {"L": [{"S": "first"}, {"N": "2"}]},
      "people": {"L": [{"M": {"name": {"S": "Anna"}, "town": {"S": "Ulm"}}},
                       {"M": {"name": {"S": "Bert"}, "town": {"S": "Bonn"}, "old": {"BOOL": true}}}]}
    },
    "SequenceNumber": "100000000000000000001", "SizeBytes": 46,
    "StreamViewType": "NEW_AND_OLD_IMAGES"
  }
})";

struct Case {
  const char* pattern;
  bool matches;
};

class PatternMatch : public testing::TestWithParam<Case> {};

TEST_P(PatternMatch, IsAsTold) {
  const auto filter = EventFilter::Parse({GetParam().pattern});
  ASSERT_TRUE(filter.has_value()) << GetParam().pattern << ": " << filter.error().log_text();
  EXPECT_EQ(filter.value().Passes(kRecord), GetParam().matches) << GetParam().pattern;
}

#define IMAGE(text) "{\"dynamodb\":{\"NewImage\":" text "}}"

constexpr Case kLiterals[] = {
    {R"({"eventName":["INSERT"]})", true},
    {R"({"eventName":["REMOVE","INSERT"]})", true},
    {R"({"eventName":["insert"]})", false},
    {R"({"eventName":["MODIFY"]})", false},
    {R"({"eventName":["INSERT"],"awsRegion":["us-east-1"]})", true},
    {R"({"eventName":["INSERT"],"awsRegion":["eu-west-1"]})", false},
    {R"({"absent":["x"]})", false},
    {IMAGE(R"({"presentKey":{"S":["presentValue"]}})"), true},
    {IMAGE(R"({"presentKey":{"S":["other"]}})"), false},
    // AWS-recorded: without the type's tag nothing matches.
    {IMAGE(R"({"presentKey":["presentValue"]})"), false},
    {IMAGE(R"({"empty":{"S":[""]}})"), true},
    {IMAGE(R"({"presentKey":{"S":[""]}})"), false},
    {IMAGE(R"({"flag":{"BOOL":[true]}})"), true},
    {IMAGE(R"({"flag":{"BOOL":[false]}})"), false},
    {IMAGE(R"({"nothing":{"NULL":[null]}})"), false},
    {IMAGE(R"({"age":{"N":["20"]}})"), true},
    {IMAGE(R"({"age":{"N":[20]}})"), false},
    // Numbers are equal when they are written alike.
    {R"({"dynamodb":{"SizeBytes":[46]}})", true},
    {R"({"dynamodb":{"SizeBytes":[46.0]}})", false},
    {R"({"dynamodb":{"SizeBytes":["46"]}})", false},
};
INSTANTIATE_TEST_SUITE_P(Literals, PatternMatch, testing::ValuesIn(kLiterals));

constexpr Case kTexts[] = {
    {IMAGE(R"({"presentKey":{"S":[{"prefix":"present"}]}})"), true},
    {IMAGE(R"({"presentKey":{"S":[{"prefix":"Present"}]}})"), false},
    {IMAGE(R"({"presentKey":{"S":[{"prefix":{"equals-ignore-case":"PRESENT"}}]}})"), true},
    {IMAGE(R"({"presentKey":{"S":[{"suffix":"Value"}]}})"), true},
    {IMAGE(R"({"presentKey":{"S":[{"suffix":"value"}]}})"), false},
    {IMAGE(R"({"presentKey":{"S":[{"suffix":{"equals-ignore-case":"vALUE"}}]}})"), true},
    {IMAGE(R"({"presentKey":{"S":[{"suffix":"a longer text than that value"}]}})"), false},
    {IMAGE(R"({"presentKey":{"S":[{"equals-ignore-case":"PRESENTVALUE"}]}})"), true},
    {IMAGE(R"({"presentKey":{"S":[{"equals-ignore-case":"PRESENTVALU"}]}})"), false},
    {IMAGE(R"({"presentKey":{"S":[{"wildcard":"pre*Val*"}]}})"), true},
    {IMAGE(R"({"presentKey":{"S":[{"wildcard":"*"}]}})"), true},
    {IMAGE(R"({"presentKey":{"S":[{"wildcard":"*Value"}]}})"), true},
    {IMAGE(R"({"presentKey":{"S":[{"wildcard":"*e*e*e"}]}})"), true},
    {IMAGE(R"({"presentKey":{"S":[{"wildcard":"*e*e*e*e"}]}})"), false},
    {IMAGE(R"({"presentKey":{"S":[{"wildcard":"present\\*"}]}})"), false},
    {IMAGE(R"({"empty":{"S":[{"wildcard":"*"}]}})"), true},
    // A prefix is one of texts; a number has none.
    {R"({"dynamodb":{"SizeBytes":[{"prefix":"4"}]}})", false},
};
INSTANTIATE_TEST_SUITE_P(Texts, PatternMatch, testing::ValuesIn(kTexts));

constexpr Case kAnythingBut[] = {
    {R"({"eventName":[{"anything-but":"REMOVE"}]})", true},
    {R"({"eventName":[{"anything-but":"INSERT"}]})", false},
    {R"({"eventName":[{"anything-but":["MODIFY","REMOVE"]}]})", true},
    {R"({"eventName":[{"anything-but":["MODIFY","INSERT"]}]})", false},
    {R"({"dynamodb":{"SizeBytes":[{"anything-but":[45,47]}]}})", true},
    {R"({"dynamodb":{"SizeBytes":[{"anything-but":46}]}})", false},
    {R"({"eventName":[{"anything-but":{"prefix":"IN"}}]})", false},
    {R"({"eventName":[{"anything-but":{"prefix":"RE"}}]})", true},
    {R"({"eventName":[{"anything-but":{"prefix":["RE","IN"]}}]})", false},
    {R"({"eventName":[{"anything-but":{"suffix":"ERT"}}]})", false},
    {R"({"eventName":[{"anything-but":{"equals-ignore-case":"insert"}}]})", false},
    {R"({"eventName":[{"anything-but":{"equals-ignore-case":["modify","remove"]}}]})", true},
    {R"({"eventName":[{"anything-but":{"wildcard":"*S*"}}]})", false},
    {R"({"absent":[{"anything-but":"x"}]})", false},
};
INSTANTIATE_TEST_SUITE_P(AnythingBut, PatternMatch, testing::ValuesIn(kAnythingBut));

constexpr Case kNumeric[] = {
    {R"({"dynamodb":{"SizeBytes":[{"numeric":["=",46.0]}]}})", true},
    {R"({"dynamodb":{"SizeBytes":[{"numeric":[">",46]}]}})", false},
    {R"({"dynamodb":{"SizeBytes":[{"numeric":[">=",46]}]}})", true},
    {R"({"dynamodb":{"SizeBytes":[{"numeric":["<",4.7e1]}]}})", true},
    {R"({"dynamodb":{"SizeBytes":[{"numeric":["<=",45]}]}})", false},
    {R"({"dynamodb":{"SizeBytes":[{"numeric":[">",0,"<=",46]}]}})", true},
    {R"({"dynamodb":{"SizeBytes":[{"numeric":[">",0,"<",46]}]}})", false},
    // AWS-recorded: it does match the creation time, and no N, which is a text.
    {R"({"dynamodb":{"ApproximateCreationDateTime":[{"numeric":[">",1]}]}})", true},
    {IMAGE(R"({"age":{"N":[{"numeric":[">",1]}]}})"), false},
};
INSTANTIATE_TEST_SUITE_P(Numeric, PatternMatch, testing::ValuesIn(kNumeric));

// AWS-recorded where it says so.
constexpr Case kExists[] = {
    {IMAGE(R"({"presentKey":{"S":[{"exists":true}]}})"), true},    // recorded
    {IMAGE(R"({"presentKey":[{"exists":true}]})"), false},         // recorded
    {IMAGE(R"({"presentKey":[{"exists":false}]})"), true},         // recorded
    {IMAGE(R"({"absentKey":[{"exists":false}]})"), true},          // recorded
    {IMAGE(R"({"presentKey":{"S":[{"exists":false}]}})"), false},  // recorded
    {IMAGE(R"({"absentKey":{"S":[{"exists":true}]}})"), false},
    {IMAGE(R"({"absentKey":{"S":[{"exists":false}]}})"), true},
    {R"({"dynamodb":{"OldImage":{"id":{"S":[{"exists":false}]}}}})", true},
    {R"({"dynamodb":{"OldImage":{"id":{"S":[{"exists":false},"x"]}}}})", true},
    {IMAGE(R"({"people":{"L":{"M":{"old":{"BOOL":[{"exists":true}]}}}}})"), true},
    {IMAGE(R"({"people":{"L":{"M":{"old":{"BOOL":[{"exists":false}]}}}}})"), false},
};
INSTANTIATE_TEST_SUITE_P(Exists, PatternMatch, testing::ValuesIn(kExists));

constexpr Case kCidr[] = {
    {IMAGE(R"({"address":{"S":[{"cidr":"10.0.0.0/24"}]}})"), true},
    {IMAGE(R"({"address":{"S":[{"cidr":"10.0.0.0/28"}]}})"), false},
    {IMAGE(R"({"address":{"S":[{"cidr":"10.0.0.16/29"}]}})"), true},
    {IMAGE(R"({"address":{"S":[{"cidr":"0.0.0.0/0"}]}})"), true},
    {IMAGE(R"({"address":{"S":[{"cidr":"10.0.0.17"}]}})"), true},
    {IMAGE(R"({"address":{"S":[{"cidr":"10.0.0.18"}]}})"), false},
    {IMAGE(R"({"address6":{"S":[{"cidr":"2001:db8::/32"}]}})"), true},
    {IMAGE(R"({"address6":{"S":[{"cidr":"2001:db9::/32"}]}})"), false},
    {IMAGE(R"({"address":{"S":[{"cidr":"2001:db8::/32"}]}})"), false},
    {IMAGE(R"({"presentKey":{"S":[{"cidr":"0.0.0.0/0"}]}})"), false},
};
INSTANTIATE_TEST_SUITE_P(Cidr, PatternMatch, testing::ValuesIn(kCidr));

constexpr Case kArrays[] = {
    {IMAGE(R"({"tags":{"SS":["green"]}})"), true},
    {IMAGE(R"({"tags":{"SS":["blue"]}})"), false},
    {IMAGE(R"({"tags":{"SS":[{"anything-but":"green"}]}})"), true},
    {IMAGE(R"({"list":{"L":{"S":["first"]}}})"), true},
    {IMAGE(R"({"list":{"L":{"N":["2"]}}})"), true},
    {IMAGE(R"({"list":{"L":["first"]}})"), false},
    {IMAGE(R"({"people":{"L":{"M":{"name":{"S":["Anna"]},"town":{"S":["Ulm"]}}}}})"), true},
    // Anna does not live in Bonn.
    {IMAGE(R"({"people":{"L":{"M":{"name":{"S":["Anna"]},"town":{"S":["Bonn"]}}}}})"), false},
};
INSTANTIATE_TEST_SUITE_P(Arrays, PatternMatch, testing::ValuesIn(kArrays));

constexpr Case kCombined[] = {
    {R"({"$or":[{"eventName":["REMOVE"]},{"awsRegion":["us-east-1"]}]})", true},
    {R"({"$or":[{"eventName":["REMOVE"]},{"awsRegion":["eu-west-1"]}]})", false},
    {R"({"eventName":["MODIFY"],"$or":[{"eventVersion":["1.1"]},{"awsRegion":["x"]}]})", false},
    {IMAGE(R"({"$or":[{"age":{"N":["21"]}},{"$or":[{"age":{"N":["20"]}},{"id":{"S":["x"]}}]}]})"),
     true},
    // Of one pattern only an operator can be made: then it is a field of that name.
    {R"({"$or":[{"exists":false}]})", true},
    // AWS's own sample names "dynamodb" twice and means both.
    {R"({"dynamodb":{"Keys":{"id":{"S":["id_value"]}}},"dynamodb":{"SizeBytes":[46]}})", true},
    {R"({"dynamodb":{"Keys":{"id":{"S":["other"]}}},"dynamodb":{"SizeBytes":[46]}})", false},
    {R"({"dynamodb":{"Keys":{"id":{"S":["id_value"]}}},"dynamodb":{"SizeBytes":[47]}})", false},
};
INSTANTIATE_TEST_SUITE_P(Combined, PatternMatch, testing::ValuesIn(kCombined));

class PatternMistake : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(PatternMistake, IsRefused) {
  const auto [text, reason] = GetParam();
  const auto pattern = EventPattern::Parse(text);
  ASSERT_FALSE(pattern.has_value()) << text;
  EXPECT_EQ(pattern.error().code(), ErrorCode::kValidation);
  EXPECT_EQ(pattern.error().client_text(), "Invalid filter pattern definition.");
  EXPECT_EQ(pattern.error().log_text(), reason);
}

constexpr std::pair<const char*, const char*> kMistakes[] = {
    {"single-string", "it is no JSON"},
    {"", "it is no JSON"},
    {R"({"a":["b"])", "it is no JSON"},
    {R"("text")", "an object is missing or empty"},
    {R"(["a"])", "an object is missing or empty"},
    {"{}", "an object is missing or empty"},
    {R"({"a":{}})", "an object is missing or empty"},
    {R"({"a":"b"})", "\"a\" must be an object or a list"},
    {R"({"a":1})", "\"a\" must be an object or a list"},
    {R"({"a":[]})", "a list is empty"},
    {R"({"a":[["b"]]})", "a list stands within a list"},
    {R"({"a":[{"unknown":"b"}]})", "\"unknown\" is no operator"},
    {R"({"a":[{}]})", "an operator stands alone in its object"},
    {R"({"a":[{"prefix":"b","suffix":"c"}]})", "an operator stands alone in its object"},
    {R"({"a":[{"prefix":1}]})", "\"prefix\" needs a text"},
    {R"({"a":[{"prefix":{"equals-ignore-case":1}}]})", "\"prefix\" needs a text"},
    {R"({"a":[{"suffix":null}]})", "\"suffix\" needs a text"},
    {R"({"a":[{"equals-ignore-case":["b"]}]})", "\"equals-ignore-case\" needs a text"},
    {R"({"a":[{"wildcard":"b**c"}]})", "a wildcard holds ** or a \\ that escapes nothing"},
    {R"({"a":[{"wildcard":"b\\c"}]})", "a wildcard holds ** or a \\ that escapes nothing"},
    {R"({"a":[{"exists":"true"}]})", "\"exists\" needs true or false"},
    {R"({"a":[{"cidr":"10.0.0.0/33"}]})", "\"cidr\" needs an address, or a network and its length"},
    {R"({"a":[{"cidr":"ten"}]})", "\"cidr\" needs an address, or a network and its length"},
    {R"({"a":[{"numeric":">"}]})",
     "\"numeric\" needs a list of one or two operators with their numbers"},
    {R"({"a":[{"numeric":[">"]}]})",
     "\"numeric\" needs a list of one or two operators with their numbers"},
    {R"({"a":[{"numeric":[">","1"]}]})", "\"numeric\" needs a number behind each operator"},
    {R"({"a":[{"numeric":["!",1]}]})", "\"numeric\" has an operator that does not fit"},
    {R"({"a":[{"numeric":["<",1,">",0]}]})", "\"numeric\" has an operator that does not fit"},
    {R"({"a":[{"numeric":["=",1,"<",2]}]})", "\"numeric\" has an operator that does not fit"},
    {R"({"a":[{"numeric":[">",2,"<",1]}]})",
     "\"numeric\" has bounds between which there is no number"},
    {R"({"a":[{"anything-but":[]}]})", "\"anything-but\" has an empty list"},
    {R"({"a":[{"anything-but":["b",1]}]})", "\"anything-but\" mixes its kinds"},
    {R"({"a":[{"anything-but":true}]})", "\"anything-but\" needs texts or numbers"},
    {R"({"a":[{"anything-but":{"numeric":["=",1]}}]})",
     "\"anything-but\" holds an operator that it does not know"},
    {R"({"$or":[]})", "a list is empty"},
    {R"({"$or":[{"a":["b"]}]})", "\"a\" is no operator"},
    {R"({"$or":[{"a":["b"]},{"c":"d"}]})", "\"c\" must be an object or a list"},
};
INSTANTIATE_TEST_SUITE_P(All, PatternMistake, testing::ValuesIn(kMistakes));

TEST(EventFilter, PassesWhatOneOfItsPatternsMatches) {
  const auto filter =
      EventFilter::Parse({R"({"eventName":["REMOVE"]})", R"({"eventName":["INSERT"]})"});
  EXPECT_TRUE(filter.value().Passes(kRecord));
  EXPECT_FALSE(EventFilter::Parse({R"({"eventName":["REMOVE"]})"}).value().Passes(kRecord));
}

TEST(EventFilter, WithoutPatternsPassesAll) {
  EXPECT_TRUE(EventFilter::Parse({}).value().Passes(kRecord));
}

TEST(EventPattern, TakesDeepNesting) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += R"({"a":)";
  text += R"(["b"])" + std::string(500, '}');
  EXPECT_TRUE(EventPattern::Parse(text).has_value());
}

}  // namespace
}  // namespace pumice
