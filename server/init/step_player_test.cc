// SPDX-License-Identifier: Apache-2.0
#include "server/init/step_player.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/init/init_test_support.h"

namespace pumice {
namespace {

using testing::ElementsAre;

constexpr const char* kNotFound =
    R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"none"})";
constexpr const char* kActive = R"({"Table":{"TableStatus":"ACTIVE"}})";
constexpr const char* kUsers =
    R"({"TableName":"users","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],)"
    R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})";

InitStep MakeUsers() { return {TableStep{"users", kUsers}, 3}; }

InitStep Put(int number) {
  return PutStep("users", fmt::format(R"({{"pk":{{"S":"{}"}}}})", number),
                 static_cast<std::size_t>(number));
}

/// Answers once with each of `answers`, the last one for ever.
FakeSink::Answerer InTurn(std::vector<CallAnswer> answers) {
  return [answers, next = std::size_t{0}](std::string_view) mutable {
    return answers[std::min(next++, answers.size() - 1)];
  };
}

std::string TextOf(const Result<void>& result) {
  return result ? "done" : result.error().client_text();
}

TEST(StepPlayer, MakesATableAndWaitsUntilItIsActive) {
  FakeSink sink;
  sink.On("DescribeTable", InTurn({{400, kNotFound},
                                   {200, R"({"Table":{"TableStatus":"CREATING"}})"},
                                   {200, R"({"Table":{"TableStatus":"CREATING"}})"},
                                   {200, kActive}}));
  StepPlayer player(sink, "f");
  EXPECT_EQ(TextOf(player.Play(MakeUsers())), "done");
  const std::string describe = R"(DescribeTable {"TableName":"users"})";
  EXPECT_THAT(sink.calls, ElementsAre(describe, std::string("CreateTable ") + kUsers, describe,
                                      describe, describe));
  EXPECT_THAT(sink.waits, ElementsAre(50, 100));
  EXPECT_EQ(player.counts().tables_made, 1u);
}

TEST(StepPlayer, LeavesATableAloneThatIsThere) {
  FakeSink sink;
  sink.On("DescribeTable", 200,
          R"({"Table":{"TableStatus":"ACTIVE","AttributeDefinitions":[{"AttributeName":"pk",)"
          R"("AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]}})");
  StepPlayer player(sink, "f");
  EXPECT_EQ(TextOf(player.Play(MakeUsers())), "done");
  EXPECT_EQ(player.counts().tables_found, 1u);
  EXPECT_EQ(sink.calls.size(), 2u);
}

TEST(StepPlayer, RefusesATableThatIsThereWithOtherKeys) {
  FakeSink sink;
  sink.On("DescribeTable", 200,
          R"({"Table":{"TableStatus":"ACTIVE","AttributeDefinitions":[{"AttributeName":"pk",)"
          R"("AttributeType":"N"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]}})");
  StepPlayer player(sink, "f");
  EXPECT_EQ(TextOf(player.Play(MakeUsers())),
            "f:3: the table users is there already, with other keys; delete it, or take it out of "
            "this file");
}

TEST(StepPlayer, TellsWhyATableIsRefused) {
  FakeSink sink;
  sink.On("DescribeTable", 400, kNotFound);
  sink.On("CreateTable", 400, R"({"__type":"a#ValidationException","message":"no"})");
  StepPlayer player(sink, "f");
  EXPECT_EQ(TextOf(player.Play(MakeUsers())), "f:3: CreateTable: ValidationException: no");
}

TEST(StepPlayer, StartsTimeToLiveUnlessItIsOn) {
  for (const char* status : {"DISABLED", "ENABLED", "ENABLING"}) {
    FakeSink sink;
    sink.On("DescribeTimeToLive", 200,
            fmt::format(R"({{"TimeToLiveDescription":{{"TimeToLiveStatus":"{}"}}}})", status));
    StepPlayer player(sink, "f");
    EXPECT_EQ(TextOf(player.Play({TimeToLiveStep{"users", "{}"}, 1})), "done");
    EXPECT_EQ(sink.calls.size(), status == std::string_view("DISABLED") ? 2u : 1u);
  }
}

TEST(StepPlayer, WritesTwentyFiveItemsInACallAndTheRestAtTheEnd) {
  FakeSink sink;
  StepPlayer player(sink, "f");
  for (int i = 1; i <= 27; ++i) EXPECT_EQ(TextOf(player.Play(Put(i))), "done");
  EXPECT_EQ(sink.calls.size(), 1u);
  EXPECT_EQ(TextOf(player.Finish()), "done");
  ASSERT_EQ(sink.calls.size(), 2u);
  EXPECT_EQ(sink.calls[1],
            R"(BatchWriteItem {"RequestItems":{"users":[{"PutRequest":{"Item":{"pk":{"S":"26"}}}},)"
            R"({"PutRequest":{"Item":{"pk":{"S":"27"}}}}]}})");
  EXPECT_EQ(player.counts().items, 27u);
}

TEST(StepPlayer, ACallHasItemsOfOneTable) {
  FakeSink sink;
  StepPlayer player(sink, "f");
  EXPECT_EQ(TextOf(player.Play(PutStep("a", "1", 1))), "done");
  EXPECT_EQ(TextOf(player.Play(PutStep("b", "2", 2))), "done");
  EXPECT_EQ(TextOf(player.Finish()), "done");
  EXPECT_THAT(sink.calls,
              ElementsAre(R"(BatchWriteItem {"RequestItems":{"a":[{"PutRequest":{"Item":1}}]}})",
                          R"(BatchWriteItem {"RequestItems":{"b":[{"PutRequest":{"Item":2}}]}})"));
}

TEST(StepPlayer, SendsAgainWhatWasNotProcessed) {
  FakeSink sink;
  const std::string rest = R"({"users":[{"PutRequest":{"Item":{"pk":{"S":"2"}}}}]})";
  sink.On("BatchWriteItem", InTurn({{200, R"({"UnprocessedItems":)" + rest + "}"},
                                    {200, R"({"UnprocessedItems":)" + rest + "}"},
                                    {200, R"({"UnprocessedItems":{}})"}}));
  StepPlayer player(sink, "f");
  EXPECT_EQ(TextOf(player.Play(Put(1))), "done");
  EXPECT_EQ(TextOf(player.Play(Put(2))), "done");
  EXPECT_EQ(TextOf(player.Finish()), "done");
  ASSERT_EQ(sink.calls.size(), 3u);
  EXPECT_EQ(sink.calls[2], R"(BatchWriteItem {"RequestItems":)" + rest + "}");
  EXPECT_THAT(sink.waits, ElementsAre(50, 100));
  EXPECT_EQ(player.counts().items, 2u);
}

TEST(StepPlayer, GivesUpWhenNothingIsTakenForMinutes) {
  FakeSink sink;
  sink.On("BatchWriteItem", 200, R"({"UnprocessedItems":{"users":[{}]}})");
  StepPlayer player(sink, "f");
  EXPECT_EQ(TextOf(player.Play(Put(9))), "done");
  EXPECT_EQ(TextOf(player.Finish()), "f:9: the endpoint has taken nothing more for minutes");
  EXPECT_EQ(sink.waits.back(), 5000);
}

TEST(StepPlayer, FindsTheItemForWhichACallIsRefused) {
  FakeSink sink;
  const CallAnswer refused{400, R"({"__type":"a#ValidationException","message":"no key"})"};
  sink.On("BatchWriteItem", [=](std::string_view) { return refused; });
  sink.On("PutItem", InTurn({{200, "{}"}, refused}));
  StepPlayer player(sink, "f");
  for (int i = 4; i <= 6; ++i) EXPECT_EQ(TextOf(player.Play(Put(i))), "done");
  EXPECT_EQ(TextOf(player.Finish()), "f:5: PutItem: ValidationException: no key");
  EXPECT_EQ(sink.calls[1], R"(PutItem {"Item":{"pk":{"S":"4"}},"TableName":"users"})");
}

// Two lines with the same key: BatchWriteItem refuses them together, one after another they are
// fine.
TEST(StepPlayer, GoesOnWhenOneByOneNoneIsRefused) {
  FakeSink sink;
  sink.On("BatchWriteItem", 400, R"({"__type":"a#ValidationException","message":"duplicates"})");
  StepPlayer player(sink, "f");
  EXPECT_EQ(TextOf(player.Play(Put(1))), "done");
  EXPECT_EQ(TextOf(player.Play({WriteStep{"users", R"({"DeleteRequest":{"Key":{}}})"}, 2})),
            "done");
  EXPECT_EQ(TextOf(player.Finish()), "done");
  EXPECT_EQ(sink.calls[2], R"(DeleteItem {"Key":{},"TableName":"users"})");
}

TEST(StepPlayer, WaitsWhereItIsThrottled) {
  FakeSink sink;
  sink.On("PutItem",
          InTurn({{400, R"({"__type":"a#ThrottlingException"})"}, {503, ""}, {200, "{}"}}));
  sink.On("BatchWriteItem", 500, "");
  StepPlayer player(sink, "f");
  EXPECT_EQ(TextOf(player.Play(Put(1))), "done");
  EXPECT_EQ(TextOf(player.Finish()), "done");
  EXPECT_THAT(sink.waits, ElementsAre(50, 100));
}

}  // namespace
}  // namespace pumice
