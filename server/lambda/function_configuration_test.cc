// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/function_configuration.h"

#include <gtest/gtest.h>

namespace pumice {
namespace {

using nlohmann::json;

const LambdaCaller kOwner{"key", "us-east-1", "000000000000"};

std::string Refusal(const json& members) {
  json configuration = NewFunctionConfiguration("f", kOwner);
  const auto read = ReadFunctionMembers(members, configuration);
  return read ? std::string() : read.error().message();
}

TEST(FunctionConfiguration, TellsEachBrokenConstraint) {
  EXPECT_EQ(
      Refusal({{"Timeout", 0}, {"MemorySize", 1}}),
      "2 validation errors detected: Value '0' at 'timeout' failed to satisfy constraint: "
      "Member must have value greater than or equal to 1; Value '1' at 'memorySize' failed to "
      "satisfy constraint: Member must have value greater than or equal to 128");
  EXPECT_EQ(Refusal({{"Role", "r"}}),
            "1 validation error detected: Value 'r' at 'role' failed to satisfy constraint: Member "
            "must satisfy regular expression pattern: "
            R"(arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+)");
  EXPECT_EQ(Refusal({{"Timeout", "3"}}), "Timeout must be a whole number");
}

TEST(FunctionConfiguration, RefusesVariablesThatLambdaSets) {
  EXPECT_EQ(Refusal({{"Environment", {{"Variables", {{"AWS_REGION", "x"}}}}}}),
            "Lambda was unable to configure your environment variables because the environment "
            "variables you have provided contains reserved keys that are currently not supported "
            "for modification. Reserved keys used in this request: AWS_REGION");
}

TEST(FunctionConfiguration, BecomesWhatRuns) {
  FunctionRecord record;
  record.name = "f";
  record.owner = kOwner;
  json& configuration = record.latest.configuration;
  configuration = NewFunctionConfiguration("f", kOwner);
  ASSERT_EQ(Refusal({}), "");
  ASSERT_TRUE(ReadFunctionMembers({{"Runtime", "nodejs22.x"},
                                   {"Handler", "app.handler"},
                                   {"Timeout", 9},
                                   {"Environment", {{"Variables", {{"A", "b"}}}}}},
                                  configuration));
  configuration["Version"] = "3";
  record.latest.code = {.kind = FunctionCode::Kind::kPackage, .place = "id"};
  const FunctionConfig config = ToFunctionConfig(
      record, record.latest, [](const std::string& id) { return "/packages/" + id; },
      [](const std::string& arn) { return "/layers/" + arn; });
  EXPECT_EQ(config.Key(), "f:3");
  EXPECT_EQ(config.runtime, FunctionRuntime::kNode);
  EXPECT_EQ(config.code_path, "/packages/id");
  EXPECT_EQ(config.timeout, std::chrono::seconds(9));
  EXPECT_EQ(config.variables.at("A"), "b");
  EXPECT_FALSE(config.hot_reload);
}

TEST(FunctionRecord, ReadsBackAsItWasStored) {
  FunctionRecord record;
  record.name = "f";
  record.owner = kOwner;
  record.latest = {.configuration = NewFunctionConfiguration("f", kOwner),
                   .code = {.kind = FunctionCode::Kind::kHttp, .place = "http://h/", .uri = "u"}};
  record.versions.emplace(2, record.latest);
  record.next_version = 3;
  record.aliases["prod"] = {{"FunctionVersion", "2"}};
  record.reserved_concurrency = 4;
  record.tags["a"] = "b";
  const auto read = FunctionRecord::FromJson(record.ToJson());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->ToJson(), record.ToJson());
  EXPECT_EQ(read->VersionOf("prod"), "2");
  EXPECT_EQ(read->VersionOf("1"), "");
  EXPECT_FALSE(FunctionRecord::FromJson(json{{"name", "f"}}));
}

}  // namespace
}  // namespace pumice
