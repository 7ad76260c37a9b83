// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/code_uri.h"

#include <utility>

#include <gtest/gtest.h>

namespace pumice {
namespace {

FunctionConfig Applied(std::string_view text) {
  FunctionConfig function;
  ApplyCodeUri(ParseCodeUri(text).value(), function);
  return function;
}

std::string Refusal(std::string_view text) {
  const auto parsed = ParseCodeUri(text);
  return parsed ? "" : parsed.error().client_text();
}

TEST(CodeUri, OfAFolderReloads) {
  const FunctionConfig function = Applied("file:///home/me/my%20code");
  EXPECT_EQ(function.code_path, "/home/me/my code");
  EXPECT_TRUE(function.hot_reload);
  EXPECT_EQ(function.runtime, FunctionRuntime::kPython) << "stays what it was";
}

TEST(CodeUri, OfAFolderMayBeRelative) {
  EXPECT_EQ(ParseCodeUri("file://./code").value().folder, "./code");
}

TEST(CodeUri, OfAnEndpoint) {
  const FunctionConfig function = Applied("http://localhost:9000/hook?key=1");
  EXPECT_EQ(function.runtime, FunctionRuntime::kHttp);
  EXPECT_EQ(function.endpoint, "http://localhost:9000/hook?key=1");
  EXPECT_FALSE(function.hot_reload);
}

TEST(CodeUri, OfARuntimeFromOutside) {
  const FunctionConfig function = Applied("runtime://127.0.0.1:9001");
  EXPECT_EQ(function.runtime, FunctionRuntime::kOutside);
  EXPECT_EQ(function.endpoint, "127.0.0.1:9001");
}

TEST(CodeUri, TellsWhatIsWrong) {
  const std::pair<const char*, const char*> kCases[] = {
      {"s3://bucket/key",
       R"(is "s3://bucket/key"; it must be file:///folder, http://host:port/path or runtime://host:port)"},
      {"file://", "must name a folder behind file://, as in file:///home/me/code"},
      {"https://host/",
       R"(is "https://host/"; only http:// is supported: name the http address behind the TLS proxy)"},
      {"http://:80/", R"(is "http://:80/"; it must be http://host:port/path)"},
      {"http://host:65536/", R"(is "http://host:65536/"; it must be http://host:port/path)"},
      {"http://host:x/", R"(is "http://host:x/"; it must be http://host:port/path)"},
      {"http://user@host/", R"(is "http://user@host/"; it must be http://host:port/path)"},
      {"http://host/a b", R"(is "http://host/a b"; it must be http://host:port/path)"},
      {"runtime://host",
       R"(is "host"; it must be an address of this machine and a port, as in 127.0.0.1:9001)"},
      {"runtime://host:0", "must name a port from 1 to 65535"},
  };
  for (const auto& [text, refusal] : kCases) EXPECT_EQ(Refusal(text), refusal);
}

TEST(CodeUri, IsToldFromOtherTexts) {
  EXPECT_TRUE(IsCodeUri("file:///x"));
  EXPECT_TRUE(IsCodeUri("https://x"));
  EXPECT_TRUE(IsCodeUri("runtime://x:1"));
  EXPECT_FALSE(IsCodeUri("123456789012.dkr.ecr.us-east-1.amazonaws.com/image:tag"));
}

TEST(HttpEndpoint, IsTakenApart) {
  const auto whole = ParseHttpEndpoint("http://[::1]:9000/a/b?c=d#e").value();
  EXPECT_EQ(whole.host, "::1");
  EXPECT_EQ(whole.port, "9000");
  EXPECT_EQ(whole.target, "/a/b?c=d");
  const auto shortest = ParseHttpEndpoint("http://host").value();
  EXPECT_EQ(shortest.host, "host");
  EXPECT_EQ(shortest.port, "80");
  EXPECT_EQ(shortest.target, "/");
  EXPECT_EQ(ParseHttpEndpoint("http://host?q").value().target, "/?q");
}

}  // namespace
}  // namespace pumice
