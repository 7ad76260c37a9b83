// SPDX-License-Identifier: Apache-2.0
#include "server/maintenance.h"

#include <gtest/gtest.h>

namespace pumice {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1'795'228'250s};

class MaintenanceTest : public ::testing::Test {
 protected:
  MaintenanceTest() : clock_(kStart), log_(LogLevel::kOff) {}

  Databases databases_{{{}, Durability::kMemory, false}, clock_, random_, log_};
  ManualClock clock_;
  SystemRandom random_;
  Log log_;
};

/// A table with time to live and `count` items that expire ten seconds after the start.
TablePtr MakeTable(Database& database, int count) {
  TableDescription wanted;
  wanted.name = TableName("table");
  wanted.key_schema = {{{"pk", AttributeType::kN}}, {}};
  wanted.time_to_live = TimeToLive{{}, "ttl", true, false, kStart};
  const TablePtr table = database.catalog().Create(std::move(wanted)).value();
  for (int i = 0; i < count; ++i) {
    const ItemKey key{AttributeValue(Number(i)), std::nullopt};
    const auto change = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
      const AttributeValue expiry(Number((kStart + 10s).time_since_epoch() / 1s));
      return std::optional(ItemChange{EncodeItem({{"pk", key.partition}, {"ttl", expiry}})});
    };
    EXPECT_TRUE(database.items().Write(ItemWrite{*table, key, change}));
  }
  return table;
}

std::int64_t ItemCount(Database& database) {
  return database.catalog().Totals(*database.catalog().Find("table"), nullptr).item_count;
}

TEST_F(MaintenanceTest, DeletesExpiredItemsOfEveryDatabase) {
  Maintenance maintenance(databases_, {5s}, clock_, log_);
  Database& one = *databases_.For("a", "r").value();
  Database& two = *databases_.For("b", "r").value();
  for (Database* database : {&one, &two}) MakeTable(*database, 3);
  EXPECT_EQ(maintenance.DoWhatIsDue(), 5s);
  clock_.Advance(11s);
  EXPECT_EQ(ItemCount(one), 3);
  EXPECT_EQ(maintenance.DoWhatIsDue(), 5s);
  EXPECT_EQ(ItemCount(one), 0);
  EXPECT_EQ(ItemCount(two), 0);
}

TEST_F(MaintenanceTest, TellsHowLongNothingIsDue) {
  Maintenance maintenance(databases_, {10s}, clock_, log_);
  EXPECT_EQ(maintenance.DoWhatIsDue(), 10s);
  clock_.Advance(4s);
  EXPECT_EQ(maintenance.DoWhatIsDue(), 6s);
  clock_.Advance(51s);
  // The streams are trimmed once a minute.
  EXPECT_EQ(maintenance.DoWhatIsDue(), 5s);
}

TEST_F(MaintenanceTest, GoesOnAtOnceWhileThereIsMore) {
  Maintenance maintenance(databases_, {10s}, clock_, log_);
  Database& database = *databases_.For("a", "r").value();
  MakeTable(database, 2500);
  clock_.Advance(11s);
  EXPECT_EQ(maintenance.DoWhatIsDue(), 0s);
  EXPECT_GT(ItemCount(database), 0);
  while (maintenance.DoWhatIsDue() == 0s) {
  }
  EXPECT_EQ(ItemCount(database), 0);
}

TEST_F(MaintenanceTest, AStopSignalEndsItBetweenTwoCommits) {
  bool signal_came = false;
  Maintenance maintenance(databases_, {10s, [&] { return signal_came; }}, clock_, log_);
  Database& database = *databases_.For("a", "r").value();
  MakeTable(database, 200);
  clock_.Advance(11s);
  signal_came = true;
  EXPECT_EQ(maintenance.DoWhatIsDue(), 0s);
  EXPECT_EQ(ItemCount(database), 200);
  signal_came = false;
  EXPECT_EQ(maintenance.DoWhatIsDue(), 10s);
  EXPECT_EQ(ItemCount(database), 0);
}

TEST_F(MaintenanceTest, WithoutAnIntervalNothingIsDeleted) {
  Maintenance maintenance(databases_, {0s}, clock_, log_);
  Database& database = *databases_.For("a", "r").value();
  MakeTable(database, 1);
  clock_.Advance(11s);
  EXPECT_EQ(maintenance.DoWhatIsDue(), 49s);
  EXPECT_EQ(ItemCount(database), 1);
}

TEST_F(MaintenanceTest, ReplacesShardsThatAreOld) {
  Maintenance maintenance(databases_, {.ttl_interval = 0s, .shard_lifetime = 40s}, clock_, log_);
  Database& database = *databases_.For("a", "r").value();
  TableDescription table;
  table.name = TableName("table");
  table.key_schema = {{{"pk", AttributeType::kN}}, {}};
  table.stream.emplace();
  ASSERT_TRUE(database.catalog().Create(std::move(table)));
  EXPECT_EQ(maintenance.DoWhatIsDue(), 10s);
  clock_.Advance(39s);
  maintenance.DoWhatIsDue();
  EXPECT_EQ(database.changes().List("table").front()->shards.size(), 1U);
  clock_.Advance(10s);
  maintenance.DoWhatIsDue();
  EXPECT_EQ(database.changes().List("table").front()->shards.size(), 2U);
}

TEST_F(MaintenanceTest, AClockThatWasSetBackPutsNothingOff) {
  Maintenance maintenance(databases_, {10s}, clock_, log_);
  EXPECT_EQ(maintenance.DoWhatIsDue(), 10s);
  clock_.Advance(-1h);
  EXPECT_EQ(maintenance.DoWhatIsDue(), 10s);
}

}  // namespace
}  // namespace pumice
