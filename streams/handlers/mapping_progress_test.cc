// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/mapping_progress.h"

#include <gtest/gtest.h>

#include "storage/database.h"

namespace pumice {
namespace {

class Progress : public testing::Test {
 protected:
  void SetUp() override {
    config_.source.table_name = "T";
    config_.function_name = "f";
    database_ = Database::Open({}, clock_, random_, log_).value();
  }

  Result<MappingProgress> Load() {
    return MappingProgress::Load(database_->state(), config_, TimePoint(std::chrono::seconds(7)));
  }

  ManualClock clock_{TimePoint(std::chrono::seconds(1'700'000'000))};
  SystemRandom random_;
  Log log_{LogLevel::kOff};
  std::unique_ptr<Database> database_;
  MappingConfig config_;
  const StreamArn stream_{"arn:s"};
};

// What the first version wrote.
TEST_F(Progress, ReadsTheValueOfAnOlderVersion) {
  ASSERT_TRUE(database_->state()
                  .Put("handlers/mapping/T|f",
                       R"({"since":5000000,"streams":{"arn:s":{"shardId-1":"42"}}})")
                  .has_value());
  const auto progress = Load();
  ASSERT_TRUE(progress.has_value());
  EXPECT_EQ(progress.value().since(), TimePoint(std::chrono::seconds(5)));
  ASSERT_NE(progress.value().Find(stream_), nullptr);
  EXPECT_EQ(progress.value().Find(stream_)->at(ShardId("shardId-1")), SequenceNumber(42));
  EXPECT_EQ(progress.value().FindWindow(ShardId("shardId-1")), nullptr);
}

TEST_F(Progress, KeepsWindowsWithThePositions) {
  auto progress = Load();
  ASSERT_TRUE(progress.value().Begin(stream_, {}).has_value());
  const WindowProgress window{
      .floor = TimePoint(std::chrono::seconds(60)),
      .open = WindowProgress::Open{TimePoint(std::chrono::seconds(120)), R"({"n":1})", true}};
  progress.value().Advance(stream_, ShardId("shardId-1"), SequenceNumber(3));
  progress.value().SetWindow(ShardId("shardId-1"), window);
  ASSERT_TRUE(progress.value().Save().has_value());
  EXPECT_EQ(database_->state().Get("handlers/mapping/T|f").value(),
            R"({"since":7000000,"streams":{"arn:s":{"shardId-1":"3"}},"windows":{"shardId-1":)"
            R"({"early":true,"floor":60000000,"start":120000000,"state":"{\"n\":1}"}}})");
  const auto loaded = Load();
  ASSERT_NE(loaded.value().FindWindow(ShardId("shardId-1")), nullptr);
  EXPECT_EQ(*loaded.value().FindWindow(ShardId("shardId-1")), window);
}

TEST_F(Progress, ForgetsShardsThatAreGone) {
  auto progress = Load();
  for (const char* shard : {"shardId-1", "shardId-2"}) {
    progress.value().Advance(stream_, ShardId(shard), SequenceNumber(3));
    progress.value().SetWindow(ShardId(shard), {});
  }
  StreamDescription stream;
  stream.arn = stream_;
  stream.shards.emplace_back().id = ShardId("shardId-2");
  progress.value().ForgetOtherShards(stream);
  EXPECT_EQ(progress.value().Find(stream_)->size(), 1u);
  EXPECT_EQ(progress.value().FindWindow(ShardId("shardId-1")), nullptr);
  EXPECT_NE(progress.value().FindWindow(ShardId("shardId-2")), nullptr);
}

TEST_F(Progress, SaysThatAValueCannotBeRead) {
  ASSERT_TRUE(database_->state().Put("handlers/mapping/T|f", R"({"since":5})").has_value());
  const auto progress = Load();
  ASSERT_FALSE(progress.has_value());
  EXPECT_EQ(progress.error().log_text(),
            "The stored progress handlers/mapping/T|f cannot be read: {\"since\":5}");
}

}  // namespace
}  // namespace pumice
