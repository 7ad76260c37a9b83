// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/target.h"

#include <gtest/gtest.h>

namespace pumice {
namespace {

TEST(Target, IsSplitAtTheFirstDot) {
  const auto target = ParseTarget("DynamoDB_20120810.PutItem");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->prefix, kDynamoDbTarget);
  EXPECT_EQ(target->operation, "PutItem");
  EXPECT_EQ(ParseTarget("A.B.C")->operation, "B.C");
}

TEST(Target, NeedsADot) {
  EXPECT_FALSE(ParseTarget(""));
  EXPECT_FALSE(ParseTarget("DynamoDB_20120810"));
}

TEST(JsonContentType, KnowsTwoTypesAndIgnoresParameters) {
  EXPECT_EQ(JsonContentType("application/x-amz-json-1.0"), kAmzJson);
  EXPECT_EQ(JsonContentType("Application/X-Amz-Json-1.0 ; charset=utf-8"), kAmzJson);
  EXPECT_EQ(JsonContentType("application/json;x"), "application/json");
}

TEST(JsonContentType, RefusesAllOthers) {
  for (const std::string_view type : {"", ";", "text/plain", "application/x-amz-json-1.1",
                                      "application/cbor", "application/jso", "application/jsonx"}) {
    EXPECT_FALSE(JsonContentType(type)) << type;
  }
}

}  // namespace
}  // namespace pumice
