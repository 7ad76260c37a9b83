// SPDX-License-Identifier: Apache-2.0
#include "server/init/template_file.h"

#include <gtest/gtest.h>

#include "server/init/init_test_support.h"

namespace pumice {
namespace {

/// A template whose one table has the properties `lines`, each with six blanks in front.
std::string Template(const std::string& lines, const std::string& before = "") {
  return before + "Resources:\n  Users:\n    Type: AWS::DynamoDB::Table\n    Properties:\n" + lines;
}

/// The name that `value` gives a table.
std::string NameOf(const std::string& value, const std::string& before = "") {
  const std::string steps =
      StepsOf("10-stack.yaml", Template("      TableName: " + value + "\n", before));
  const std::string prefix = "CreateTable ";
  const std::size_t at = steps.find(prefix);
  if (at == std::string::npos) return steps;
  return steps.substr(at + prefix.size(), steps.find(' ', at + prefix.size()) - at - prefix.size());
}

TEST(TemplateFile, PropertiesBecomeRequests) {
  const std::string text = Template(R"(      TableName: users
      BillingMode: PROVISIONED
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      ProvisionedThroughput: {ReadCapacityUnits: "5", WriteCapacityUnits: 6}
      DeletionProtectionEnabled: true
      GlobalSecondaryIndexes:
        - IndexName: 2024
          ContributorInsightsSpecification: {Enabled: true}
      StreamSpecification: {StreamViewType: NEW_IMAGE}
      SSESpecification: {SSEEnabled: true, SSEType: KMS}
      TimeToLiveSpecification:
        AttributeName: expires
        Enabled: true
      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: !GetAtt Other.Value}
)");
  EXPECT_EQ(StepsOf("stack.yaml", text),
            R"(3: CreateTable users {"TableName":"users","BillingMode":"PROVISIONED",)"
            R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],)"
            R"("ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":6},)"
            R"("DeletionProtectionEnabled":true,"GlobalSecondaryIndexes":[{"IndexName":"2024"}],)"
            R"("StreamSpecification":{"StreamViewType":"NEW_IMAGE","StreamEnabled":true},)"
            R"("SSESpecification":{"Enabled":true,"SSEType":"KMS"}})"
            "\n"
            R"(16: UpdateTimeToLive users {"TableName":"users",)"
            R"("TimeToLiveSpecification":{"AttributeName":"expires","Enabled":true}})"
            "\n");
}

TEST(TemplateFile, JsonIsReadAlike) {
  EXPECT_EQ(StepsOf("stack.json", R"({"Resources": {
	"Users": {"Type": "AWS::DynamoDB::Table",
		"Properties": {"TableName": {"Fn::Sub": "${AWS::StackName}-users"}}},
	"Bucket": {"Type": "AWS::S3::Bucket"}
}})"),
            "2: CreateTable stack-users {\"TableName\":\"stack-users\"}\n");
}

TEST(TemplateFile, ATableWithoutANameHasThatOfItsResource) {
  EXPECT_EQ(StepsOf("stack.yml", Template("      BillingMode: PAY_PER_REQUEST\n")),
            "3: CreateTable Users {\"TableName\":\"Users\",\"BillingMode\":\"PAY_PER_REQUEST\"}\n");
}

TEST(TemplateFile, FunctionsAreResolvedFromTheTemplate) {
  const std::string before = R"(Parameters:
  Stage: {Type: String, Default: dev}
  Bare: {Type: String}
Mappings:
  Names: {dev: {users: people}}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsProd: !Not [!Condition IsDev]
  Either: !Or [!Condition IsProd, !Condition IsDev]
  Both: !And [!Condition IsProd, !Condition IsDev]
)";
  EXPECT_EQ(NameOf("!Ref Stage", before), "dev");
  EXPECT_EQ(NameOf("!Sub 'users-${Stage}-${AWS::Region}-${!raw}'", before),
            "users-dev-us-east-1-${raw}");
  EXPECT_EQ(NameOf("!Sub ['${a}-${Stage}', {a: !Ref Stage}]", before), "dev-dev");
  EXPECT_EQ(NameOf("!Join ['-', [users, !Ref Stage, !Ref AWS::AccountId]]", before),
            "users-dev-000000000000");
  EXPECT_EQ(NameOf("!FindInMap [Names, !Ref Stage, users]", before), "people");
  EXPECT_EQ(NameOf("!If [IsDev, a, b]", before), "a");
  EXPECT_EQ(NameOf("!If [IsProd, a, b]", before), "b");
  EXPECT_EQ(NameOf("!If [Either, a, b]", before), "a");
  EXPECT_EQ(NameOf("!If [Both, a, b]", before), "b");
  EXPECT_EQ(NameOf("!If [IsProd, a, !Ref AWS::NoValue]", before), "Users");
  EXPECT_EQ(NameOf("{'Fn::Sub': '${AWS::StackName}'}"), "stack");
  EXPECT_EQ(NameOf("!Ref Bare", before),
            "10-stack.yaml:15: the parameter Bare has no Default; give it one");
}

TEST(TemplateFile, WhatTheTemplateDoesNotSayIsRefused) {
  EXPECT_EQ(NameOf("!ImportValue x"),
            "10-stack.yaml:5: Fn::ImportValue needs what is not in the "
            "template; write the value here");
  EXPECT_EQ(NameOf("!GetAtt Queue.Name"),
            "10-stack.yaml:5: Fn::GetAtt needs what is not in the "
            "template, Queue.Name; write the value here");
  EXPECT_EQ(NameOf("!Ref Queue"),
            "10-stack.yaml:5: Queue is neither a parameter nor a table, function, queue, topic or "
            "bucket of this template; write the value here");
  EXPECT_EQ(NameOf("!Sub '${Queue'"), "10-stack.yaml:5: Fn::Sub: a ${ is not closed");
  EXPECT_EQ(NameOf("!If [Never, a, b]"), "10-stack.yaml:5: Conditions has no 'Never'");
  EXPECT_EQ(NameOf("!FindInMap [A, b, c]"),
            "10-stack.yaml:5: Fn::FindInMap: Mappings has no [A, b, c]");
  EXPECT_EQ(NameOf("[a]"), "10-stack.yaml:5: TableName: a text is needed");
}

TEST(TemplateFile, NamesThatStandOnOneAnotherEnd) {
  EXPECT_EQ(NameOf("!Ref Users"), "10-stack.yaml:3: the resources' names stand on one another");
  EXPECT_EQ(NameOf("!If [A, a, b]", "Conditions: {A: !Condition A}\n"),
            "10-stack.yaml:1: the conditions stand on one another");
}

TEST(TemplateFile, ATableWhoseConditionDoesNotHoldIsPassedOver) {
  EXPECT_EQ(StepsOf("stack.yaml", R"(Conditions:
  No: !Equals [a, b]
Resources:
  A: {Type: AWS::DynamoDB::Table, Condition: No, Properties: {BillingMode: !GetAtt x.y}}
  B: {Type: AWS::DynamoDB::Table, Properties: {BillingMode: PAY_PER_REQUEST}}
)"),
            "5: CreateTable B {\"TableName\":\"B\",\"BillingMode\":\"PAY_PER_REQUEST\"}\n");
}

TEST(TemplateFile, MistakesAreToldWithTheirLine) {
  const std::pair<std::string, std::string> kCases[] = {
      {Template("      Nonsense: 1\n"), "t.yaml:5: AWS::DynamoDB::Table has no property Nonsense"},
      {Template("      ProvisionedThroughput:\n        ReadCapacityUnits: many\n"),
       "t.yaml:6: ReadCapacityUnits: a whole number is needed"},
      {Template("      DeletionProtectionEnabled: perhaps\n"),
       "t.yaml:5: DeletionProtectionEnabled: true or false is needed"},
      {"Resources:\n  A: {Type: AWS::DynamoDB::Table}\n", "t.yaml:2: A has no Properties"},
      {"Resources:\n  A: {Type: AWS::S3::Bucket}\n",
       "t.yaml:1: the template has no resource of type AWS::DynamoDB::Table"},
      {"Resources:\n  A:\n    Type: AWS::DynamoDB::GlobalTable\n",
       "t.yaml:3: AWS::DynamoDB::GlobalTable is not read; write the table as AWS::DynamoDB::Table"},
      {"a: 1\na: 2\n", "t.yaml:2: a stands here twice"},
  };
  for (const auto& [text, told] : kCases) EXPECT_EQ(StepsOf("t.yaml", text), told);
  EXPECT_TRUE(StepsOf("t.yaml", "a:\n  - b\n c: [\n").starts_with("t.yaml:3: this is no YAML: "));
}

TEST(YamlFile, RequestsAreReadToo) {
  EXPECT_EQ(StepsOf("t.yaml", R"(TableName: 2024
KeySchema: [{AttributeName: yes, KeyType: HASH}]
ProvisionedThroughput: {ReadCapacityUnits: 1, WriteCapacityUnits: 1}
---
- pk: {S: 1}
  on: {BOOL: true}
- pk: {S: b}
)"),
            R"(1: CreateTable 2024 {"TableName":"2024","KeySchema":[{"AttributeName":"yes",)"
            R"("KeyType":"HASH"}],"ProvisionedThroughput":{"ReadCapacityUnits":1,)"
            R"("WriteCapacityUnits":1}})"
            "\n"
            R"(5: 2024 {"PutRequest":{"Item":{"pk":{"S":"1"},"on":{"BOOL":true}}}})"
            "\n"
            R"(7: 2024 {"PutRequest":{"Item":{"pk":{"S":"b"}}}})"
            "\n");
}

TEST(YamlFile, AnAliasInsideOfWhatItNamesIsRefused) {
  for (const char* text : {"a: &a [*a]\n", "&a {? *a : b}\n"}) {
    EXPECT_EQ(StepsOf("t.yaml", text),
              "t.yaml: more than 500 levels, or an alias inside of what it names");
  }
}

TEST(YamlFile, AliasesThatGrowWithoutEndAreRefused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    text += fmt::format("a{}: &a{} [", i, i);
    for (int j = 0; j < 10; ++j) text += fmt::format("{}*a{}", j == 0 ? "" : ", ", i - 1);
    text += "]\n";
  }
  EXPECT_TRUE(StepsOf("t.yaml", text).ends_with(": more than a million values"));
}

}  // namespace
}  // namespace pumice
