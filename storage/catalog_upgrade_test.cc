// SPDX-License-Identifier: Apache-2.0
#include "storage/catalog_upgrade.h"

#include <gtest/gtest.h>

#include "model/attribute_json.h"
#include "storage/catalog_keys.h"
#include "storage/index_entry.h"
#include "storage/key_format.h"
#include "storage/rocks/rocks_engine.h"
#include "storage/test_kit.h"

namespace pumice {
namespace {

constexpr int kItemCount = 2500;  // several commits

class CatalogUpgradeTest : public ::testing::TestWithParam<int> {
 protected:
  CatalogUpgradeTest() : clock_(kTestStart), log_(LogLevel::kOff) {}

  std::unique_ptr<Engine> OpenEngine() {
    return OpenRocksEngine(folder_.path() / "db", WriteSafety::kLogged, log_).value();
  }
  std::unique_ptr<Database> OpenDatabase() {
    return Database::OpenOn(OpenEngine(), clock_, random_, log_).value();
  }

  /// Makes what is stored look as catalog format 1 did: entries hold whole items. `every`: all of
  /// them (1), or one in that many, as an interrupted upgrade leaves them.
  void WriteOldFormat(const TableDescription& table, const IndexDescription& index, int every) {
    const auto engine = OpenEngine();
    const std::string_view lock_key = kFormatKey;
    ASSERT_TRUE(engine->Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
      const auto cursor =
          engine->NewCursor(Family::kIndexes, WholeRange(index.id.value()), Direction::kForward);
      for (int i = 0; cursor->Valid(); cursor->Next(), ++i) {
        if (i % every != 0) continue;
        const auto key = ReferredItemKey(table.id, cursor->key(), cursor->value());
        PUMICE_TRY(const auto item, transaction.Get(Family::kItems, *key));
        transaction.Put(Family::kIndexes, cursor->key(), *item);
      }
      transaction.Put(Family::kCatalog, kFormatKey, kOldFormatText);
      return Ok();
    }));
  }

  TemporaryFolder folder_;
  ManualClock clock_;
  SystemRandom random_;
  Log log_;
};

INSTANTIATE_TEST_SUITE_P(EntriesOfFormatOne, CatalogUpgradeTest, ::testing::Values(1, 3));

TEST_P(CatalogUpgradeTest, ReadsAndChangesWhatFormatOneWrote) {
  TablePtr table;
  std::vector<std::string> before;
  {
    const auto database = OpenDatabase();
    table = database->catalog().Create(Table("t", {Index("i", {Key("g")}, {Key("sk")})})).value();
    for (int i = 0; i < kItemCount; ++i) {
      const std::string sort = std::to_string(10'000 + i);
      ASSERT_TRUE(PutItem(*database, *table, {{"g", S("g")}, {"pk", S("p")}, {"sk", S(sort)}}));
    }
    before = ReadJson(*database, ScanOf(*table, &table->indexes.front()));
    ASSERT_EQ(before.size(), static_cast<std::size_t>(kItemCount));
  }
  WriteOldFormat(*table, table->indexes.front(), GetParam());

  const auto database = OpenDatabase();
  table = database->catalog().Find("t");
  const RangeRequest index_scan = ScanOf(*table, &table->indexes.front());
  EXPECT_EQ(ReadJson(*database, index_scan), before);
  // An update that leaves the index's keys alone shows in the index.
  const Item changed = {{"g", S("g")}, {"pk", S("p")}, {"sk", S("10000")}, {"text", S("new")}};
  ASSERT_TRUE(PutItem(*database, *table, changed));
  EXPECT_EQ(ReadJson(*database, index_scan).front(), ItemJson(changed));
}

TEST_P(CatalogUpgradeTest, IsDoneOnce) {
  { OpenDatabase()->catalog().Create(Table("t")).value(); }
  const auto engine = OpenEngine();
  EXPECT_EQ(engine->Get(Family::kCatalog, kFormatKey).value(), kFormatText);
  EXPECT_TRUE(ReplaceCopiesByReferences(*engine));  // nothing is left to be done
}

}  // namespace
}  // namespace pumice
