// SPDX-License-Identifier: Apache-2.0
// The shards of the change log: which one a record goes to, how they follow one another, and what
// readers see of it.

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "storage/change_log_store.h"
#include "storage/description_json.h"
#include "storage/test_kit.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;

class ShardsTest : public ::testing::Test {
 protected:
  ShardsTest() : clock_(kTestStart), log_(LogLevel::kOff) {}

  void Open(std::uint32_t shard_count) {
    database_.reset();
    options_.stream_shards = shard_count;
    database_ = OpenDatabase(options_, clock_, random_, log_);
  }
  void KeepOnDisk() {
    options_.path = folder_.path();
    options_.durability = Durability::kProcess;
  }
  TablePtr Create() {
    return database_->catalog().Create(WithStream(Table("t"), StreamViewType::kNewImage)).value();
  }
  ChangeLog& changes() { return database_->changes(); }
  StreamPtr Stream() { return changes().List("t").back(); }
  StreamPtr Rotate(std::uint32_t shard_count) {
    return changes().RotateShards(Stream()->arn.value(), shard_count).value();
  }
  void Put(const std::string& pk, std::int64_t number) {
    const TablePtr table = database_->catalog().Find("t");
    ASSERT_TRUE(PutItem(*database_, *table, {{"pk", S(pk)}, {"sk", S("s")}, {"n", N(number)}}));
  }
  std::vector<ChangeRecord> Read(const ShardDescription& shard) {
    return changes().Read(*Stream(), shard.number, SequenceNumber(1), 10'000, 1 << 24).value();
  }
  /// For each item, the shards its records are in, in the order of their numbers.
  std::map<std::string, std::vector<std::uint32_t>> ShardsOfItems() {
    std::map<std::string, std::vector<std::uint32_t>> found;
    for (const ShardDescription& shard : Stream()->shards) {
      for (const ChangeRecord& record : Read(shard)) found[record.keys].push_back(shard.number);
    }
    return found;
  }

  TemporaryFolder folder_;
  DatabaseOptions options_;
  ManualClock clock_;
  SystemRandom random_;
  Log log_;
  std::unique_ptr<Database> database_;
};

TEST_F(ShardsTest, AllRecordsOfAnItemAreInOneShard) {
  Open(4);
  Create();
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) Put(std::to_string(i), round);
  }
  std::set<std::uint32_t> used;
  for (const auto& [keys, shards] : ShardsOfItems()) {
    EXPECT_EQ(shards, std::vector<std::uint32_t>(3, shards.front())) << keys;
    used.insert(shards.front());
  }
  EXPECT_EQ(used, (std::set<std::uint32_t>{0, 1, 2, 3}));
}

TEST_F(ShardsTest, AClosedShardIsCompleteAndItsChildrenGoOn) {
  Open(1);
  Create();
  for (int i = 0; i < 20; ++i) Put(std::to_string(i), 1);
  const StreamPtr stream = Rotate(2);
  ASSERT_EQ(stream->shards.size(), 3U);
  for (int i = 0; i < 20; ++i) Put(std::to_string(i), 2);
  const ShardDescription parent = stream->shards[0];
  EXPECT_EQ(parent.ending_sequence, SequenceNumber(20));
  EXPECT_EQ(changes().ReadableEnd(*stream, 0), SequenceNumber(21));
  EXPECT_EQ(Read(parent).size(), 20U);
  std::size_t in_children = 0;
  for (const std::uint32_t child : {1U, 2U}) {
    for (const ChangeRecord& record : Read(*stream->Shard(child))) {
      EXPECT_GT(record.sequence, *parent.ending_sequence);
      ++in_children;
    }
    EXPECT_EQ(changes().TrimHorizon(*stream, child), SequenceNumber(21));
    EXPECT_EQ(changes().ReadableEnd(*stream, child), SequenceNumber(41));
  }
  EXPECT_EQ(in_children, 20U);
}

TEST_F(ShardsTest, RotateWhenTheyAreOld) {
  Open(1);
  Create();
  clock_.Advance(4h - 1us);
  ASSERT_TRUE(changes().RotateOldShards(4h));
  EXPECT_EQ(Stream()->shards.size(), 1U);
  clock_.Advance(1us);
  ASSERT_TRUE(changes().RotateOldShards(4h));
  EXPECT_EQ(Stream()->shards.size(), 2U);
  ASSERT_TRUE(changes().RotateOldShards(4h));
  EXPECT_EQ(Stream()->shards.size(), 2U);
}

TEST_F(ShardsTest, TheListenerIsTold) {
  Open(1);
  Create();
  int told = 0;
  changes().SetListener([&](StreamId) { ++told; });
  Rotate(1);
  EXPECT_EQ(told, 1);
  changes().SetListener({});
}

TEST_F(ShardsTest, AClosedStreamIsNotRotated) {
  Open(1);
  const TablePtr table = Create();
  ASSERT_TRUE(database_->catalog().Delete("t", [](const auto&) -> Result<void> { return Ok(); }));
  const auto refused = changes().RotateShards(table->stream->arn.value(), 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kResourceNotFound);
  clock_.Advance(5h);
  ASSERT_TRUE(changes().RotateOldShards(4h));
  EXPECT_EQ(Stream()->shards.size(), 1U);
  EXPECT_EQ(changes().RotateShards("arn", 1).error().code(), ErrorCode::kResourceNotFound);
}

TEST_F(ShardsTest, EndWithTheStream) {
  Open(2);
  Create();
  Put("a", 1);
  Rotate(2);
  Put("a", 2);
  ASSERT_TRUE(database_->catalog().Delete("t", [](const auto&) -> Result<void> { return Ok(); }));
  const StreamPtr stream = Stream();
  ASSERT_EQ(stream->shards.size(), 4U);
  for (const ShardDescription& shard : stream->shards) EXPECT_TRUE(shard.ending_sequence);
  EXPECT_EQ(ShardsOfItems().begin()->second.size(), 2U);
}

TEST_F(ShardsTest, SurviveARestart) {
  KeepOnDisk();
  Open(2);
  Create();
  for (int i = 0; i < 20; ++i) Put(std::to_string(i), 1);
  Rotate(3);
  for (int i = 0; i < 20; ++i) Put(std::to_string(i), 2);
  const StreamPtr before = Stream();
  const auto found_before = ShardsOfItems();
  Open(2);
  const StreamPtr after = Stream();
  ASSERT_EQ(after->shards.size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(after->shards[i].id, before->shards[i].id);
    EXPECT_EQ(after->shards[i].parent, before->shards[i].parent);
    EXPECT_EQ(after->shards[i].starting_sequence, before->shards[i].starting_sequence);
    EXPECT_EQ(after->shards[i].ending_sequence, before->shards[i].ending_sequence);
    EXPECT_EQ(after->shards[i].hashes.first, before->shards[i].hashes.first);
    EXPECT_EQ(after->shards[i].hashes.last, before->shards[i].hashes.last);
    EXPECT_EQ(after->shards[i].opened, before->shards[i].opened);
    EXPECT_EQ(after->shards[i].closed, before->shards[i].closed);
  }
  EXPECT_EQ(ShardsOfItems(), found_before);
  // An item goes on in the shard where it was.
  for (int i = 0; i < 20; ++i) Put(std::to_string(i), 3);
  for (const auto& [keys, shards] : ShardsOfItems()) {
    ASSERT_EQ(shards.size(), 3U);
    EXPECT_EQ(shards[1], shards[2]) << keys;
  }
}

TEST_F(ShardsTest, AreSplitAtTheNextRotationIfThereShallBeMore) {
  KeepOnDisk();
  Open(1);
  Create();
  Open(4);
  EXPECT_EQ(Stream()->shards.size(), 1U);
  Rotate(0);
  EXPECT_EQ(Stream()->shards.size(), 5U);
  // There are never fewer.
  Open(1);
  Rotate(0);
  EXPECT_EQ(Stream()->shards.size(), 9U);
}

TEST_F(ShardsTest, AreGoneADayAfterTheyWereClosed) {
  KeepOnDisk();
  Open(1);
  Create();
  Put("a", 1);
  clock_.Advance(1h);
  Rotate(1);
  Put("a", 2);
  clock_.Advance(24h);
  ASSERT_TRUE(changes().Trim());
  EXPECT_EQ(Stream()->shards.size(), 2U);
  EXPECT_EQ(changes().TrimHorizon(*Stream(), 0), SequenceNumber(2));
  clock_.Advance(1us);
  ASSERT_TRUE(changes().Trim());
  for (int start = 0; start < 2; ++start) {
    const StreamPtr stream = Stream();
    ASSERT_EQ(stream->shards.size(), 1U);
    EXPECT_EQ(stream->shards[0].number, 1U);
    EXPECT_TRUE(stream->shards[0].parent);  // though it is gone, as at AWS
    EXPECT_EQ(changes().ReadableEnd(*stream, 0), SequenceNumber(0));
    EXPECT_EQ(changes().TrimHorizon(*stream, 0), SequenceNumber(0));
    EXPECT_EQ(changes().TrimHorizon(*stream, 1), SequenceNumber(3));
    Open(1);
  }
}

// The trim horizon is each shard's own: where one has lost its records, a reader that waits in
// another one, where there were none, goes on.
TEST_F(ShardsTest, AreTrimmedEachForItself) {
  KeepOnDisk();
  Open(2);
  Create();
  Put("a", 1);
  const std::uint32_t used = ShardsOfItems().begin()->second.front();
  const std::uint32_t idle = 1 - used;
  clock_.Advance(24h + 1us);
  ASSERT_TRUE(changes().Trim());
  for (int start = 0; start < 2; ++start) {
    EXPECT_EQ(changes().TrimHorizon(*Stream(), used), SequenceNumber(2));
    EXPECT_EQ(changes().TrimHorizon(*Stream(), idle), SequenceNumber(1));
    Open(2);
  }
}

// What order rests on: while many write and shards rotate and split, a reader that finishes
// parents before children sees each item's records in the order of its writes, and all of them.
TEST_F(ShardsTest, AReaderLosesNothingWhileShardsChange) {
  constexpr int kWriters = 3;
  constexpr int kWritesEach = 300;
  Open(1);
  Create();
  std::atomic<int> running = kWriters;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < kWritesEach; ++i) Put(std::to_string(writer) + std::to_string(i % 5), i);
      --running;
    });
  }
  std::uint32_t shard_count = 1;
  while (running > 0) Rotate(shard_count = std::min(shard_count + 1, 8U));
  for (std::thread& writer : writers) writer.join();

  std::map<std::string, std::vector<std::string>> images;
  const StreamPtr stream = Stream();
  for (const ShardDescription& shard : stream->shards) {
    for (const ChangeRecord& record : Read(shard)) {
      EXPECT_GE(record.sequence, shard.starting_sequence);
      EXPECT_LE(record.sequence, shard.ending_sequence.value_or(record.sequence));
      images[record.keys].push_back(*record.new_image);
    }
    const ShardDescription* parent = nullptr;
    for (const ShardDescription& other : stream->shards) {
      if (shard.parent == other.id) parent = &other;
    }
    if (parent == nullptr) continue;
    EXPECT_GT(shard.starting_sequence, *parent->ending_sequence);
  }
  EXPECT_EQ(images.size(), static_cast<std::size_t>(kWriters * 5));
  for (const auto& [keys, seen] : images) {
    ASSERT_EQ(seen.size(), static_cast<std::size_t>(kWritesEach / 5)) << keys;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      // The items of a writer are written in turn: item k of five gets k, k + 5, k + 10, …
      const std::string_view pk = std::string_view(keys).substr(keys.find(R"("pk":{"S":")") + 11);
      const std::size_t number = static_cast<std::size_t>(pk[1] - '0') + 5 * i;
      EXPECT_NE(seen[i].find(R"("n":{"N":")" + std::to_string(number) + "\""), std::string::npos)
          << seen[i] << " at " << i;
    }
  }
}

/// As version 0.1.0 wrote it.
constexpr char kOldDescription[] =
    R"({"arn":"arn","closed":20,"created":10,"id":3,"key_schema":{"hash":[{"name":"pk","type":"S"}],)"
    R"("range":[]},"label":"l","shards":[{"ending_sequence":9,"id":"shardId-1","number":0,)"
    R"("starting_sequence":1}],"table_id":2,"table_name":"t","version":1,"view_type":1})";

TEST(StreamJson, ReadsWhatKnewOneShard) {
  const StreamDescription stream = ReadStreamJson(kOldDescription).value();
  const ShardDescription& shard = stream.shards.at(0);
  EXPECT_EQ(shard.opened, stream.created);
  EXPECT_EQ(shard.closed, stream.closed);
  EXPECT_EQ(shard.hashes.first, 0U);
  EXPECT_EQ(shard.hashes.last, ~std::uint64_t{0});
}

// A reader that knows one shard may read a stream that has had no other, and must refuse the rest.
TEST(StreamJson, TellsOldReadersOfOtherShards) {
  StreamDescription stream = ReadStreamJson(kOldDescription).value();
  EXPECT_NE(StreamJson(stream).find(R"("version":1)"), std::string::npos);
  stream.shards.push_back(stream.shards.front());
  stream.shards.back().number = 1;
  EXPECT_NE(StreamJson(stream).find(R"("version":3)"), std::string::npos);
  stream.shards.erase(stream.shards.begin());
  EXPECT_NE(StreamJson(stream).find(R"("version":3)"), std::string::npos);
  EXPECT_EQ(ReadStreamJson(StreamJson(stream)).value().shards.at(0).number, 1U);
}

TEST(StreamJson, RefusesWhatANewerVersionWrote) {
  std::string newer = kOldDescription;
  newer.replace(newer.find(R"("version":1)"), 11, R"("version":4)");
  EXPECT_EQ(ReadStreamJson(newer).error().client_text(),
            "The stored data was written by a newer version of Pumice: start that one.");
}

}  // namespace
}  // namespace pumice
