// SPDX-License-Identifier: Apache-2.0
#include "storage/change_log_store.h"

#include <atomic>
#include <regex>
#include <set>
#include <thread>

#include "storage/test_kit.h"

namespace pumice {
namespace {

class ChangeLogTest : public MemoryDatabaseTest {
 protected:
  StreamPtr StreamOf(const TableDescription& table) {
    return database_->changes().Find(table.stream->arn.value());
  }
  std::vector<ChangeRecord> ReadAll(const StreamDescription& stream) {
    return database_->changes().Read(stream, 0, SequenceNumber(1), 10'000, 1 << 24).value();
  }
  TablePtr SetStream(std::string_view name, bool enabled,
                     StreamViewType view = StreamViewType::kNewImage) {
    return database_->catalog()
        .Update(name,
                [&](const TableDescription& current) -> Result<TableDescription> {
                  TableDescription table = current;
                  if (enabled) {
                    table.stream.emplace().view_type = view;
                  } else {
                    table.stream->enabled = false;
                  }
                  return table;
                })
        .value();
  }
};

const Item kOld = {{"pk", S("a")}, {"sk", S("b")}, {"v", N(1)}};
const Item kNew = {{"pk", S("a")}, {"sk", S("b")}, {"v", N(42)}};
constexpr char kKeysJson[] = R"({"pk":{"S":"a"},"sk":{"S":"b"}})";
constexpr char kOldJson[] = R"({"pk":{"S":"a"},"sk":{"S":"b"},"v":{"N":"1"}})";
constexpr char kNewJson[] = R"({"pk":{"S":"a"},"sk":{"S":"b"},"v":{"N":"42"}})";

TEST_F(ChangeLogTest, RecordsShowWhatTheViewTypeShows) {
  struct Case {
    StreamViewType view;
    bool shows_new;
    bool shows_old;
  };
  int number = 0;
  for (const Case& c :
       {Case{StreamViewType::kKeysOnly, false, false}, Case{StreamViewType::kNewImage, true, false},
        Case{StreamViewType::kOldImage, false, true},
        Case{StreamViewType::kNewAndOldImages, true, true}}) {
    const TablePtr table = Create(WithStream(Table("t" + std::to_string(number++)), c.view));
    ASSERT_TRUE(PutItem(*database_, *table, kOld));
    ASSERT_TRUE(PutItem(*database_, *table, kNew));
    ASSERT_TRUE(DeleteItem(*database_, *table, {S("a"), S("b")}, ChangeActor::kTimeToLive));
    const std::vector<ChangeRecord> records = ReadAll(*StreamOf(*table));
    ASSERT_EQ(records.size(), 3U);
    const auto shown = [](bool shows, const char* text) {
      return shows ? std::optional<std::string>(text) : std::nullopt;
    };
    EXPECT_EQ(records[0].kind, ChangeKind::kInsert);
    EXPECT_EQ(records[0].new_image, shown(c.shows_new, kOldJson));
    EXPECT_EQ(records[0].old_image, std::nullopt);
    EXPECT_EQ(records[0].actor, ChangeActor::kClient);
    EXPECT_EQ(records[1].kind, ChangeKind::kModify);
    EXPECT_EQ(records[1].new_image, shown(c.shows_new, kNewJson));
    EXPECT_EQ(records[1].old_image, shown(c.shows_old, kOldJson));
    EXPECT_EQ(records[2].kind, ChangeKind::kRemove);
    EXPECT_EQ(records[2].new_image, std::nullopt);
    EXPECT_EQ(records[2].old_image, shown(c.shows_old, kNewJson));
    EXPECT_EQ(records[2].actor, ChangeActor::kTimeToLive);
    for (const ChangeRecord& record : records) EXPECT_EQ(record.keys, kKeysJson);
    // Keys 6 bytes, both images 9: "v" and two bytes of number.
    EXPECT_EQ(records[1].size_bytes, 6 + (c.shows_new ? 9 : 0) + (c.shows_old ? 9 : 0));
  }
}

TEST_F(ChangeLogTest, RecordsAreNumberedTimedAndNamed) {
  const TablePtr table = Create(WithStream(Table("t"), StreamViewType::kKeysOnly));
  ASSERT_TRUE(PutItem(*database_, *table, kOld));
  clock_.Advance(std::chrono::seconds(1));
  ASSERT_TRUE(PutItem(*database_, *table, kNew));
  const std::vector<ChangeRecord> records = ReadAll(*StreamOf(*table));
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].sequence, SequenceNumber(1));
  EXPECT_EQ(records[1].sequence, SequenceNumber(2));
  EXPECT_EQ(records[0].created, kTestStart);
  EXPECT_EQ(records[1].created, kTestStart + std::chrono::seconds(1));
  EXPECT_TRUE(std::regex_match(records[0].event_id, std::regex("[0-9a-f]{32}")));
  EXPECT_NE(records[0].event_id, records[1].event_id);
}

TEST_F(ChangeLogTest, ReadsPagesByCountAndBytes) {
  const TablePtr table = Create(WithStream(Table("t"), StreamViewType::kNewImage));
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(
        PutItem(*database_, *table,
                {{"pk", S("a")}, {"sk", S(std::to_string(i))}, {"v", S(std::string(1000, 'x'))}}));
  }
  const StreamPtr stream = StreamOf(*table);
  const auto read = [&](std::uint64_t from, std::size_t count, std::size_t bytes) {
    return database_->changes().Read(*stream, 0, SequenceNumber(from), count, bytes).value().size();
  };
  EXPECT_EQ(read(1, 3, 1 << 20), 3U);
  EXPECT_EQ(read(9, 100, 1 << 20), 2U);
  EXPECT_EQ(read(11, 100, 1 << 20), 0U);
  EXPECT_EQ(read(1, 100, 2500), 2U);
  EXPECT_EQ(read(1, 100, 1), 1U);
  EXPECT_EQ(database_->changes().ReadableEnd(*stream, 0), SequenceNumber(11));
}

TEST_F(ChangeLogTest, ADisabledStreamEndsAndStaysReadable) {
  const TablePtr table = Create(WithStream(Table("t"), StreamViewType::kNewImage));
  ASSERT_TRUE(PutItem(*database_, *table, kOld));
  const TablePtr disabled = SetStream("t", false);
  EXPECT_EQ(disabled->stream->arn, table->stream->arn);
  ASSERT_TRUE(PutItem(*database_, *disabled, kNew));
  const StreamPtr stream = StreamOf(*table);
  EXPECT_EQ(stream->closed, kTestStart);
  EXPECT_EQ(stream->shards.at(0).ending_sequence, SequenceNumber(1));
  EXPECT_EQ(ReadAll(*stream).size(), 1U);
  EXPECT_EQ(database_->changes().ReadableEnd(*stream, 0), SequenceNumber(2));
}

TEST_F(ChangeLogTest, AStreamWithoutRecordsEndsBehindItsStart) {
  const TablePtr table = Create(WithStream(Table("t"), StreamViewType::kNewImage));
  SetStream("t", false);
  const StreamPtr stream = StreamOf(*table);
  EXPECT_EQ(stream->shards.at(0).ending_sequence, SequenceNumber(1));
  EXPECT_EQ(database_->changes().ReadableEnd(*stream, 0), SequenceNumber(2));
}

TEST_F(ChangeLogTest, EnablingAgainMakesANewStreamWithALabelOfItsOwn) {
  const TablePtr first = Create(WithStream(Table("t"), StreamViewType::kNewImage));
  SetStream("t", false);
  const TablePtr second =
      SetStream("t", true, StreamViewType::kKeysOnly);  // the clock stands still
  EXPECT_EQ(first->stream->label, "2026-11-21T02:30:50.000");
  EXPECT_EQ(second->stream->label, "2026-11-21T02:30:50.001");
  EXPECT_EQ(second->stream->arn.value(), second->arn + "/stream/" + second->stream->label);
  EXPECT_TRUE(ReadAll(*StreamOf(*second)).empty());
  EXPECT_EQ(database_->changes().List("t").size(), 2U);
  EXPECT_EQ(database_->changes().List("u").size(), 0U);
  EXPECT_TRUE(std::regex_match(StreamOf(*second)->shards.at(0).id.value(),
                               std::regex("shardId-00000001795228250000-[0-9a-f]{8}")));
}

TEST_F(ChangeLogTest, OutlivesItsTableForADay) {
  const TablePtr table = Create(WithStream(Table("t"), StreamViewType::kNewImage));
  ASSERT_TRUE(PutItem(*database_, *table, kOld));
  ASSERT_TRUE(database_->catalog().Delete("t", [](const auto&) -> Result<void> { return Ok(); }));
  const StreamPtr stream = StreamOf(*table);
  ASSERT_NE(stream, nullptr);
  EXPECT_TRUE(stream->closed);
  EXPECT_EQ(ReadAll(*stream).size(), 1U);
  clock_.Advance(std::chrono::hours(24) + std::chrono::seconds(1));
  ASSERT_TRUE(database_->changes().Trim());
  EXPECT_EQ(StreamOf(*table), nullptr);
}

TEST_F(ChangeLogTest, TrimsRecordsOfADayAgo) {
  const TablePtr table = Create(WithStream(Table("t"), StreamViewType::kNewImage));
  ASSERT_TRUE(PutItem(*database_, *table, kOld));
  clock_.Advance(std::chrono::hours(23));
  ASSERT_TRUE(PutItem(*database_, *table, kNew));
  const StreamPtr stream = StreamOf(*table);
  EXPECT_EQ(database_->changes().TrimHorizon(*stream, 0), SequenceNumber(1));
  clock_.Advance(std::chrono::hours(2));
  EXPECT_EQ(ReadAll(*stream).size(), 1U);  // old ones are not given, trimmed or not
  EXPECT_EQ(database_->changes().TrimHorizon(*stream, 0), SequenceNumber(2));
  ASSERT_TRUE(database_->changes().Trim());
  EXPECT_EQ(ReadAll(*stream).size(), 1U);
  EXPECT_EQ(database_->changes().TrimHorizon(*stream, 0), SequenceNumber(2));
  clock_.Advance(std::chrono::hours(24));
  ASSERT_TRUE(database_->changes().Trim());
  EXPECT_EQ(database_->changes().TrimHorizon(*stream, 0), SequenceNumber(3));
}

TEST_F(ChangeLogTest, TellsTheListenerOfCommittedRecords) {
  std::vector<StreamId> told;
  database_->changes().SetListener([&](StreamId id) { told.push_back(id); });
  const TablePtr table = Create(WithStream(Table("t"), StreamViewType::kNewImage));
  const StreamId id = table->stream->id;
  EXPECT_EQ(told, (std::vector<StreamId>{id}));
  ASSERT_TRUE(PutItem(*database_, *table, kOld));
  ASSERT_TRUE(PutItem(*database_, *table, kOld));  // changes nothing
  EXPECT_EQ(told.size(), 2U);
  SetStream("t", false);
  EXPECT_EQ(told.size(), 3U);
  database_->changes().SetListener({});
  SetStream("t", true);
  EXPECT_EQ(told.size(), 3U);
}

// The promise that handlers stand on: whoever reads on from where he stopped misses no record.
TEST_F(ChangeLogTest, AReaderMissesNothingWhileManyWrite) {
  constexpr int kWriters = 4;
  constexpr int kWritesEach = 400;
  const TablePtr table = Create(WithStream(Table("t"), StreamViewType::kKeysOnly));
  const StreamPtr stream = StreamOf(*table);
  std::atomic<int> running = kWriters;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < kWritesEach; ++i) {
        const ItemKey key{S(std::to_string(writer)), S(std::to_string(i))};
        const auto refuse_some = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
          if (i % 7 == 0) return Error(ErrorCode::kConditionalCheckFailed);
          return std::optional(ItemChange{EncodeItem({{"pk", key.partition}, {"sk", *key.sort}})});
        };
        (void)database_->items().Write(ItemWrite{*table, key, refuse_some}).has_value();
      }
      --running;
    });
  }
  std::set<std::string> seen;
  SequenceNumber next(1);
  const auto read_on = [&] {
    const auto records = database_->changes().Read(*stream, 0, next, 50, 1 << 20).value();
    for (const ChangeRecord& record : records) {
      EXPECT_GE(record.sequence, next);
      next = SequenceNumber(record.sequence.value() + 1);
      seen.insert(record.keys);
    }
    return !records.empty();
  };
  while (running > 0) read_on();
  for (std::thread& writer : writers) writer.join();
  while (read_on()) {
  }
  EXPECT_EQ(seen.size(),
            static_cast<std::size_t>(kWriters * (kWritesEach - (kWritesEach + 6) / 7)));
  EXPECT_EQ(seen.size(), ReadAll(*stream).size());
}

TEST(ChangeCodec, WritesTheBytesThatTheFormatNames) {
  ChangeRecordView record;
  record.kind = ChangeKind::kModify;
  record.created = TimePoint(std::chrono::microseconds(0x0102030405060708));
  record.event_id[0] = 0x1112131415161718;
  record.event_id[1] = 0x2122232425262728;
  record.size_bytes = 200;
  record.keys = "{k}";
  record.new_image = "{n}";
  std::string bytes;
  AppendChangeRecord(bytes, record);
  EXPECT_EQ(bytes, std::string("\x01\x01\x00\x01\x01\x02\x03\x04\x05\x06\x07\x08"
                               "\x11\x12\x13\x14\x15\x16\x17\x18!\"#$%&'(\xc8\x01\x03{k}\x03{n}",
                               38));
  EXPECT_EQ(ChangeKey(StreamId(5), 1, SequenceNumber(258)),
            std::string("\0\0\0\5\0\0\0\1\0\0\0\0\0\0\1\2", 16));
  const auto read = ReadChangeRecord(SequenceNumber(9), bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->event_id, "11121314151617182122232425262728");
  EXPECT_EQ(read->size_bytes, 200);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(ReadChangeRecord(SequenceNumber(9), bytes.substr(0, length))) << length;
  }
}

}  // namespace
}  // namespace pumice
