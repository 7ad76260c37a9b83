// SPDX-License-Identifier: Apache-2.0
#include "storage/expiry_sweeper.h"

#include <algorithm>
#include <utility>

#include <gmock/gmock.h>

#include "storage/expiry.h"
#include "storage/item_batch.h"
#include "storage/key_format.h"
#include "storage/rocks/rocks_engine.h"
#include "storage/test_engine.h"
#include "storage/test_kit.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kEnough = 1000;

/// A database whose engine is in sight.
class ExpirySweeperTest : public ::testing::Test {
 protected:
  ExpirySweeperTest() : clock_(kTestStart), log_(LogLevel::kError) {
    auto engine =
        std::make_unique<TestEngine>(OpenRocksEngine({}, WriteSafety::kInMemory, log_).value());
    engine_ = engine.get();
    database_ = Database::OpenOn(std::move(engine), clock_, random_, log_).value();
  }

  TablePtr Create(TableDescription table) {
    return database_->catalog().Create(std::move(table)).value();
  }
  TablePtr Enable(const TablePtr& table, const std::string& attribute = "ttl") {
    return Set(table, TimeToLive{{}, attribute, true, false, clock_.Now()});
  }
  TablePtr Disable(const TablePtr& table) {
    TimeToLive time_to_live = *database_->catalog().Find(table->name.value())->time_to_live;
    time_to_live.enabled = false;
    const TablePtr disabled = Set(table, time_to_live);
    database_->SettleTables();
    return disabled;
  }
  TablePtr Set(const TablePtr& table, const TimeToLive& time_to_live) {
    const auto change = [&](const TableDescription& current) -> Result<TableDescription> {
      TableDescription wanted = current;
      wanted.time_to_live = time_to_live;
      return wanted;
    };
    return database_->catalog().Update(table->name.value(), change).value();
  }
  void Drop(const TablePtr& table) {
    const auto allow = [](const TableDescription&) -> Result<void> { return Ok(); };
    ASSERT_TRUE(database_->catalog().Delete(table->name.value(), allow));
    database_->SettleTables();
  }

  /// An item that expires so much after the start.
  void Put(const TablePtr& table, const std::string& sk, std::chrono::seconds after,
           const std::string& g = "g") {
    const auto at = std::chrono::floor<std::chrono::seconds>(kTestStart + after);
    const Item item = {
        {"g", S(g)}, {"pk", S("p")}, {"sk", S(sk)}, {"ttl", N(at.time_since_epoch().count())}};
    ASSERT_TRUE(PutItem(*database_, *table, item));
  }
  SweepOutcome Sweep(std::size_t max_items = kEnough) {
    return database_->expiry().Sweep(max_items);
  }
  std::vector<std::string> Left(const TablePtr& table, const IndexDescription* index = nullptr) {
    std::vector<std::string> left;
    const auto reader = database_->items().Read(ScanOf(*table, index)).value();
    while (reader->Next().value()) {
      left.push_back(*reader->item().Find("sk")->As<std::string>());
    }
    return left;
  }
  std::size_t EntryCount() const {
    std::size_t count = 0;
    const auto cursor = engine_->NewCursor(Family::kExpiry, {}, Direction::kForward, nullptr);
    for (; cursor->Valid(); cursor->Next()) ++count;
    return count;
  }

  void PutMany(const TablePtr& table, std::size_t count, std::chrono::seconds after) {
    for (std::size_t i = 0; i < count; ++i) Put(table, std::to_string(i), after);
  }
  void WriteRaw(Family family, std::string_view key, std::string_view value) {
    ASSERT_TRUE(engine_->Transact({&key, 1}, [&](Transaction& transaction) -> Result<void> {
      transaction.Put(family, key, value);
      return Ok();
    }));
  }

  using Names = std::vector<std::string>;

  ManualClock clock_;
  SystemRandom random_;
  Log log_;
  TestEngine* engine_ = nullptr;
  std::unique_ptr<Database> database_;
};

TEST_F(ExpirySweeperTest, DeletesAnItemOnceItsTimeHasPassed) {
  const TablePtr table = Enable(Create(Table("t", {Index("i", {Key("g")}, {})})));
  Put(table, "soon", 10s);
  Put(table, "later", 20s);
  clock_.Advance(10s);
  EXPECT_EQ(Sweep().deleted_count, 0U);
  clock_.Advance(1us);
  EXPECT_EQ(Sweep().deleted_count, 1U);
  EXPECT_EQ(Left(table), Names{"later"});
  EXPECT_EQ(Left(table, &table->indexes[0]), Names{"later"});
  EXPECT_EQ(database_->catalog().Totals(*table, nullptr).item_count, 1);
  EXPECT_EQ(EntryCount(), 1U);
}

TEST_F(ExpirySweeperTest, NamesTheServiceInTheStream) {
  const TablePtr table = Enable(Create(WithStream(Table("t"), StreamViewType::kNewAndOldImages)));
  Put(table, "a", 1s);
  clock_.Advance(5s);
  ASSERT_EQ(Sweep().deleted_count, 1U);
  const StreamPtr stream = database_->changes().List("t").at(0);
  const auto records =
      database_->changes().Read(*stream, 0, stream->shards[0].starting_sequence, 10, 1 << 20);
  ASSERT_EQ(records.value().size(), 2U);
  const ChangeRecord& removed = records.value()[1];
  EXPECT_EQ(removed.kind, ChangeKind::kRemove);
  EXPECT_EQ(removed.actor, ChangeActor::kTimeToLive);
  EXPECT_EQ(records.value()[0].actor, ChangeActor::kClient);
}

TEST_F(ExpirySweeperTest, ATimeThatWasMovedCounts) {
  const TablePtr table = Enable(Create(Table("t")));
  Put(table, "moved", 10s);
  Put(table, "moved", 100s);
  Put(table, "gone", 10s);
  ASSERT_TRUE(DeleteItem(*database_, *table, {S("p"), S("gone")}));
  EXPECT_EQ(EntryCount(), 1U);
  clock_.Advance(50s);
  EXPECT_EQ(Sweep().deleted_count, 0U);
  EXPECT_EQ(Left(table), Names{"moved"});
}

TEST_F(ExpirySweeperTest, LeavesAloneWhatPassedFiveYearsAgo) {
  const TablePtr table = Enable(Create(Table("t")));
  Put(table, "old", -24h * 365 * 6);
  EXPECT_EQ(Sweep().deleted_count, 0U);
  EXPECT_EQ(Left(table), Names{"old"});
}

TEST_F(ExpirySweeperTest, GivesEarlierItemsTheirEntries) {
  const TablePtr table = Create(Table("t"));
  for (int i = 0; i < 5; ++i) Put(table, std::to_string(i), 10s);
  Enable(table);
  clock_.Advance(20s);
  Put(table, "6", 10s);
  // Two at a time are looked at; the filling and the deleting both take turns.
  EXPECT_TRUE(Sweep(2).more);
  EXPECT_FALSE(database_->catalog().Find("t")->time_to_live->filled);
  while (Sweep(2).more) {
  }
  EXPECT_TRUE(database_->catalog().Find("t")->time_to_live->filled);
  EXPECT_EQ(Left(table), Names{});
  EXPECT_EQ(EntryCount(), 0U);
}

TEST_F(ExpirySweeperTest, AnotherAttributeIsAnotherTime) {
  const TablePtr table = Enable(Create(Table("t")));
  Put(table, "a", 10s);
  ASSERT_FALSE(Sweep().more);
  Disable(table);
  EXPECT_EQ(EntryCount(), 0U);
  clock_.Advance(20s);
  EXPECT_EQ(Sweep().deleted_count, 0U);
  Enable(table, "other");
  EXPECT_EQ(Sweep().deleted_count, 0U);
  EXPECT_EQ(Left(table), Names{"a"});
  Disable(table);
  Enable(table);
  EXPECT_EQ(Sweep().deleted_count, 1U);
}

TEST_F(ExpirySweeperTest, ADeletedTableLeavesNoEntries) {
  const TablePtr table = Enable(Create(Table("t")));
  Put(table, "a", 10s);
  ASSERT_EQ(EntryCount(), 1U);
  Drop(table);
  EXPECT_EQ(EntryCount(), 0U);
  clock_.Advance(20s);
  EXPECT_EQ(Sweep().deleted_count, 0U);
}

// The entry's word is not taken: the item as it is under its lock decides.
TEST_F(ExpirySweeperTest, KeepsAnItemThatItsEntryOnlySaysIsExpired) {
  const TablePtr table = Enable(Create(Table("t")));
  Put(table, "a", 100s);
  const auto soon = std::chrono::floor<std::chrono::seconds>(kTestStart).time_since_epoch();
  const std::string item_key(
      engine_->NewCursor(Family::kItems, {}, Direction::kForward, nullptr)->key());
  const std::string wrong =
      ExpiryKey(table->time_to_live->id, static_cast<std::uint64_t>(soon.count()), item_key);
  const std::string_view lock_key = wrong;
  ASSERT_TRUE(engine_->Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
    transaction.Put(Family::kExpiry, wrong, {});
    return Ok();
  }));
  clock_.Advance(10s);
  EXPECT_EQ(Sweep().deleted_count, 0U);
  EXPECT_EQ(Left(table), Names{"a"});
}

TEST_F(ExpirySweeperTest, DeletesManyItemsInOneCommit) {
  const TablePtr table = Enable(Create(Table("t")));
  PutMany(table, 10 * kMaxBatchItems, 10s);
  ASSERT_FALSE(Sweep().more);
  clock_.Advance(20s);
  const int before = engine_->commit_count(Family::kExpiry);
  EXPECT_EQ(Sweep().deleted_count, 10 * kMaxBatchItems);
  EXPECT_EQ(engine_->commit_count(Family::kExpiry) - before, 10);
  EXPECT_EQ(database_->catalog().Totals(*table, nullptr).item_count, 0);
}

TEST_F(ExpirySweeperTest, GivesManyItemsTheirEntriesInOneCommit) {
  const TablePtr table = Create(Table("t"));
  PutMany(table, 10 * kMaxBatchItems, 10s);
  Enable(table);
  EXPECT_FALSE(Sweep().more);
  EXPECT_EQ(EntryCount(), 10 * kMaxBatchItems);
  EXPECT_EQ(engine_->commit_count(Family::kExpiry), 10);
}

TEST_F(ExpirySweeperTest, AnItemChangedWhileItsBatchIsTakenStays) {
  const TablePtr table = Enable(Create(Table("t")));
  for (const char* sk : {"a", "b", "c"}) Put(table, sk, 10s);
  ASSERT_FALSE(Sweep().more);
  clock_.Advance(20s);
  // The batch is read; its locks are not taken yet.
  engine_->before_transact = [&, once = true]() mutable {
    if (!std::exchange(once, false)) return;
    Put(table, "b", 100s);
  };
  EXPECT_EQ(Sweep().deleted_count, 2U);
  EXPECT_EQ(Left(table), Names{"b"});
  EXPECT_EQ(database_->catalog().Totals(*table, nullptr).item_count, 1);
}

TEST_F(ExpirySweeperTest, ALimitEndsNothingForGood) {
  const TablePtr table = Enable(Create(Table("t")));
  PutMany(table, 10, 10s);
  clock_.Advance(20s);
  EXPECT_TRUE(Sweep(4).more);
  // Before the entry that the next call begins with.
  Put(table, "early", 5s);
  while (Sweep(4).more) {
  }
  Sweep(4);
  EXPECT_EQ(Left(table), Names{});
  EXPECT_EQ(EntryCount(), 0U);
}

TEST_F(ExpirySweeperTest, StopsBetweenTwoCommits) {
  const TablePtr table = Enable(Create(Table("t")));
  PutMany(table, 3 * kMaxBatchItems, 10s);
  ASSERT_FALSE(Sweep().more);
  clock_.Advance(20s);
  const int before = engine_->commit_count(Family::kExpiry);
  const auto stopped = [&] { return engine_->commit_count(Family::kExpiry) > before; };
  const SweepOutcome outcome = database_->expiry().Sweep(kEnough, stopped);
  EXPECT_EQ(outcome.deleted_count, kMaxBatchItems);
  EXPECT_TRUE(outcome.more);
  EXPECT_EQ(Sweep().deleted_count, 2 * kMaxBatchItems);
}

TEST_F(ExpirySweeperTest, ATableThatCannotBeReadHoldsNoOtherBack) {
  const TablePtr damaged = Enable(Create(Table("a")));
  const TablePtr whole = Enable(Create(Table("b")));
  Put(damaged, "x", 10s);
  Put(whole, "x", 10s);
  const std::string item_key(
      engine_->NewCursor(Family::kItems, WholeRange(damaged->id.value()), Direction::kForward, {})
          ->key());
  WriteRaw(Family::kItems, item_key, EncodeItem({{"no", S("key")}}));
  clock_.Advance(20s);
  testing::internal::CaptureStderr();
  EXPECT_EQ(Sweep().deleted_count, 1U);
  EXPECT_EQ(Left(whole), Names{});
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(5s);
    EXPECT_EQ(Sweep().deleted_count, 0U);
  }
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  EXPECT_THAT(said,
              testing::HasSubstr("Deleting expired items of table a failed and is tried again: "
                                 "a stored item does not read back"));
}

TEST_F(ExpirySweeperTest, AFullDiskPutsItOff) {
  const TablePtr table = Enable(Create(Table("t")));
  PutMany(table, 3, 10s);
  ASSERT_FALSE(Sweep().more);
  clock_.Advance(20s);
  engine_->Refuse(Family::kExpiry);
  testing::internal::CaptureStderr();
  for (int i = 0; i < 5; ++i) {
    const SweepOutcome outcome = Sweep();
    EXPECT_EQ(outcome.deleted_count, 0U);
    EXPECT_FALSE(outcome.more);
  }
  EXPECT_EQ(engine_->refusal_count(), 1);
  EXPECT_EQ(Left(table).size(), 3U);
  clock_.Advance(1s);
  Sweep();
  EXPECT_EQ(engine_->refusal_count(), 2);
  engine_->Refuse(std::nullopt);
  clock_.Advance(1s);
  EXPECT_EQ(Sweep().deleted_count, 3U);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
}

// FORMAT.md: version 0.1.0 leaves them.
TEST_F(ExpirySweeperTest, EntriesOfNoTableAreRemoved) {
  const TablePtr table = Enable(Create(Table("t")));
  Put(table, "kept", 100s);
  const std::string item_key(
      engine_->NewCursor(Family::kItems, {}, Direction::kForward, nullptr)->key());
  for (const std::uint32_t id : {9'000'001U, 9'000'002U}) {
    for (const std::uint64_t seconds : {1U, 2U, 3U}) {
      WriteRaw(Family::kExpiry, ExpiryKey(ExpiryId(id), seconds, item_key), {});
    }
  }
  ASSERT_EQ(EntryCount(), 7U);
  Sweep();
  database_->SettleTables();
  EXPECT_EQ(EntryCount(), 1U);
  clock_.Advance(200s);
  EXPECT_EQ(Sweep().deleted_count, 1U);
}

TEST(ExpirySweeper, GoesOnAfterARestart) {
  const TemporaryFolder folder;
  ManualClock clock(kTestStart);
  SystemRandom random;
  Log log(LogLevel::kOff);
  const DatabaseOptions options{folder.path() / "db", Durability::kProcess};
  const ItemKey key{S("p"), S("s")};
  {
    const auto database = OpenDatabase(options, clock, random, log);
    TableDescription wanted = Table("t");
    const TablePtr table = database->catalog().Create(std::move(wanted)).value();
    const std::int64_t at =
        std::chrono::floor<std::chrono::seconds>(kTestStart).time_since_epoch().count();
    ASSERT_TRUE(PutItem(*database, *table, {{"pk", S("p")}, {"sk", S("s")}, {"ttl", N(at + 10)}}));
    const auto enable = [&](const TableDescription& current) -> Result<TableDescription> {
      TableDescription enabled = current;
      enabled.time_to_live = TimeToLive{{}, "ttl", true, false, clock.Now()};
      return enabled;
    };
    ASSERT_TRUE(database->catalog().Update("t", enable));
  }
  clock.Advance(20s);
  const auto database = OpenDatabase(options, clock, random, log);
  EXPECT_EQ(database->expiry().Sweep(kEnough).deleted_count, 1U);
  const TablePtr table = database->catalog().Find("t");
  EXPECT_EQ(GetJson(*database, *table, key), std::nullopt);
  EXPECT_EQ(table->time_to_live->attribute_name, "ttl");
  EXPECT_EQ(table->time_to_live->changed, kTestStart);
}

}  // namespace
}  // namespace pumice
