// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/function_name.h"

#include <gtest/gtest.h>

namespace pumice {
namespace {

std::string Parsed(std::string_view text) {
  const auto name = ParseFunctionName(text);
  return name ? name.value().name + "|" + name.value().qualifier
              : std::string(name.error().exception().name);
}

TEST(FunctionName, IsReadInEachForm) {
  EXPECT_EQ(Parsed("f"), "f|");
  EXPECT_EQ(Parsed("f:prod"), "f|prod");
  EXPECT_EQ(Parsed("f:$LATEST"), "f|$LATEST");
  EXPECT_EQ(Parsed("function:f:1"), "f|1");
  EXPECT_EQ(Parsed("123456789012:function:f"), "f|");
  EXPECT_EQ(Parsed("123456789012:function:f:1"), "f|1");
  EXPECT_EQ(Parsed("arn:aws:lambda:us-east-1:123456789012:function:f"), "f|");
  EXPECT_EQ(Parsed("arn:aws:lambda:us-gov-west-1:123456789012:function:f:prod"), "f|prod");
  EXPECT_EQ(Parsed("arn:aws-cn:lambda:cn-north-1:123456789012:function:f"), "f|");
  EXPECT_EQ(Parsed("arn:aws:lambda:ddblocal:000000000000:function:f"), "f|");
}

// Each of these words can be a function's name, too.
TEST(FunctionName, ItsLastPartIsTheName) {
  EXPECT_EQ(Parsed("function"), "function|");
  EXPECT_EQ(Parsed("123456789012"), "123456789012|");
  EXPECT_EQ(Parsed("us-east-1"), "us-east-1|");
}

TEST(FunctionName, OtherTextIsRefused) {
  for (const std::string_view text :
       {"", ":", "f:", ":f", "a b", "f/g", "f:a:b", "f:a b", "arn:aws:s3:::bucket",
        "f1234567890123456789012345678901234567890123456789012345678901234"}) {
    EXPECT_EQ(Parsed(text), "ValidationException") << text;
  }
}

TEST(FunctionName, ItsQualifierStandsInOnePlace) {
  LambdaCall call;
  call.path_parameters["FunctionName"] = "f:prod";
  call.query["Qualifier"] = "prod";
  EXPECT_EQ(NamedFunction(call).value().qualifier, "prod");
  call.query["Qualifier"] = "1";
  EXPECT_EQ(NamedFunction(call).error().message(),
            "The derived qualifier from the function name does not match the specified qualifier.");
}

}  // namespace
}  // namespace pumice
