// SPDX-License-Identifier: Apache-2.0
#include "server/init/init_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/init/init_test_support.h"
#include "storage/database.h"

namespace pumice {
namespace {

using testing::ElementsAre;

/// A server that knows tables by name only and takes everything.
class FakeServer final : public RequestHandler {
 public:
  void Handle(HttpRequest& request, HttpResponse& response) override {
    authorization = request.Header("authorization");
    calls.emplace_back(request.Header("x-amz-target"));
    if (calls.size() == fails_at) response.status = 400;
    response.body = R"({"Table":{"TableStatus":"ACTIVE"}})";
  }

  std::vector<std::string> calls;
  std::string authorization;
  std::size_t fails_at = 0;
};

class InitRunTest : public testing::Test {
 protected:
  InitRunTest() : database_(Database::Open({}, clock_, random_, log_).value()) {}

  std::string Run() {
    server_.calls.clear();
    const Result<InitPlan> plan = ReadInitPlan(folder_.path(), "us-east-1");
    if (!plan) return plan.error().client_text();
    const Result<void> done =
        RunInit(plan.value(), {server_, database_->state(), clock_, log_, "pumice", "eu-west-1",
                               [this] { return stopped_; }});
    if (done) return "done";
    const std::string& text = done.error().client_text();
    const std::string prefix = folder_.path() + "/";
    return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
  }

  SystemClock clock_;
  SystemRandom random_;
  Log log_{LogLevel::kOff};
  std::unique_ptr<Database> database_;
  TestFolder folder_;
  FakeServer server_;
  bool stopped_ = false;
};

constexpr const char* kItem = "DynamoDB_20120810.BatchWriteItem";

TEST_F(InitRunTest, FilesAreAppliedInTheOrderOfTheirNamesAndOnce) {
  folder_.Write("20-b.jsonl", "{\"pk\":{\"S\":\"1\"}}");
  folder_.Write("10-a.jsonl", "{\"TableName\":\"t\",\"TimeToLiveSpecification\":{}}");
  EXPECT_EQ(Run(), "done");
  EXPECT_THAT(server_.calls, ElementsAre("DynamoDB_20120810.DescribeTimeToLive",
                                         "DynamoDB_20120810.UpdateTimeToLive", kItem));
  EXPECT_THAT(server_.authorization, testing::StartsWith("AWS4-HMAC-SHA256 Credential=pumice/"));
  EXPECT_THAT(server_.authorization, testing::HasSubstr("/eu-west-1/dynamodb/aws4_request"));
  EXPECT_EQ(Run(), "done");
  EXPECT_TRUE(server_.calls.empty());
}

TEST_F(InitRunTest, AFileThatHasChangedIsAppliedAgain) {
  folder_.Write("b.jsonl", "{\"pk\":{\"S\":\"1\"}}");
  EXPECT_EQ(Run(), "done");
  folder_.Write("b.jsonl", "{\"pk\":{\"S\":\"2\"}}");
  EXPECT_EQ(Run(), "done");
  EXPECT_THAT(server_.calls, ElementsAre(kItem));
}

TEST_F(InitRunTest, AFileThatWasNotFinishedIsAppliedAgain) {
  folder_.Write("a.jsonl", "{\"pk\":{\"S\":\"1\"}}");
  folder_.Write("b.jsonl", "{\"pk\":{\"S\":\"1\"}}\n{\"TableName\":\"o\"}\n{\"pk\":{\"S\":\"2\"}}");
  server_.fails_at = 3;
  EXPECT_EQ(Run(), "done");  // the batch is refused, its only item alone is not
  folder_.Write("b.jsonl", "{\"pk\":{\"S\":\"1\"}}\n{\"TableName\":\"o\",\"KeySchema\":[]}");
  server_.fails_at = 0;
  stopped_ = true;
  EXPECT_EQ(Run(), "b.jsonl:1: stopped");
  stopped_ = false;
  EXPECT_EQ(Run(),
            "b.jsonl:2: the table o is there already, with other keys; delete it, or take "
            "it out of this file");
  EXPECT_EQ(server_.calls.front(), kItem);
}

TEST_F(InitRunTest, AMistakeInTheLastFileIsToldBeforeTheFirstIsApplied) {
  folder_.Write("a.jsonl", "{\"pk\":{\"S\":\"1\"}}");
  folder_.Write("b.csv", "pk\n\"1\n");
  EXPECT_EQ(Run(), "b.csv:2: a quote that begins here is not closed");
  EXPECT_TRUE(server_.calls.empty());
}

TEST_F(InitRunTest, HandlersAreNotApplied) {
  folder_.Write("handlers.json", "{}");
  EXPECT_EQ(Run(), "done");
  EXPECT_EQ(ReadInitPlan(folder_.path(), "us-east-1").value().handlers,
            folder_.path() + "/handlers.json");
  folder_.Write("2-handlers.json", "{}");
  EXPECT_EQ(Run(), folder_.path() + "/2-handlers.json and " + folder_.path() +
                       "/handlers.json: one file of handlers is enough; put them together");
}

}  // namespace
}  // namespace pumice
