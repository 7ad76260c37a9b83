// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/failure_destinations.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pumice {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

class Destinations : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "pumice-failed-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    mapping_.uuid = "11111111-2222-4333-8444-555555555555";
    mapping_.function_name = "letters";
    record_.request_id = "e4b46cbf-b738-xmpl-8880-a18cdf61200e";
    record_.invoke_count = 2;
    record_.function_error = true;
    record_.time = TimePoint(1'573'690'429'717ms);
    record_.shard = {"arn:aws:dynamodb:us-east-1:000000000000:table/T/stream/L", "shardId-1"};
    record_.first = SequenceNumber(1);
    record_.last = SequenceNumber(3);
    record_.first_arrival = TimePoint(1'573'690'399'123ms);
    record_.last_arrival = TimePoint(1'573'690'400'999ms);
    record_.batch_size = 3;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result<void> Send(const std::string& arn) {
    mapping_.on_failure = arn;
    LocalFailureDestinations destinations({queues_, topics_, folder_ / "s3", "us-east-1", random_});
    return destinations.Send(mapping_, record_, R"({"Records":[]})");
  }

  std::filesystem::path folder_{};
  ManualClock clock_{TimePoint(1'573'690'429s)};
  SystemRandom random_;
  MappingConfig mapping_;
  FailureRecord record_;
  LocalQueues queues_{"", clock_, random_};
  LocalQueues topics_{"", clock_, random_};
};

// The form of Lambda's developer guide and of the recordings, with their times.
TEST_F(Destinations, WriteTheRecordAsAwsDoes) {
  record_.function_arn = "arn:f";
  EXPECT_EQ(FailureRecordJson(record_, {}),
            R"({"requestContext":{"requestId":"e4b46cbf-b738-xmpl-8880-a18cdf61200e",)"
            R"("functionArn":"arn:f","condition":"RetryAttemptsExhausted",)"
            R"("approximateInvokeCount":2},)"
            R"("responseContext":{"statusCode":200,"executedVersion":"$LATEST",)"
            R"("functionError":"Unhandled"},)"
            R"("version":"1.0","timestamp":"2019-11-14T00:13:49.717Z",)"
            R"("DDBStreamBatchInfo":{"shardId":"shardId-1",)"
            R"("startSequenceNumber":"100000000000000000001",)"
            R"("endSequenceNumber":"300000000000000000003",)"
            R"("approximateArrivalOfFirstRecord":"2019-11-14T00:13:19Z",)"
            R"("approximateArrivalOfLastRecord":"2019-11-14T00:13:20Z",)"
            R"("batchSize":3,)"
            R"("streamArn":"arn:aws:dynamodb:us-east-1:000000000000:table/T/stream/L"}})");
}

// AWS-recorded.
TEST_F(Destinations, TellNoErrorWhereRecordsWereReported) {
  record_.function_error = false;
  const json written = json::parse(FailureRecordJson(record_, {}));
  EXPECT_EQ(written["responseContext"],
            json::parse(R"({"statusCode":200,"executedVersion":"$LATEST","functionError":null})"));
}

// AWS-recorded.
TEST_F(Destinations, TellNoResponseForRecordsThatAreTooOld) {
  record_.reason = GiveUpReason::kRecordAgeExceeded;
  const json written = json::parse(FailureRecordJson(record_, {}));
  EXPECT_FALSE(written.contains("responseContext"));
  EXPECT_EQ(written["requestContext"]["condition"], "RecordAgeExceeded");
}

TEST_F(Destinations, MayBeAQueueOrATopic) {
  LocalQueues queues(folder_ / "queues", clock_, random_);
  LocalQueues topics(folder_ / "topics", clock_, random_);
  LocalFailureDestinations destinations({queues, topics, {}, "eu-west-1", random_});
  mapping_.function_name = "letters:3";
  mapping_.on_failure = "arn:aws:sqs:us-east-1:000000000000:dead-letters";
  ASSERT_TRUE(destinations.Send(mapping_, record_, "{}").has_value());
  mapping_.on_failure = "arn:aws:sns:us-east-1:000000000000:alarm";
  ASSERT_TRUE(destinations.Send(mapping_, record_, "{}").has_value());

  const auto messages = queues.Find("dead-letters").value()->List(9).value();
  ASSERT_EQ(messages.size(), 1u);
  const json body = json::parse(messages[0].body);
  EXPECT_EQ(body["requestContext"]["functionArn"],
            "arn:aws:lambda:eu-west-1:000000000000:function:letters:3");
  EXPECT_EQ(body["responseContext"]["executedVersion"], "3");
  EXPECT_FALSE(body.contains("payload"));
  EXPECT_EQ(topics.Find("alarm").value()->List(9).value().size(), 1u);
}

TEST_F(Destinations, MayBeABucket) {
  ASSERT_TRUE(Send("arn:aws:s3:::failed").has_value());
  const auto day =
      folder_ / "s3/failed/aws/lambda/11111111-2222-4333-8444-555555555555/shardId-1/2019/11/14";
  ASSERT_TRUE(std::filesystem::is_directory(day));
  const std::filesystem::path file = *std::filesystem::directory_iterator(day);
  EXPECT_THAT(file.filename().string(),
              testing::MatchesRegex("2019-11-14T00\\.13\\.49-[0-9a-f-]+"));
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  EXPECT_EQ(json::parse(text.str())["payload"], R"({"Records":[]})");
}

TEST_F(Destinations, SayThatTheyCannotBeWritten) {
  std::ofstream(folder_ / "s3") << "a file in the way";
  const auto sent = Send("arn:aws:s3:::failed");
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().code(), ErrorCode::kInternal);
  EXPECT_THAT(sent.error().log_text(), testing::HasSubstr("Not a directory"));
}

TEST_F(Destinations, WithoutAFolderRefuse) {
  const auto sent = Send("arn:aws:sqs:us-east-1:000000000000:q");
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().code(), ErrorCode::kValidation);
  EXPECT_EQ(sent.error().log_text(), "there is no folder for queues");
}

TEST_F(Destinations, AreQueuesTopicsAndBucketsOnly) {
  for (const char* arn : {"arn:aws:sqs:us-east-1:000000000000:q", "arn:aws:s3:::bucket.of-1",
                          "arn:aws:sns:eu-west-1:123456789012:t"}) {
    EXPECT_TRUE(CheckFailureDestination(arn).has_value()) << arn;
  }
  for (const char* arn : {"", "q", "arn:aws:kafka:us-east-1:0:cluster/c", "arn:aws:s3:::../x",
                          "arn:aws:sqs:us-east-1:000000000000:", "x:aws:sqs:r:0:q"}) {
    const auto checked = CheckFailureDestination(arn);
    ASSERT_FALSE(checked.has_value()) << arn;
    EXPECT_EQ(checked.error().client_text(),
              "must be the ARN of an SQS queue, an SNS topic or an S3 bucket, such as "
              "arn:aws:sqs:us-east-1:000000000000:failed");
  }
}

}  // namespace
}  // namespace pumice
