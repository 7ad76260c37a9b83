// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/batch_verdict.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pumice {
namespace {

using Kind = BatchVerdict::Kind;

std::vector<FeedRecord> ThreeRecords() {
  std::vector<FeedRecord> records(3);
  for (std::size_t i = 0; i < records.size(); ++i) records[i].sequence = SequenceNumber(i + 1);
  return records;
}

BatchVerdict JudgeAnswer(std::string payload) {
  return JudgeBatch({.payload = std::move(payload)}, ThreeRecords(),
                    {.reports_item_failures = true});
}

// AWS-recorded, but for "" and the empty payload.
TEST(BatchVerdict, TakesNoFailuresForSuccess) {
  for (const char* answer : {"[]", "null", "{}", R"({"batchItemFailures":[]})",
                             R"({"batchItemFailures":null})", R"({"other":1})", R"("")", ""}) {
    EXPECT_EQ(JudgeAnswer(answer).kind, Kind::kAccepted) << answer;
    EXPECT_EQ(JudgeAnswer(answer).result, "OK");
  }
}

// AWS-recorded: the first five.
TEST(BatchVerdict, TakesAWrongReportForAFailureOfTheWholeBatch) {
  for (const char* answer :
       {R"({"batchItemFailures":[{"itemIdentifier":""}]})",
        R"({"batchItemFailures":[{"itemIdentifier":null}]})",
        R"({"batchItemFailures":[{"foo":"100000000000000000001"}]})",
        R"({"batchItemFailures":[{"itemIdentifier":123}]})",
        R"({"batchItemFailures":[{"itemIdentifier":"400000000000000000004"}]})",
        R"({"batchItemFailures":[{"itemIdentifier":"100000000000000000001"},{}]})",
        R"({"batchItemFailures":["100000000000000000001"]})", R"({"batchItemFailures":"x"})",
        R"({"batchItemFailures":{}})", R"("done")", "5", "[1]", "no JSON"}) {
    const BatchVerdict verdict = JudgeAnswer(answer);
    EXPECT_EQ(verdict.kind, Kind::kFailed) << answer;
    EXPECT_EQ(verdict.accepted_count, 0u);
    EXPECT_FALSE(verdict.function_error);
    EXPECT_EQ(verdict.result, "PROBLEM: Function call failed");
  }
}

TEST(BatchVerdict, TakesTheLowestOfSeveralRecords) {
  const BatchVerdict verdict = JudgeAnswer(
      R"({"batchItemFailures":[{"itemIdentifier":"300000000000000000003"},
                               {"itemIdentifier":"200000000000000000002"}]})");
  EXPECT_EQ(verdict.kind, Kind::kPartlyFailed);
  EXPECT_EQ(verdict.accepted_count, 1u);
}

TEST(BatchVerdict, TellsAnErrorFromAnInvocationThatWasNone) {
  const FunctionError error{
      .type = "ValueError", .message = "no", .stack_trace = "  line 1", .hint = "try again"};
  const BatchVerdict failed = JudgeBatch({.error = error}, ThreeRecords(), {});
  EXPECT_EQ(failed.kind, Kind::kFailed);
  EXPECT_TRUE(failed.function_error);
  EXPECT_EQ(failed.problem, "ValueError: no (try again)\n  line 1");
  const BatchVerdict not_invoked =
      JudgeBatch({.error = error, .invoked = false}, ThreeRecords(), {});
  EXPECT_EQ(not_invoked.kind, Kind::kNotInvoked);
  EXPECT_FALSE(not_invoked.function_error);
}

TEST(BatchVerdict, LooksAtNoAnswerWithoutNeed) {
  EXPECT_EQ(JudgeBatch({.payload = "no JSON"}, ThreeRecords(), {}).kind, Kind::kAccepted);
}

TEST(BatchVerdict, NeedsTheStateOfAWindow) {
  const VerdictRules rules{.needs_state = true};
  for (const char* answer : {"", "null", "{}", "[]", R"({"state":null})", "\"state\""}) {
    EXPECT_EQ(JudgeBatch({.payload = answer}, ThreeRecords(), rules).problem,
              "The function's answer has no state, which a tumbling window needs")
        << answer;
  }
  const BatchVerdict verdict =
      JudgeBatch({.payload = R"({"state": {"b": 1, "a": 2.50}})"}, ThreeRecords(), rules);
  EXPECT_EQ(verdict.kind, Kind::kAccepted);
  EXPECT_EQ(verdict.state, R"({"a":2.5,"b":1})");
}

}  // namespace
}  // namespace pumice
