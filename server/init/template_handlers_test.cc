// SPDX-License-Identifier: Apache-2.0
#include "server/init/template_handlers.h"

#include <gtest/gtest.h>

#include "server/init/init_test_support.h"

namespace pumice {
namespace {

/// What a template gives: its JSON, then its warnings, one a line; or its mistake.
std::string HandlersOf(const std::string& text, const std::string& name = "template.yaml") {
  const TestFolder folder;
  const std::string path = folder.Write(name, text);
  const Result<TemplateHandlers> read =
      ReadInitHandlers({path, *InitFileKindOf(path)}, {"", "us-east-1", "000000000000"});
  const auto plain = [&](std::string told) {
    const std::string prefix = folder.path() + "/";
    return told.starts_with(prefix) ? told.substr(prefix.size()) : told;
  };
  if (!read) return plain(read.error().client_text());
  std::string all = read.value().json;
  for (const std::string& warning : read.value().warnings) all += "\n" + plain(warning);
  return all;
}

constexpr const char* kTable = R"(  Messages:
    Type: AWS::DynamoDB::Table
    Properties: {TableName: cruddur-messages}
)";

TEST(TemplateHandlers, AFunctionOfSamWithItsEvent) {
  EXPECT_EQ(HandlersOf(std::string(R"(Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.12
    Timeout: 10
    Environment: {Variables: {STAGE: dev, TABLE: other}}
Resources:
)") + kTable + R"(  ProcessDynamoDBStream:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: lambda/
      Handler: app.handler
      Timeout: "3"
      MemorySize: 256
      Policies: [{DynamoDBCrudPolicy: {TableName: !Ref Messages}}]
      Environment: {Variables: {TABLE: !Ref Messages, QUEUE: !GetAtt Failed.Arn}}
      Events:
        Api: {Type: Api, Properties: {Path: /, Method: get}}
        MessageStream:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Messages.StreamArn
            StartingPosition: LATEST
            BatchSize: 1
            BisectBatchOnFunctionError: true
            FilterCriteria: {Filters: [{Pattern: '{"eventName":["INSERT"]}'}]}
            DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Failed.Arn}}
  Failed: {Type: AWS::SQS::Queue}
)"),
            R"({"Functions":[{"FunctionName":"ProcessDynamoDBStream","CodePath":"lambda/",)"
            R"("Handler":"app.handler","MemorySize":256,"Runtime":"python3.12","Timeout":3,)"
            R"("Environment":{"Variables":{"STAGE":"dev","TABLE":"cruddur-messages",)"
            R"("QUEUE":"arn:aws:sqs:us-east-1:000000000000:Failed"}}}],"EventSourceMappings":[)"
            R"({"EventSourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/cruddur-messages",)"
            R"("FunctionName":"ProcessDynamoDBStream","StartingPosition":"LATEST","BatchSize":1,)"
            R"("BisectBatchOnFunctionError":true,"FilterCriteria":{"Filters":[{"Pattern":)"
            R"("{\"eventName\":[\"INSERT\"]}"}]},"DestinationConfig":{"OnFailure":{"Destination":)"
            R"("arn:aws:sqs:us-east-1:000000000000:Failed"}}}]})");
}

TEST(TemplateHandlers, AMappingOfItsOwn) {
  const std::string expected =
      R"({"Functions":[{"FunctionName":"groups","CodePath":"asset.12ab","Handler":"index.handler",)"
      R"("Runtime":"nodejs20.x"}],"EventSourceMappings":[{"EventSourceArn":)"
      R"("arn:aws:dynamodb:us-east-1:000000000000:table/cruddur-messages","FunctionName":"groups",)"
      R"("StartingPosition":"TRIM_HORIZON","ParallelizationFactor":2}]})";
  for (const char* function :
       {"!Ref Groups", "!GetAtt Groups.Arn", "groups", "!Sub '${Groups.Arn}:live'"}) {
    EXPECT_EQ(HandlersOf(std::string("Resources:\n") + kTable + R"(  Groups:
    Type: AWS::Lambda::Function
    Metadata: {"aws:asset:path": asset.12ab, "aws:asset:property": Code}
    Properties:
      FunctionName: groups
      Code: {S3Bucket: cdk-assets, S3Key: 12ab.zip}
      Handler: index.handler
      Runtime: nodejs20.x
      Role: !GetAtt Role.Arn
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt [Messages, StreamArn]
      FunctionName: )" + function +
                         R"(
      StartingPosition: TRIM_HORIZON
      ParallelizationFactor: 2
)"),
              expected)
        << function;
  }
}

TEST(TemplateHandlers, JsonIsReadAlike) {
  EXPECT_EQ(HandlersOf(R"({"Resources": {
"T": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
"F": {"Type": "AWS::Lambda::Function", "Properties": {"Code": "./f", "Handler": "a.b", "Runtime": "python3.12"}},
"M": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"FunctionName": {"Ref": "F"},
  "EventSourceArn": {"Fn::GetAtt": ["T", "StreamArn"]}, "StartingPosition": "LATEST", "Enabled": false}}}})",
                       "stack.json"),
            R"({"Functions":[{"FunctionName":"F","CodePath":"./f","Handler":"a.b",)"
            R"("Runtime":"python3.12"}],"EventSourceMappings":[{"EventSourceArn":)"
            R"("arn:aws:dynamodb:us-east-1:000000000000:table/T","FunctionName":"F",)"
            R"("StartingPosition":"LATEST","Enabled":false}]})");
}

TEST(TemplateHandlers, WhatCannotRunHereIsLeftOutWithAWarning) {
  const std::string mapping = R"(  M:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Messages.StreamArn, FunctionName: F, StartingPosition: LATEST}
)";
  EXPECT_EQ(HandlersOf(std::string("Resources:\n") + kTable + mapping),
            "\ntemplate.yaml:7: the function F is not in this template; its mapping is left out");
  EXPECT_EQ(
      HandlersOf(std::string("Resources:\n") + kTable + mapping + R"(  F:
    Type: AWS::Lambda::Function
    Properties: {Code: {ZipFile: "def f(event, context): pass"}, Handler: index.f, Runtime: python3.12}
)"),
      "\ntemplate.yaml:9: the code of F is no folder beside the template; the function is left "
      "out");
  EXPECT_EQ(
      HandlersOf(std::string("Resources:\n") + kTable + mapping + R"(  F:
    Type: AWS::Lambda::Function
    Properties:
      Code: f
      Handler: a.b
      Runtime: python3.12
      Environment: {Variables: {A: !ImportValue x, B: b}}
)"),
      R"({"Functions":[{"FunctionName":"F","CodePath":"f","Handler":"a.b","Runtime":)"
      R"("python3.12","Environment":{"Variables":{"B":"b"}}}],"EventSourceMappings":[)"
      R"({"EventSourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/cruddur-messages",)"
      R"("FunctionName":"F","StartingPosition":"LATEST"}]})"
      "\ntemplate.yaml:14: Fn::ImportValue needs what is not in the template; write the value "
      "here (the variable A is left out)");
}

TEST(TemplateHandlers, OtherSourcesAndFilesArePassedOver) {
  EXPECT_EQ(HandlersOf(R"(Resources:
  Q: {Type: AWS::SQS::Queue}
  M:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {EventSourceArn: !GetAtt Q.Arn, FunctionName: F}
)"),
            "");
  EXPECT_EQ(HandlersOf("[{\"pk\": {\"S\": \"AWS::Lambda::Function Resources\"}}]", "items.json"),
            "");
  EXPECT_EQ(HandlersOf("pk:S\nResources AWS::\n", "items.csv"), "");
}

TEST(TemplateHandlers, MistakesAreToldWithTheirLine) {
  EXPECT_EQ(HandlersOf(std::string("Resources:\n") + kTable + R"(  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: f
      Events:
        E: {Type: DynamoDB, Properties: {Stream: !GetAtt Messages.StreamArn, BatchSize: many}}
)"),
            "template.yaml:10: BatchSize: a whole number is needed");
}

}  // namespace
}  // namespace pumice
