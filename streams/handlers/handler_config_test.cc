// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/handler_config.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pumice {
namespace {

using nlohmann::json;

class HandlerConfigFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "pumice-config-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    std::filesystem::create_directory(folder_ / "code");
    std::filesystem::create_directory(folder_ / "binary");
    std::ofstream(folder_ / "binary" / "bootstrap") << "#!/bin/sh\n";
    whole_ = json::parse(R"({
      "Functions": [{"FunctionName": "group", "Runtime": "python3.12", "Handler": "a-b.handle",
                     "CodePath": "code"}],
      "EventSourceMappings": [{"EventSourceArn": "messages", "FunctionName": "group",
                               "StartingPosition": "LATEST"}]})");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  json& function() { return whole_["Functions"][0]; }
  json& mapping() { return whole_["EventSourceMappings"][0]; }
  Result<HandlerConfig> Parse() { return ParseHandlerConfig(whole_.dump(), folder_ / "h.json"); }

  /// The error's text without the folder's name.
  std::string Mistake() {
    const auto result = Parse();
    if (result.has_value()) return "no error";
    EXPECT_EQ(result.error().code(), ErrorCode::kValidation);
    return result.error().client_text().substr(folder_.string().size() + 1);
  }

  std::filesystem::path folder_;
  json whole_;
};

TEST_F(HandlerConfigFile, TakesFunctionsOfAllKinds) {
  std::filesystem::create_directory(folder_ / "layer");
  whole_["Functions"] = json::parse(R"([
      {"FunctionName": "node", "Runtime": "nodejs20.x", "Handler": "index.handler", "CodePath": "code",
       "Layers": ["layer", "./code"], "EnforceMemorySize": true, "MaximumConcurrency": 3},
      {"FunctionName": "hot", "Runtime": "python3.12", "Handler": "a.b", "CodeUri": "file://./code"},
      {"FunctionName": "hook", "CodeUri": "http://localhost:9000/hook", "WebhookSecret": "s"},
      {"FunctionName": "attached", "Runtime": "java21", "Handler": "example.Handler::handle",
       "CodeUri": "runtime://127.0.0.1:9001"}])");
  whole_["EventSourceMappings"] = json::array();
  const auto config = Parse();
  ASSERT_TRUE(config.has_value()) << config.error().client_text();
  const auto& functions = config.value().functions;
  EXPECT_EQ(functions[0].runtime, FunctionRuntime::kNode);
  EXPECT_EQ(functions[0].runtime_name, "nodejs20.x");
  EXPECT_THAT(functions[0].layers, testing::ElementsAre(folder_ / "layer", folder_ / "code"));
  EXPECT_TRUE(functions[0].enforce_memory);
  EXPECT_FALSE(functions[0].hot_reload);
  EXPECT_EQ(functions[0].max_concurrency, 3u);
  EXPECT_TRUE(functions[1].hot_reload);
  EXPECT_EQ(functions[1].code_path, folder_ / "code");
  EXPECT_EQ(functions[1].max_concurrency, 10u);
  EXPECT_EQ(functions[2].runtime, FunctionRuntime::kHttp);
  EXPECT_EQ(functions[2].endpoint, "http://localhost:9000/hook");
  EXPECT_EQ(functions[2].webhook_secret, "s");
  EXPECT_EQ(functions[3].runtime, FunctionRuntime::kOutside);
  EXPECT_EQ(functions[3].endpoint, "127.0.0.1:9001");
}

TEST_F(HandlerConfigFile, TakesTheDefaultsOfAws) {
  const auto config = Parse();
  ASSERT_TRUE(config.has_value());
  const FunctionConfig& function = config.value().functions.at(0);
  EXPECT_EQ(function.timeout, std::chrono::seconds(3));
  EXPECT_EQ(function.memory_size_mb, 128);
  const MappingConfig& mapping = config.value().mappings.at(0);
  EXPECT_EQ(mapping.batch_size, 100u);
  EXPECT_TRUE(mapping.enabled);
  EXPECT_EQ(mapping.max_retries, std::nullopt);
  EXPECT_EQ(mapping.max_record_age, std::nullopt);
}

TEST_F(HandlerConfigFile, FindsTheCodeBesideItself) {
  EXPECT_EQ(Parse().value().functions.at(0).code_path, folder_ / "code");
}

TEST_F(HandlerConfigFile, ReadsAllMembersOfAFunction) {
  function() =
      json::parse(R"({"FunctionName": "f", "Runtime": "provided.al2023", "CodePath": "binary",
    "Timeout": 900, "MemorySize": 512, "Environment": {"Variables": {"A": "1"}}})");
  mapping()["FunctionName"] = "f";
  const auto config = Parse();
  ASSERT_TRUE(config.has_value());
  const FunctionConfig& read = config.value().functions.at(0);
  EXPECT_EQ(read.runtime, FunctionRuntime::kProvided);
  EXPECT_EQ(read.timeout, std::chrono::seconds(900));
  EXPECT_EQ(read.memory_size_mb, 512);
  EXPECT_EQ(read.variables.at("A"), "1");
}

TEST_F(HandlerConfigFile, ReadsTheThreeWaysToNameASource) {
  const std::string stream =
      "arn:aws:dynamodb:eu-west-1:000000000000:table/T/stream/2026-11-21T02:30:50.123";
  mapping()["EventSourceArn"] = stream;
  const EventSource by_stream = Parse().value().mappings.at(0).source;
  EXPECT_EQ(by_stream.stream_arn, stream);
  EXPECT_EQ(by_stream.table_name, "T");
  EXPECT_EQ(by_stream.region, "eu-west-1");

  mapping()["EventSourceArn"] = "arn:aws:dynamodb:eu-west-1:000000000000:table/T";
  const EventSource by_table = Parse().value().mappings.at(0).source;
  EXPECT_EQ(by_table.stream_arn, "");
  EXPECT_EQ(by_table.table_name, "T");

  mapping()["EventSourceArn"] = "T";
  EXPECT_EQ(Parse().value().mappings.at(0).source.table_name, "T");
}

TEST_F(HandlerConfigFile, ReadsTheWaysToNameAFunction) {
  for (const std::string text :
       {"group", "group:live", "arn:aws:lambda:us-east-1:000000000000:function:group",
        "000000000000:function:group:live"}) {
    mapping()["FunctionName"] = text;
    const auto config = Parse();
    ASSERT_TRUE(config.has_value()) << text;
    EXPECT_EQ(config.value().mappings.at(0).function_name, "group") << text;
  }
}

TEST_F(HandlerConfigFile, AcceptsAllMembersWithTheirDefaults) {
  mapping().update(json::parse(R"({"ParallelizationFactor": 1, "MaximumBatchingWindowInSeconds": 0,
    "BisectBatchOnFunctionError": false, "TumblingWindowInSeconds": 0, "FunctionResponseTypes": [],
    "DestinationConfig": {"OnFailure": {}}, "FilterCriteria": null, "MaximumRetryAttempts": -1,
    "MaximumRecordAgeInSeconds": -1})"));
  EXPECT_TRUE(Parse().has_value());
}

TEST_F(HandlerConfigFile, ReadsAllMembersOfAMapping) {
  mapping().update(json::parse(R"({"BatchSize": 5, "MaximumBatchingWindowInSeconds": 300,
    "ParallelizationFactor": 10, "BisectBatchOnFunctionError": true, "TumblingWindowInSeconds": 900,
    "FunctionResponseTypes": ["ReportBatchItemFailures"], "MaximumRetryAttempts": 0,
    "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::failed"}},
    "FilterCriteria": {"Filters": [{"Pattern": "{\"eventName\":[\"INSERT\"]}"}]},
    "MaximumRecordAgeInSeconds": 60, "Enabled": false, "StartingPosition": "TRIM_HORIZON"})"));
  const auto config = Parse();
  ASSERT_TRUE(config.has_value()) << config.error().client_text();
  const MappingConfig& read = config.value().mappings.at(0);
  EXPECT_EQ(read.batch_size, 5u);
  EXPECT_EQ(read.batching_window, std::chrono::seconds(300));
  EXPECT_EQ(read.parallelization_factor, 10u);
  EXPECT_TRUE(read.bisect_on_error);
  EXPECT_EQ(read.tumbling_window, std::chrono::seconds(900));
  EXPECT_TRUE(read.reports_item_failures);
  EXPECT_EQ(read.max_retries, 0);
  EXPECT_EQ(read.on_failure, "arn:aws:s3:::failed");
  EXPECT_THAT(read.filter_patterns, testing::ElementsAre(R"({"eventName":["INSERT"]})"));
  EXPECT_EQ(read.max_record_age, std::chrono::seconds(60));
  EXPECT_FALSE(read.enabled);
  EXPECT_EQ(read.starting_position, StartingPosition::kTrimHorizon);
  EXPECT_EQ(read.uuid, "");
}

struct WrongMember {
  const char* place;  // JSON pointer
  json value;
  const char* text;
};

TEST_F(HandlerConfigFile, NamesTheMemberThatIsWrong) {
  const json whole = whole_;
  const WrongMember kMistakes[] = {
      {"/Functionz", 1, "h.json: Functionz is unknown"},
      {"/Functions", 1, "h.json: Functions must be a list, […]"},
      {"/Functions/0/Timeout", 901,
       "h.json: Functions[0].Timeout is 901; it must be between 1 and 900"},
      {"/Functions/0/Timeout", "3", "h.json: Functions[0].Timeout must be a whole number"},
      {"/Functions/0/TimeOut", 3, "h.json: Functions[0].TimeOut is unknown"},
      {"/Functions/0/FunctionName", "a b",
       "h.json: Functions[0].FunctionName must be 1 to 64 letters, digits, - and _"},
      {"/Functions/0/Handler", nullptr, "h.json: Functions[0].Handler is missing"},
      {"/Functions/0/Runtime", "cobol",
       "h.json: Functions[0].Runtime is \"cobol\"; supported are python3.*, nodejs* and "
       "provided.*"},
      {"/Functions/0/CodeUri", "file://code",
       "h.json: Functions[0].CodeUri and CodePath both tell where the code is; leave one out"},
      {"/Functions/0/Layers", "code", "h.json: Functions[0].Layers must be a list, […]"},
      {"/Functions/0/MaximumConcurrency", 0,
       "h.json: Functions[0].MaximumConcurrency is 0; it must be between 1 and 1000"},
      {"/Functions/0/Environment", json{{"Variables", {{"A", 1}}}},
       "h.json: Functions[0].Environment.Variables.A must be a text"},
      {"/EventSourceMappings/0/BatchSize", 0,
       "h.json: EventSourceMappings[0].BatchSize is 0; it must be between 1 and 10000"},
      {"/EventSourceMappings/0/BatchSize", 18'446'744'073'709'551'615u,
       "h.json: EventSourceMappings[0].BatchSize is 18446744073709551615; it must be between 1 and "
       "10000"},
      {"/EventSourceMappings/0/StartingPosition", "AT_TIMESTAMP",
       "h.json: EventSourceMappings[0].StartingPosition is \"AT_TIMESTAMP\"; it must be "
       "TRIM_HORIZON or LATEST"},
      {"/EventSourceMappings/0/StartingPosition", nullptr,
       "h.json: EventSourceMappings[0].StartingPosition is missing"},
      {"/EventSourceMappings/0/EventSourceArn", "arn:aws:sqs:us-east-1:0:q",
       "h.json: EventSourceMappings[0].EventSourceArn must be "
       "arn:aws:dynamodb:<region>:<account>:table/<table>[/stream/<label>]"},
      {"/EventSourceMappings/0/FunctionName", "other",
       "h.json: EventSourceMappings[0].FunctionName is \"other\"; no such function is in "
       "Functions"},
      {"/EventSourceMappings/0/ParallelizationFactor", 11,
       "h.json: EventSourceMappings[0].ParallelizationFactor is 11; it must be between 1 and 10"},
      {"/EventSourceMappings/0/MaximumBatchingWindowInSeconds", 301,
       "h.json: EventSourceMappings[0].MaximumBatchingWindowInSeconds is 301; it must be between 0 "
       "and 300"},
      {"/EventSourceMappings/0/TumblingWindowInSeconds", 901,
       "h.json: EventSourceMappings[0].TumblingWindowInSeconds is 901; it must be between 0 and "
       "900"},
      {"/EventSourceMappings/0/FilterCriteria", json{{"Filters", {{{"Pattern", "{}"}}}}},
       "h.json: EventSourceMappings[0].FilterCriteria.Filters[0].Pattern is no filter pattern: an "
       "object is missing or empty"},
      {"/EventSourceMappings/0/FilterCriteria", json{{"Filter", 1}},
       "h.json: EventSourceMappings[0].FilterCriteria.Filter is unknown"},
      {"/EventSourceMappings/0/FunctionResponseTypes", json::array({"Report"}),
       "h.json: EventSourceMappings[0].FunctionResponseTypes must be [] or "
       "[\"ReportBatchItemFailures\"]"},
      {"/EventSourceMappings/0/DestinationConfig",
       json{{"OnFailure", {{"Destination", "arn:aws:kafka:us-east-1:0:c"}}}},
       "h.json: EventSourceMappings[0].DestinationConfig.OnFailure.Destination must be the ARN of "
       "an SQS queue, an SNS topic or an S3 bucket, such as "
       "arn:aws:sqs:us-east-1:000000000000:failed"},
      {"/EventSourceMappings/0/DestinationConfig", json{{"OnSuccess", json::object()}},
       "h.json: EventSourceMappings[0].DestinationConfig.OnSuccess is unknown"},
      {"/EventSourceMappings/0/MaximumRecordAgeInSeconds", 59,
       "h.json: EventSourceMappings[0].MaximumRecordAgeInSeconds is 59; it must be -1 or between "
       "60 and 604800"},
  };
  for (const auto& [place, value, text] : kMistakes) {
    whole_ = whole;
    whole_[json::json_pointer(place)] = value;
    EXPECT_EQ(Mistake(), text);
  }
}

TEST_F(HandlerConfigFile, RejectsACodeUriThatIsNone) {
  function().erase("CodePath");
  function()["CodeUri"] = "https://host/";
  EXPECT_EQ(
      Mistake(),
      "h.json: Functions[0].CodeUri is \"https://host/\"; only http:// is supported: name the "
      "http address behind the TLS proxy");
}

TEST_F(HandlerConfigFile, RejectsWhatAnEndpointDoesNotHave) {
  function() = {{"FunctionName", "group"}, {"CodeUri", "http://host/"}, {"Layers", {"code"}}};
  EXPECT_EQ(Mistake(), "h.json: Functions[0].Layers is unknown");
}

TEST_F(HandlerConfigFile, RejectsAFolderThatIsNotThere) {
  function()["CodePath"] = "gone";
  EXPECT_EQ(Mistake(),
            fmt::format("h.json: Functions[0].CodePath is \"gone\"; there is no such folder ({})",
                        (folder_ / "gone").string()));
  function()["CodePath"] = "code";
  function()["Layers"] = {"code", "gone"};
  EXPECT_EQ(Mistake(),
            fmt::format("h.json: Functions[0].Layers[1] is \"gone\"; there is no such folder ({})",
                        (folder_ / "gone").string()));
}

TEST_F(HandlerConfigFile, RejectsTheSameMappingTwice) {
  whole_["EventSourceMappings"].push_back(mapping());
  EXPECT_EQ(
      Mistake(),
      "h.json: EventSourceMappings[1] maps the same source to the same function as an earlier one");
}

TEST_F(HandlerConfigFile, RejectsTwoFunctionsOfOneName) {
  whole_["Functions"].push_back(function());
  EXPECT_EQ(Mistake(),
            "h.json: Functions[1].FunctionName is \"group\"; another function has that name");
}

TEST_F(HandlerConfigFile, SaysWhereTheTextIsNoJson) {
  const auto result = ParseHandlerConfig("{\n  \"Functions\": [,]\n}", "h.json");
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(result.error().client_text(), testing::StartsWith("h.json: it is no JSON: "));
  EXPECT_THAT(result.error().client_text(), testing::HasSubstr("line 2, column 17"));
}

TEST_F(HandlerConfigFile, SaysThatTheFileCannotBeRead) {
  const auto result = ReadHandlerConfig("/nonexistent/h.json");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().client_text(),
            "/nonexistent/h.json: it cannot be read: No such file or directory");
}

}  // namespace
}  // namespace pumice
