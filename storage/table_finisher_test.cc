// SPDX-License-Identifier: Apache-2.0
#include "storage/table_finisher.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "storage/bytes.h"
#include "storage/index_maintainer.h"
#include "storage/item_batch.h"
#include "storage/key_format.h"
#include "storage/rocks/rocks_engine.h"
#include "storage/test_engine.h"
#include "storage/test_kit.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;

using Indexes = std::vector<IndexDescription>;

Item Numbered(int i) {
  return {{"g", S("g" + std::to_string(i % 7))}, {"pk", S(std::to_string(i))}, {"sk", S("s")}};
}

Result<TablePtr> Change(Database& database, std::string_view name,
                        FunctionRef<void(TableDescription&)> change) {
  return database.catalog().Update(name,
                                   [&](const TableDescription& old) -> Result<TableDescription> {
                                     TableDescription table = old;
                                     change(table);
                                     return table;
                                   });
}

Result<TablePtr> AddIndex(Database& database, std::string_view name = "t") {
  return Change(database, name, [](TableDescription& table) {
    table.indexes.push_back(Index("i", {Key("g")}, {Key("pk")}));
    table.attribute_definitions.push_back(Key("g"));
  });
}

Result<TablePtr> DeleteIndex(Database& database) {
  return Change(database, "t", [](TableDescription& table) {
    table.status = TableStatus::kUpdating;
    table.indexes.front().status = IndexStatus::kDeleting;
  });
}

/// What the index must hold: the items that have its keys, in the index's order.
std::vector<std::string> Recomputed(Database& database, const TableDescription& table) {
  const IndexDescription& index = table.indexes.front();
  std::map<std::string, std::string> entries;
  const auto reader = database.items().Read(ScanOf(table)).value();
  while (reader->Next().value()) {
    const Item item = reader->item().Decode();
    const std::string key = ItemKeyBytes(table.id, *ExtractKey(table.key_schema, item));
    const auto entry = MakeIndexEntry(table, index, key, reader->item());
    if (entry) entries[entry->key] = reader->item().json();  // the index projects all
  }
  std::vector<std::string> texts;
  for (auto& [key, text] : entries) texts.push_back(std::move(text));
  return texts;
}

void ExpectIndexMatches(Database& database) {
  const TablePtr table = database.catalog().Find("t");
  const std::vector<std::string> wanted = Recomputed(database, *table);
  EXPECT_EQ(ReadJson(database, ScanOf(*table, &table->indexes.front())), wanted);
  EXPECT_EQ(database.catalog().Totals(*table, &table->indexes.front()).item_count,
            static_cast<std::int64_t>(wanted.size()));
}

struct Shown {
  TableStatus table = TableStatus::kActive;
  IndexStatus index = IndexStatus::kActive;
  bool backfilling = false;
  friend bool operator==(const Shown&, const Shown&) = default;
};
void PrintTo(const Shown& shown, std::ostream* out) {
  *out << static_cast<int>(shown.table) << ' ' << static_cast<int>(shown.index) << ' '
       << shown.backfilling;
}

Shown ShownNow(Database& database) {
  const TablePtr table = database.catalog().Find("t");
  const IndexDescription& index = table->indexes.front();
  return {table->status, index.status, index.backfilling};
}

constexpr Shown kAllocating{TableStatus::kUpdating, IndexStatus::kCreating, false};
constexpr Shown kBackfilling{TableStatus::kActive, IndexStatus::kCreating, true};
constexpr Shown kActive{TableStatus::kActive, IndexStatus::kActive, false};

class TableFinisherTest : public MemoryDatabaseTest {
 protected:
  TableFinisherTest() { Create(Table("t")); }

  void PutNumbers(int count) {
    const TablePtr table = Find("t");
    for (int i = 0; i < count; ++i) ASSERT_TRUE(PutItem(*database_, *table, Numbered(i)));
  }
};

TEST_F(TableFinisherTest, AnswersBeforeTheIndexIsFilled) {
  PutNumbers(100);
  const TablePtr answered = AddIndex(*database_).value();
  EXPECT_EQ(answered->status, TableStatus::kUpdating);
  EXPECT_EQ(answered->indexes.front().status, IndexStatus::kCreating);
  EXPECT_FALSE(answered->indexes.front().backfilling);
  database_->SettleTables();
  EXPECT_EQ(ShownNow(*database_), kActive);
  ExpectIndexMatches(*database_);
}

TEST_F(TableFinisherTest, LeavesOutItemsThatNoKeyCanBeMadeOf) {
  PutNumbers(30);
  ASSERT_TRUE(PutItem(*database_, *Find("t"), {{"g", N(1)}, {"pk", S("x")}, {"sk", S("s")}}));
  ASSERT_TRUE(AddIndex(*database_));
  database_->SettleTables();
  EXPECT_EQ(database_->catalog().Totals(*Find("t"), &Find("t")->indexes.front()).item_count, 30);
}

TEST_F(TableFinisherTest, FillsWhileWritesGoOn) {
  PutNumbers(1500);
  const TablePtr table = Find("t");
  std::atomic<bool> filled = false;
  const auto write = [&](int seed) {
    for (int i = 0; i < 500 || !filled; ++i) {
      const int at = (i * 7919 + seed) % 2000;
      Item item = Numbered(at);
      item.Set("g", S("g" + std::to_string((i + seed) % 5)));
      const bool written =
          i % 3 == 0
              ? DeleteItem(*database_, *table, ItemKey{S(std::to_string(at)), S("s")}).has_value()
              : PutItem(*database_, *table, item).has_value();
      if (!written) ADD_FAILURE();
    }
  };
  std::thread first([&] { write(0); });
  std::thread second([&] { write(13); });
  ASSERT_TRUE(AddIndex(*database_));
  database_->SettleTables();
  filled = true;
  first.join();
  second.join();
  EXPECT_EQ(ShownNow(*database_), kActive);
  ExpectIndexMatches(*database_);
}

TEST_F(TableFinisherTest, ADeletedIndexLeavesNothing) {
  PutNumbers(10);
  ASSERT_TRUE(AddIndex(*database_));
  database_->SettleTables();
  const TablePtr indexed = Find("t");
  const TablePtr answered = DeleteIndex(*database_).value();
  EXPECT_EQ(answered->indexes.front().status, IndexStatus::kDeleting);
  // Its type constraint is gone from now on.
  ASSERT_TRUE(PutItem(*database_, *answered, {{"g", N(1)}, {"pk", S("1")}, {"sk", S("s")}}));
  database_->SettleTables();
  EXPECT_TRUE(Find("t")->indexes.empty());
  EXPECT_EQ(Find("t")->status, TableStatus::kActive);
  EXPECT_TRUE(Find("t")->attribute_definitions.empty());
  EXPECT_TRUE(ReadJson(*database_, ScanOf(*indexed, &indexed->indexes.front())).empty());
  EXPECT_EQ(database_->catalog().Totals(*indexed, &indexed->indexes.front()).item_count, 0);
}

TEST_F(TableFinisherTest, AnIndexCanBeDeletedWhileItIsFilled) {
  PutNumbers(3000);
  ASSERT_TRUE(AddIndex(*database_));
  const TablePtr indexed = Find("t");
  ASSERT_TRUE(DeleteIndex(*database_));
  database_->SettleTables();
  EXPECT_TRUE(Find("t")->indexes.empty());
  EXPECT_TRUE(ReadJson(*database_, ScanOf(*indexed, &indexed->indexes.front())).empty());
  EXPECT_EQ(database_->catalog().Totals(*indexed, &indexed->indexes.front()).item_count, 0);
}

TEST_F(TableFinisherTest, ATableCanBeDeletedWhileItsIndexIsFilled) {
  PutNumbers(3000);
  const TablePtr indexed = AddIndex(*database_).value();
  ASSERT_TRUE(database_->catalog().Delete("t", [](const auto&) -> Result<void> { return Ok(); }));
  database_->SettleTables();
  EXPECT_TRUE(ReadJson(*database_, ScanOf(*indexed, &indexed->indexes.front())).empty());
}

TEST_F(TableFinisherTest, EndsAStatusThatDoesNotLast) {
  ASSERT_TRUE(Change(*database_, "t",
                     [](TableDescription& table) { table.status = TableStatus::kUpdating; }));
  database_->SettleTables();
  EXPECT_EQ(Find("t")->status, TableStatus::kActive);
  ASSERT_TRUE(Change(*database_, "t",
                     [](TableDescription& table) { table.status = TableStatus::kDeleting; }));
  database_->SettleTables();
  EXPECT_EQ(Find("t"), nullptr);
}

/// On an engine that can be made to refuse writes.
class WatchedFinisherTest : public ::testing::Test {
 protected:
  WatchedFinisherTest() : clock_(kTestStart), log_(LogLevel::kError) { Open(); }

  void Open() {
    database_.reset();
    auto engine = std::make_unique<TestEngine>(
        OpenRocksEngine(folder_.path() / "db", WriteSafety::kLogged, log_).value());
    engine->Refuse(refused_);
    engine_ = engine.get();
    database_ = Database::OpenOn(std::move(engine), clock_, random_, log_).value();
  }
  /// Nothing runs when this is called.
  void Refuse(std::optional<Family> family) {
    refused_ = family;
    engine_->Refuse(family);
  }
  TablePtr CreateFilled(const std::string& name, int count) {
    const TablePtr table = database_->catalog().Create(Table(name)).value();
    for (int i = 0; i < count; ++i) EXPECT_TRUE(PutItem(*database_, *table, Numbered(i)));
    return table;
  }
  void Retry() {
    clock_.Advance(1s);
    database_->SettleTables();
  }
  bool HasItems(const TablePtr& table) {
    return engine_
        ->NewCursor(Family::kItems, WholeRange(table->id.value()), Direction::kForward, nullptr)
        ->Valid();
  }
  /// What is logged meanwhile.
  static std::string LinesOf(FunctionRef<void()> work) {
    testing::internal::CaptureStderr();
    work();
    return testing::internal::GetCapturedStderr();
  }

  TemporaryFolder folder_;
  ManualClock clock_;
  SystemRandom random_;
  Log log_;
  std::optional<Family> refused_;
  TestEngine* engine_ = nullptr;
  std::unique_ptr<Database> database_;
};

TEST_F(WatchedFinisherTest, FillsManyItemsInOneCommit) {
  CreateFilled("t", 10 * static_cast<int>(kMaxBatchItems));
  ASSERT_TRUE(AddIndex(*database_));
  database_->SettleTables();
  EXPECT_EQ(engine_->commit_count(Family::kIndexes), 10);
  ExpectIndexMatches(*database_);
}

TEST_F(WatchedFinisherTest, TakesTheTablesInTurn) {
  // Both wait for room; from then on their commits alternate.
  for (const char* name : {"a", "b"}) CreateFilled(name, 5 * static_cast<int>(kMaxBatchItems));
  Refuse(Family::kIndexes);
  LinesOf([&] {
    for (const char* name : {"a", "b"}) ASSERT_TRUE(AddIndex(*database_, name));
    database_->SettleTables();
  });
  std::vector<std::uint32_t> order;
  engine_->on_index_commit = [&](std::string_view key) { order.push_back(*TakeU32(key)); };
  Refuse(std::nullopt);
  Retry();
  ASSERT_EQ(order.size(), 10U);
  for (std::size_t i = 0; i + 2 < order.size(); ++i) {
    EXPECT_NE(order[i], order[i + 1]);
    EXPECT_EQ(order[i], order[i + 2]);
  }
}

TEST_F(WatchedFinisherTest, AStatusDoesNotWaitForAFill) {
  CreateFilled("t", 100);
  Refuse(Family::kIndexes);
  LinesOf([&] {
    ASSERT_TRUE(AddIndex(*database_));
    database_->SettleTables();
  });
  ASSERT_EQ(ShownNow(*database_), kBackfilling);
  ASSERT_TRUE(Change(*database_, "t",
                     [](TableDescription& table) { table.status = TableStatus::kUpdating; }));
  database_->SettleTables();
  EXPECT_EQ(ShownNow(*database_), kBackfilling);
  Refuse(std::nullopt);
  Retry();
  EXPECT_EQ(ShownNow(*database_), kActive);
}

TEST_F(WatchedFinisherTest, AFullDiskPutsAFillOff) {
  const TablePtr table = CreateFilled("t", 100);
  Refuse(Family::kIndexes);
  const std::string said = LinesOf([&] {
    ASSERT_TRUE(AddIndex(*database_));
    for (int i = 0; i < 5; ++i) database_->SettleTables();
    EXPECT_EQ(engine_->refusal_count(), 1);
    Retry();
    EXPECT_EQ(engine_->refusal_count(), 2);
    EXPECT_EQ(ShownNow(*database_), kBackfilling);
    EXPECT_NE(GetJson(*database_, *table, {S("7"), S("s")}), std::nullopt);
    Refuse(std::nullopt);
    Retry();
  });
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  EXPECT_THAT(said, testing::HasSubstr("Filling an index of table t failed and is tried again: "
                                       "writing: the test's disk is full"));
  EXPECT_EQ(ShownNow(*database_), kActive);
  ExpectIndexMatches(*database_);
}

TEST_F(WatchedFinisherTest, ARemovalThatIsLeftKeepsNobodyWaiting) {
  const TablePtr old = CreateFilled("t", 5000);
  // The server dies before what the table leaves is removed.
  Refuse(Family::kItems);
  LinesOf([&] {
    ASSERT_TRUE(database_->catalog().Delete("t", [](const auto&) -> Result<void> { return Ok(); }));
    database_->SettleTables();
    Open();
    EXPECT_TRUE(HasItems(old));
    const TablePtr again = database_->catalog().Create(Table("t")).value();
    EXPECT_TRUE(ReadJson(*database_, ScanOf(*again)).empty());
    EXPECT_EQ(database_->catalog().Totals(*again, nullptr).item_count, 0);
    database_->SettleTables();
    EXPECT_TRUE(HasItems(old));
    Refuse(std::nullopt);
    Retry();
  });
  EXPECT_FALSE(HasItems(old));
  ASSERT_TRUE(PutItem(*database_, *database_->catalog().Find("t"), Numbered(1)));
  Open();
  database_->SettleTables();
  EXPECT_EQ(ReadJson(*database_, ScanOf(*database_->catalog().Find("t"))).size(), 1U);
}

/// Each state is shown for an hour of this clock.
class DelayedFinisherTest : public ::testing::Test {
 protected:
  DelayedFinisherTest() : clock_(kTestStart), log_(LogLevel::kOff) { Open(); }

  void Open() {
    database_.reset();
    database_ =
        OpenDatabase({folder_.path() / "db", Durability::kProcess, 1h}, clock_, random_, log_);
  }
  void Pass(std::chrono::microseconds time) {
    database_->SettleTables();
    clock_.Advance(time);
    database_->SettleTables();
  }

  TemporaryFolder folder_;
  ManualClock clock_;
  SystemRandom random_;
  Log log_;
  std::unique_ptr<Database> database_;
};

TEST_F(DelayedFinisherTest, ShowsEachPhaseForAWhile) {
  const TablePtr table = database_->catalog().Create(Table("t")).value();
  ASSERT_TRUE(PutItem(*database_, *table, Numbered(1)));
  ASSERT_TRUE(AddIndex(*database_));
  Pass(59min);
  EXPECT_EQ(ShownNow(*database_), kAllocating);
  Pass(1min);
  EXPECT_EQ(ShownNow(*database_), kBackfilling);
  Pass(59min);
  EXPECT_EQ(ShownNow(*database_), kBackfilling);
  Pass(1min);
  EXPECT_EQ(ShownNow(*database_), kActive);
  ASSERT_TRUE(DeleteIndex(*database_));
  Pass(59min);
  EXPECT_EQ(ShownNow(*database_).index, IndexStatus::kDeleting);
  Pass(1min);
  EXPECT_TRUE(database_->catalog().Find("t")->indexes.empty());
}

TEST_F(DelayedFinisherTest, GoesOnAfterAStart) {
  const TablePtr table = database_->catalog().Create(Table("t")).value();
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(PutItem(*database_, *table, Numbered(i)));
  ASSERT_TRUE(AddIndex(*database_));
  Open();
  EXPECT_EQ(ShownNow(*database_), kAllocating);
  Pass(1h);
  EXPECT_EQ(ShownNow(*database_), kBackfilling);
  Open();
  EXPECT_EQ(ShownNow(*database_), kBackfilling);
  ASSERT_TRUE(PutItem(*database_, *table, Numbered(51)));
  Pass(1h);
  EXPECT_EQ(ShownNow(*database_), kActive);
  ExpectIndexMatches(*database_);
  ASSERT_TRUE(DeleteIndex(*database_));
  Open();
  Pass(1h);
  EXPECT_TRUE(database_->catalog().Find("t")->indexes.empty());
}

TEST(TableFinisher, IsStoppedInTheMiddleAndGoesOnAtTheNextStart) {
  const TemporaryFolder folder;
  ManualClock clock(kTestStart);
  SystemRandom random;
  Log log(LogLevel::kOff);
  const DatabaseOptions options{folder.path() / "db", Durability::kProcess};
  {
    const auto database = OpenDatabase(options, clock, random, log);
    const TablePtr table = database->catalog().Create(Table("t")).value();
    for (int i = 0; i < 3000; ++i) ASSERT_TRUE(PutItem(*database, *table, Numbered(i)));
    ASSERT_TRUE(AddIndex(*database));
  }
  const auto database = OpenDatabase(options, clock, random, log);
  database->SettleTables();
  EXPECT_EQ(ShownNow(*database), kActive);
  ExpectIndexMatches(*database);
}

TEST(WithActive, AFilledIndexEndsNoOtherChange) {
  TableDescription table;
  table.status = TableStatus::kUpdating;
  table.indexes.resize(2);
  for (std::uint32_t i = 0; i < 2; ++i) table.indexes[i].id = IndexId(7 + i);
  table.indexes[0].status = IndexStatus::kCreating;
  table.indexes[0].backfilling = true;
  table.indexes[1].status = IndexStatus::kUpdating;
  const TableDescription filled = WithActive(table, IndexId(7));
  EXPECT_EQ(filled.status, TableStatus::kUpdating);
  EXPECT_EQ(filled.indexes[0].status, IndexStatus::kActive);
  EXPECT_EQ(filled.indexes[1].status, IndexStatus::kUpdating);
  const TableDescription updated = WithActive(table, IndexId());
  EXPECT_EQ(updated.status, TableStatus::kActive);
  EXPECT_EQ(updated.indexes[0].status, IndexStatus::kCreating);
  EXPECT_EQ(updated.indexes[1].status, IndexStatus::kActive);
}

// The deletion may be asked for between the last entry and the index's becoming ACTIVE.
TEST(WithActive, LeavesWhatIsToBeDeletedAlone) {
  TableDescription table;
  table.status = TableStatus::kActive;
  IndexDescription index;
  index.id = IndexId(7);
  index.status = IndexStatus::kCreating;
  index.backfilling = true;
  table.indexes = {index};
  EXPECT_EQ(WithActive(table, IndexId(7)).indexes[0].status, IndexStatus::kActive);
  EXPECT_EQ(WithActive(table, IndexId(8)).indexes[0].status, IndexStatus::kCreating);

  table.status = TableStatus::kUpdating;
  table.indexes[0].status = IndexStatus::kDeleting;
  const TableDescription asked = WithActive(table, IndexId(7));
  EXPECT_EQ(asked.indexes[0].status, IndexStatus::kDeleting);
  EXPECT_EQ(asked.status, TableStatus::kUpdating);

  table.status = TableStatus::kDeleting;
  table.indexes.clear();
  EXPECT_EQ(WithActive(table, IndexId()).status, TableStatus::kDeleting);
}

}  // namespace
}  // namespace pumice
