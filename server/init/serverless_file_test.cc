// SPDX-License-Identifier: Apache-2.0
#include "server/init/serverless_file.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "server/init/init_test_support.h"

namespace pumice {
namespace {

std::string HandlersOf(const std::string& text) {
  const TestFolder folder;
  const std::string path = folder.Write("serverless.yml", text);
  const Result<TemplateHandlers> read =
      ReadInitHandlers({path, InitFileKind::kYaml}, {"", "us-east-1", "000000000000"});
  const auto plain = [&](std::string told) {
    const std::string prefix = folder.path() + "/";
    return told.starts_with(prefix) ? told.substr(prefix.size()) : told;
  };
  if (!read) return plain(read.error().client_text());
  std::string all = read.value().json;
  for (const std::string& warning : read.value().warnings) all += "\n" + plain(warning);
  return all;
}

constexpr const char* kProject = R"(service: cruddur
frameworkVersion: '3'
custom:
  tableName: messages-${sls:stage}
provider:
  name: aws
  runtime: nodejs20.x
  stage: ${opt:stage, 'test'}
  environment:
    TABLE: ${self:custom.tableName}
    SECRET: ${ssm:/secret}
functions:
  message-groups:
    handler: src/groups.handler
    timeout: 10
    environment: {LEVEL: "${env:PUMICE_TEST_NO_SUCH, 'info'}"}
    events:
      - http: {path: /, method: get}
      - stream:
          type: dynamodb
          arn: !GetAtt Messages.StreamArn
          batchSize: 1
          batchWindow: 5
          functionResponseType: ReportBatchItemFailures
          filterPatterns: [{eventName: [INSERT], dynamodb: {NewImage: {n: {N: ["1"]}, ok: {BOOL: [true]}}}}]
          destinations: {onFailure: {arn: !GetAtt Failed.Arn, type: sqs}}
      - stream: {type: kinesis, arn: arn:aws:kinesis:us-east-1:000000000000:stream/s}
  api: {handler: src/api.handler}
resources:
  - Resources:
      Messages:
        Type: AWS::DynamoDB::Table
        Properties: {TableName: "${self:custom.tableName}"}
  - Resources: {Failed: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${AWS::Region}-failed"}}}
)";

TEST(ServerlessFile, ResourcesAreTables) {
  EXPECT_EQ(StepsOf("serverless.yml", kProject),
            "32: CreateTable messages-test {\"TableName\":\"messages-test\"}\n");
}

TEST(ServerlessFile, FunctionsWithStreamsAreHandlers) {
  EXPECT_EQ(
      HandlersOf(kProject),
      R"({"Functions":[{"FunctionName":"cruddur-test-message-groups","CodePath":".",)"
      R"("Handler":"src/groups.handler","Runtime":"nodejs20.x","Timeout":10,)"
      R"("Environment":{"Variables":{"LEVEL":"info","TABLE":"messages-test"}}}],)"
      R"("EventSourceMappings":[{"EventSourceArn":)"
      R"("arn:aws:dynamodb:us-east-1:000000000000:table/messages-test",)"
      R"("FunctionName":"cruddur-test-message-groups","BatchSize":1,)"
      R"("MaximumBatchingWindowInSeconds":5,"StartingPosition":"TRIM_HORIZON",)"
      R"("FunctionResponseTypes":["ReportBatchItemFailures"],"FilterCriteria":{"Filters":[)"
      R"({"Pattern":"{\"eventName\":[\"INSERT\"],\"dynamodb\":{\"NewImage\":{\"n\":{\"N\":[\"1\"]},)"
      R"(\"ok\":{\"BOOL\":[true]}}}}"}]},"DestinationConfig":{"OnFailure":{"Destination":)"
      R"("arn:aws:sqs:us-east-1:000000000000:us-east-1-failed"}}}]})"
      "\nserverless.yml:11: Fn::Variable ${ssm:/secret} needs what is not in the template; write "
      "the value here (the variable SECRET is left out)");
}

/// The name that a table is given by a variable.
std::string NameOf(const std::string& value) {
  return StepsOf(
      "serverless.yml",
      "service: s\nprovider: {name: aws, stage: prod, region: eu-west-1}\ncustom: {a: {b: "
      "x, prod: y, loop: \"${self:custom.a.loop}\"}}\nresources: {Resources: {T: {Type: "
      "AWS::DynamoDB::Table, Properties: {TableName: " +
          value + "}}}}\n");
}

TEST(ServerlessFile, VariablesAreFilledIn) {
  const auto made = [](const std::string& name) {
    return "4: CreateTable " + name + " {\"TableName\":\"" + name + "\"}\n";
  };
  EXPECT_EQ(NameOf("\"${self:custom.a.b}\""), made("x"));
  EXPECT_EQ(NameOf("\"t-${self:custom.a.${opt:stage, 'prod'}}\""), made("t-y"));
  EXPECT_EQ(NameOf("\"${env:PUMICE_TEST_NO_SUCH, self:custom.a.b}\""), made("x"));
  EXPECT_EQ(NameOf("\"${aws:region}-${aws:accountId}\""), made("eu-west-1-000000000000"));
  EXPECT_EQ(NameOf("!Sub \"${AWS::AccountId}-${sls:stage}\""), made("000000000000-prod"));
  EXPECT_EQ(NameOf("\"${self:custom.a.loop}\""),
            "serverless.yml:3: the variables here stand on one another");
  EXPECT_EQ(
      NameOf("\"${file(x.yml):a}\""),
      "serverless.yml:4: Fn::Variable ${file(x.yml):a} needs what is not in the template; write "
      "the value here");
}

}  // namespace
}  // namespace pumice
