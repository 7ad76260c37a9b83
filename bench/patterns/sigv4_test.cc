// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/sigv4.h"

#include <gtest/gtest.h>

namespace pumice::patterns {
namespace {

constexpr std::string_view kTime = "20150830T123600Z";
constexpr std::string_view kBegin =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ";

struct Case {
  std::string_view method;
  SignedHeaders headers;
  std::string_view body;
  std::string_view end;
};

std::string Sign(Signer& signer, const Case& example) {
  return signer.Authorization({example.method, "/", example.headers, example.body, kTime});
}

// From AWS's published test suite for Signature Version 4: get-vanilla, post-vanilla,
// post-x-www-form-urlencoded.
TEST(Signer, SignsAsTheTestSuiteOfAws) {
  const Case cases[] = {
      {"GET",
       {{"host", "example.amazonaws.com"}, {"x-amz-date", kTime}},
       "",
       "SignedHeaders=host;x-amz-date, "
       "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"POST",
       {{"host", "example.amazonaws.com"}, {"x-amz-date", kTime}},
       "",
       "SignedHeaders=host;x-amz-date, "
       "Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"POST",
       {{"content-type", "application/x-www-form-urlencoded"},
        {"host", "example.amazonaws.com"},
        {"x-amz-date", kTime}},
       "Param1=value1",
       "SignedHeaders=content-type;host;x-amz-date, "
       "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
  };
  Signer signer({"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""}, "us-east-1",
                "service");
  for (const Case& example : cases) {
    EXPECT_EQ(Sign(signer, example), std::string(kBegin) + std::string(example.end));
  }
}

// What botocore 1.43 makes of the same request.
TEST(Signer, SignsTheSessionToken) {
  const Case example = {
      "POST",
      {{"content-type", "application/x-amz-json-1.0"},
       {"host", "example.amazonaws.com"},
       {"x-amz-date", kTime},
       {"x-amz-security-token", "TOKEN"},
       {"x-amz-target", "DynamoDB_20120810.ListTables"}},
      "{}",
      "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "
      "Signature=f8e8f45273b7f89934101c6a79a5a4943153a790dfe3d2dfcbf699db2c6be4a5"};
  Signer signer({"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "TOKEN"}, "us-east-1",
                "service");
  EXPECT_EQ(Sign(signer, example), std::string(kBegin) + std::string(example.end));
}

}  // namespace
}  // namespace pumice::patterns
