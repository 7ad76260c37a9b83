// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/local_queue.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pumice {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class Queue : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "pumice-queue-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    Open();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path path() const { return folder_ / "letters.jsonl"; }
  void Open() { queue_ = LocalQueue::Open(path(), clock_, random_).value(); }

  std::vector<std::string> Bodies() const { return BodiesOf(queue_->List(100).value()); }
  static std::vector<std::string> BodiesOf(const std::vector<QueueMessage>& messages) {
    std::vector<std::string> bodies;
    for (const QueueMessage& message : messages) bodies.push_back(message.body);
    return bodies;
  }
  std::string Text() const {
    std::ostringstream text;
    text << std::ifstream(path()).rdbuf();
    return text.str();
  }

  std::filesystem::path folder_;
  ManualClock clock_{TimePoint(1'700'000'000s)};
  SystemRandom random_;
  std::unique_ptr<LocalQueue> queue_;
};

TEST_F(Queue, IsAFileOfJsonLines) {
  const std::string id = queue_->Append(R"({"a":"ü"})").value();
  const auto line = nlohmann::json::parse(Text());
  EXPECT_EQ(line,
            nlohmann::json(
                {{"MessageId", id}, {"SentTimestamp", "1700000000000"}, {"Body", R"({"a":"ü"})"}}));
  EXPECT_EQ(Text().back(), '\n');
}

TEST_F(Queue, HasNoFileBeforeItsFirstMessage) {
  EXPECT_TRUE(Bodies().empty());
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(Queue, ListsTheOldestFirst) {
  for (const char* body : {"a", "b", "c"}) ASSERT_TRUE(queue_->Append(body).has_value());
  EXPECT_THAT(BodiesOf(queue_->List(2).value()), ElementsAre("a", "b"));
  EXPECT_EQ(queue_->List(1).value()[0].sent, TimePoint(1'700'000'000s));
}

TEST_F(Queue, HidesWhatWasReceivedForAWhile) {
  ASSERT_TRUE(queue_->Append("a").has_value());
  ASSERT_TRUE(queue_->Append("b").has_value());
  EXPECT_THAT(BodiesOf(queue_->Receive(1, 30s).value()), ElementsAre("a"));
  EXPECT_THAT(BodiesOf(queue_->Receive(10, 30s).value()), ElementsAre("b"));
  EXPECT_TRUE(queue_->Receive(10, 30s).value().empty());
  EXPECT_EQ(queue_->Counts().visible, 0u);
  EXPECT_EQ(queue_->Counts().in_flight, 2u);
  clock_.Advance(30s);
  const auto again = queue_->Receive(1, 30s).value();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].receive_count, 2);
  EXPECT_EQ(again[0].first_received, TimePoint(1'700'000'000s));
}

TEST_F(Queue, DeletesByTheHandleOfAReceive) {
  ASSERT_TRUE(queue_->Append("a").has_value());
  ASSERT_TRUE(queue_->Append("b").has_value());
  const auto received = queue_->Receive(1, 30s).value();
  ASSERT_TRUE(queue_->Delete(received[0].receipt_handle).has_value());
  ASSERT_TRUE(queue_->Delete(received[0].receipt_handle).has_value()) << "twice is once";
  EXPECT_THAT(Bodies(), ElementsAre("b"));
  Open();
  EXPECT_THAT(Bodies(), ElementsAre("b"));
}

TEST_F(Queue, RefusesAHandleThatIsNone) {
  const auto refused = queue_->Delete("x");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kValidation);
  EXPECT_EQ(refused.error().client_text(),
            "The input receipt handle \"x\" is not a valid receipt handle.");
}

TEST_F(Queue, KeepsItsMessagesOverARestart) {
  ASSERT_TRUE(queue_->Append("a").has_value());
  ASSERT_EQ(queue_->Receive(1, 1h).value().size(), 1u);
  Open();
  EXPECT_THAT(BodiesOf(queue_->Receive(1, 1h).value()), ElementsAre("a"));
  ASSERT_TRUE(queue_->Append("b").has_value());
  EXPECT_THAT(Bodies(), ElementsAre("a", "b"));
}

TEST_F(Queue, CutsOffALineThatAKillLeftUnfinished) {
  ASSERT_TRUE(queue_->Append("a").has_value());
  std::ofstream(path(), std::ios::app) << R"({"MessageId":"half)";
  Open();
  ASSERT_TRUE(queue_->Append("b").has_value());
  Open();
  EXPECT_THAT(Bodies(), ElementsAre("a", "b"));
}

TEST_F(Queue, RefusesAFileThatIsNoQueue) {
  std::ofstream(path()) << "hello\n";
  const auto opened = LocalQueue::Open(path(), clock_, random_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().log_text(), path().string() + ": the line at byte 0 is no message");
}

TEST_F(Queue, SaysThatItCannotBeWritten) {
  std::filesystem::create_directory(path());
  const auto appended = queue_->Append("a");
  ASSERT_FALSE(appended.has_value());
  EXPECT_EQ(appended.error().log_text(), path().string() + " cannot be opened: Is a directory");
}

TEST_F(Queue, WritesItsFileAnewWhenMostOfItIsGone) {
  ASSERT_TRUE(queue_->Append("first").has_value());
  for (int i = 0; i < 600; ++i) ASSERT_TRUE(queue_->Append("x").has_value());
  ASSERT_TRUE(queue_->Append("last").has_value());
  ASSERT_EQ(queue_->Receive(1, 1h).value().size(), 1u);
  const auto received = queue_->Receive(600, 1h).value();
  for (const QueueMessage& message : received) {
    const auto deleted = queue_->Delete(message.receipt_handle);
    ASSERT_TRUE(deleted.has_value()) << deleted.error().log_text();
  }
  EXPECT_THAT(Bodies(), ElementsAre("first", "last"));
  ASSERT_TRUE(queue_->Append("later").has_value());
  const std::string text = Text();
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 300);
  Open();
  EXPECT_THAT(Bodies(), ElementsAre("first", "last", "later"));
}

TEST_F(Queue, OfAFolderIsFoundByItsName) {
  LocalQueues queues(folder_ / "queues", clock_, random_);
  EXPECT_EQ(queues.Find("dead").value(), nullptr);
  ASSERT_TRUE(queues.Append("dead", "a").has_value());
  ASSERT_TRUE(queues.Append("also.dead", "b").has_value());
  EXPECT_THAT(BodiesOf(queues.Find("dead").value()->List(9).value()), ElementsAre("a"));
  EXPECT_THAT(queues.Names(), ElementsAre("also.dead", "dead"));
  LocalQueues later(folder_ / "queues", clock_, random_);
  EXPECT_THAT(BodiesOf(later.Find("dead").value()->List(9).value()), ElementsAre("a"));
}

TEST_F(Queue, NamesLeadOutOfNoFolder) {
  LocalQueues queues(folder_, clock_, random_);
  for (const char* name : {"", "../x", "a/b", ".hidden"}) {
    EXPECT_EQ(queues.Append(name, "a").error().code(), ErrorCode::kValidation) << name;
    EXPECT_EQ(queues.Find(name).value(), nullptr) << name;
  }
}

}  // namespace
}  // namespace pumice
