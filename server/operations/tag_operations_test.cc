// SPDX-License-Identifier: Apache-2.0
// TagResource, UntagResource and ListTagsOfResource together.
#include <string>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

constexpr std::string_view kArn = "arn:aws:dynamodb:us-east-1:000000000000:table/table";
constexpr std::string_view kInvalid =
    "ValidationException: One or more parameter values were invalid: ";

class TagOperationsTest : public testing::Test {
 protected:
  TagOperationsTest() { service_.MakeTable(); }

  std::string Tag(std::string_view tags, std::string_view arn = kArn) {
    return service_.Call("TagResource",
                         fmt::format(R"({{"ResourceArn":"{}","Tags":{}}})", arn, tags));
  }
  std::string Untag(std::string_view keys, std::string_view arn = kArn) {
    return service_.Call("UntagResource",
                         fmt::format(R"({{"ResourceArn":"{}","TagKeys":{}}})", arn, keys));
  }
  std::string List(std::string_view more = "", std::string_view arn = kArn) {
    return service_.Call("ListTagsOfResource",
                         fmt::format(R"({{"ResourceArn":"{}"{}}})", arn, more));
  }
  static std::string Tags(int from, int count) {
    std::string tags = "[";
    for (int i = from; i < from + count; ++i) {
      tags += fmt::format(R"({}{{"Key":"k{}","Value":"v"}})", i == from ? "" : ",", i);
    }
    return tags + "]";
  }

  TestService service_;
};

TEST_F(TagOperationsTest, AddReplaceAndTakeAway) {
  EXPECT_EQ(List(), R"({"Tags":[]})");
  EXPECT_EQ(Tag(R"([{"Key":"a","Value":"1"},{"Key":"b","Value":""}])"), "");
  EXPECT_EQ(Tag(R"([{"Key":"a","Value":"2"}])"), "");
  EXPECT_EQ(List(), R"({"Tags":[{"Key":"a","Value":"2"},{"Key":"b","Value":""}]})");
  EXPECT_EQ(Untag(R"(["a","never there"])"), "");
  EXPECT_EQ(List(), R"({"Tags":[{"Key":"b","Value":""}]})");
}

// As many as a request's body holds. Once they were compared with one another.
TEST_F(TagOperationsTest, RefuseHundredsOfThousands) {
  constexpr std::string_view kTooMany =
      "ValidationException: Number of Tags exceed the current limit for the provided ResourceArn";
  EXPECT_EQ(Tag(Tags(0, 400'000)), kTooMany);
  EXPECT_EQ(List(), R"({"Tags":[]})");
}

TEST_F(TagOperationsTest, ListTenAPage) {
  EXPECT_EQ(Tag(Tags(0, 12)), "");
  const std::string first = List();
  EXPECT_EQ(first, R"({"Tags":)" + Tags(0, 10) + R"(,"NextToken":"azk="})");
  EXPECT_EQ(List(R"(,"NextToken":"azk=")"), R"({"Tags":)" + Tags(10, 2) + "}");
  EXPECT_EQ(List(R"(,"NextToken":"no token")"), first);
}

TEST_F(TagOperationsTest, RefuseMoreThanFifty) {
  const std::string limit =
      "ValidationException: Number of Tags exceed the current limit for the provided ResourceArn";
  EXPECT_EQ(Tag(Tags(0, 51)), limit);
  EXPECT_EQ(Tag(Tags(0, 50)), "");
  EXPECT_EQ(Tag(Tags(50, 1)), limit);
  EXPECT_EQ(Tag(Tags(49, 1)), "");
}

TEST_F(TagOperationsTest, RefuseNothingToDo) {
  EXPECT_EQ(Tag("[]"), "ValidationException: Atleast one Tag needs to be provided as Input.");
  EXPECT_EQ(Untag("[]"), "ValidationException: Atleast one Tag Key needs to be provided as Input.");
}

TEST_F(TagOperationsTest, RefuseBadTags) {
  const std::string key129(129, 'k');
  EXPECT_EQ(Tag(R"([{"Key":"aws:x","Value":"1"}])"),
            "ValidationException: Tag Key cannot be prefixed with aws:, Key: aws:x");
  EXPECT_EQ(Tag(R"([{"Key":"a*","Value":"1"}])"),
            "ValidationException: The Tag Key provided is invalid, Key: a*");
  EXPECT_EQ(Tag(R"([{"Key":"a","Value":"1"},{"Key":"a","Value":"2"}])"),
            std::string(kInvalid) + "Duplicate tag key: a");
  EXPECT_EQ(Tag(R"([{"Key":")" + key129 + R"(","Value":"1"}])"),
            std::string(kEnvelopeError) + "Value '" + key129 +
                "' at 'tags.1.member.key' failed to satisfy constraint: Member must have length "
                "less than or equal to 128");
  EXPECT_EQ(Tag(R"([{"Key":"a"}])"),
            std::string(kEnvelopeError) +
                "Value null at 'tags.1.member.value' failed to satisfy constraint: Member must "
                "not be null");
}

TEST_F(TagOperationsTest, CountCharactersNotBytes) {
  std::string umlauts;
  for (int i = 0; i < 128; ++i) umlauts += "\xC3\xA4";
  EXPECT_EQ(Tag(R"([{"Key":")" + umlauts + R"(","Value":"1"}])"), "");
}

TEST_F(TagOperationsTest, RefuseOtherResources) {
  EXPECT_EQ(List("", "table"), std::string(kInvalid) + "ARNs must start with 'arn:': table");
  const std::string backup = "arn:aws:dynamodb:us-east-1:000000000000:backup/b";
  EXPECT_EQ(List("", backup),
            std::string(kInvalid) +
                "Invalid resource arn provided, only table or stream is accepted. Provided "
                "resource arn: " +
                backup);
  const std::string bucket = "arn:aws:s3:::bucket";
  EXPECT_EQ(
      List("", bucket),
      "ValidationException: Invalid TableArn: Invalid ResourceArn provided as input " + bucket);
  const std::string other = "arn:aws:dynamodb:us-east-1:000000000000:table/Table";
  for (const std::string& answer :
       {List("", other), Tag(Tags(0, 1), other), Untag("[\"k\"]", other)}) {
    EXPECT_EQ(answer, "ResourceNotFoundException: Requested resource not found: ResourceArn: " +
                          other + " not found");
  }
  EXPECT_EQ(
      service_.Call("ListTagsOfResource", "{}"),
      std::string(kEnvelopeError) +
          "Value null at 'resourceArn' failed to satisfy constraint: Member must not be null");
}

}  // namespace
}  // namespace pumice
