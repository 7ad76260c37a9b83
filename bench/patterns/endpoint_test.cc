// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/endpoint.h"

#include <map>

#include <gtest/gtest.h>

#include "bench/patterns/pattern_test_support.h"

namespace pumice::patterns {
namespace {

Environment Of(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

constexpr UrlFlag kFlag{.name = "--against", .takes_names = true};
const Environment kEmpty = Of({});
const Environment kKeys = Of({{"AWS_ACCESS_KEY_ID", "key"}, {"AWS_SECRET_ACCESS_KEY", "secret"}});

TEST(Endpoint, IsReadFromAUrl) {
  const auto endpoint = ReadEndpoint(kFlag, "http://localhost:8000", "", kEmpty);
  ASSERT_TRUE(endpoint) << endpoint.error().client_text();
  EXPECT_EQ(endpoint.value().name, "http://localhost:8000");
  EXPECT_EQ(endpoint.value().host, "localhost");
  EXPECT_EQ(endpoint.value().port, "8000");
  EXPECT_EQ(endpoint.value().host_header, "localhost:8000");
  EXPECT_EQ(endpoint.value().path, "/");
  EXPECT_FALSE(endpoint.value().tls);
  EXPECT_EQ(endpoint.value().region, "us-east-1");
}

TEST(Endpoint, MayHaveANameAndAPath) {
  const auto endpoint = ReadEndpoint(kFlag, "mine=https://[::1]/x", "", kEmpty);
  ASSERT_TRUE(endpoint) << endpoint.error().client_text();
  EXPECT_EQ(endpoint.value().name, "mine");
  EXPECT_EQ(endpoint.value().url, "https://[::1]/x");
  EXPECT_EQ(endpoint.value().host, "::1");
  EXPECT_EQ(endpoint.value().port, "443");
  EXPECT_EQ(endpoint.value().path, "/x");
  EXPECT_TRUE(endpoint.value().tls);
}

TEST(Endpoint, RefusesWhatIsNoUrl) {
  for (const std::string text : {"localhost:8000", "ftp://x", "http://", "http://x:port"}) {
    const auto endpoint = ReadEndpoint(kFlag, text, "", kEmpty);
    ASSERT_FALSE(endpoint) << text;
    EXPECT_EQ(endpoint.error().client_text(), "--against " + text +
                                                  ": a URL like http://localhost:8000 is needed, "
                                                  "or name=http://localhost:8000");
  }
}

TEST(Endpoint, HasNoNameWhereTheFlagTakesNone) {
  for (const std::string text : {"mine=http://localhost:8000", "http://"}) {
    const auto endpoint = ReadEndpoint({"--endpoint-url"}, text, "", kEmpty);
    ASSERT_FALSE(endpoint) << text;
    EXPECT_EQ(endpoint.error().client_text(),
              "--endpoint-url " + text + ": a URL like http://localhost:8000 is needed");
  }
}

TEST(Endpoint, TakesTheRegionWhereItStands) {
  const auto region = [](std::string_view url, const std::string& flag, const Environment& from) {
    return ReadEndpoint(kFlag, url, flag, from).value().region;
  };
  constexpr std::string_view kAws = "https://dynamodb.eu-west-1.amazonaws.com";
  EXPECT_EQ(region(kAws, "", kKeys), "eu-west-1");
  EXPECT_EQ(region(kAws, "eu-north-1", kKeys), "eu-north-1");
  EXPECT_EQ(region("http://localhost", "", Of({{"AWS_REGION", "r"}})), "r");
  EXPECT_EQ(region("http://localhost", "", Of({{"AWS_DEFAULT_REGION", "d"}})), "d");
}

TEST(Endpoint, TakesCredentialsFromTheEnvironment) {
  const auto endpoint = ReadEndpoint(kFlag, "http://localhost", "",
                                     Of({{"AWS_ACCESS_KEY_ID", "key"},
                                         {"AWS_SECRET_ACCESS_KEY", "secret"},
                                         {"AWS_SESSION_TOKEN", "token"}}));
  EXPECT_EQ(endpoint.value().credentials.access_key, "key");
  EXPECT_EQ(endpoint.value().credentials.secret_key, "secret");
  EXPECT_EQ(endpoint.value().credentials.session_token, "token");
}

TEST(Endpoint, TakesCredentialsFromAProfile) {
  const TestFolder folder;
  const std::string path = folder.Write("credentials",
                                        "[default]\naws_access_key_id = a\n"
                                        "aws_secret_access_key = b\n[work]\n"
                                        "aws_access_key_id = c\naws_secret_access_key = d\n");
  const auto key = [&](std::map<std::string, std::string> more) {
    more["AWS_SHARED_CREDENTIALS_FILE"] = path;
    return ReadEndpoint(kFlag, "http://localhost", "", Of(std::move(more)))
        .value()
        .credentials.access_key;
  };
  EXPECT_EQ(key({}), "a");
  EXPECT_EQ(key({{"AWS_PROFILE", "work"}}), "c");
  EXPECT_EQ(key({{"AWS_PROFILE", "other"}}), "pumicebench");
}

TEST(Endpoint, NeedsCredentialsForAws) {
  const auto endpoint = ReadEndpoint(kFlag, "https://dynamodb.us-east-1.amazonaws.com", "", kEmpty);
  ASSERT_FALSE(endpoint);
  EXPECT_EQ(endpoint.error().client_text(),
            "https://dynamodb.us-east-1.amazonaws.com: AWS needs credentials: set "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), or AWS_PROFILE");
}

}  // namespace
}  // namespace pumice::patterns
