// SPDX-License-Identifier: Apache-2.0
#include "storage/database.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "storage/catalog_keys.h"
#include "storage/databases.h"
#include "storage/rocks/rocks_engine.h"
#include "storage/test_kit.h"

namespace pumice {
namespace {

namespace fs = std::filesystem;

class DiskDatabaseTest : public ::testing::TestWithParam<Durability> {
 protected:
  DiskDatabaseTest() : clock_(kTestStart), log_(LogLevel::kOff) {}

  std::unique_ptr<Database> Open() {
    return OpenDatabase({folder_.path() / "db", GetParam()}, clock_, random_, log_);
  }

  TemporaryFolder folder_;
  ManualClock clock_;
  SystemRandom random_;
  Log log_;
};

INSTANTIATE_TEST_SUITE_P(Durabilities, DiskDatabaseTest,
                         ::testing::Values(Durability::kProcess, Durability::kPower));

/// Writes a hundred items into an indexed table with a stream.
void Fill(Database& database) {
  const TablePtr table = database.catalog()
                             .Create(WithStream(Table("t", {Index("i", {Key("g")}, {Key("sk")})}),
                                                StreamViewType::kNewImage))
                             .value();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(PutItem(database, *table,
                        {{"g", S("g")}, {"pk", S("p")}, {"sk", S(std::to_string(1000 + i))}}));
  }
}

void ExpectFilled(Database& database) {
  const TablePtr table = database.catalog().Find("t");
  ASSERT_NE(table, nullptr);
  const IndexDescription* index = table->FindIndex("i");
  EXPECT_EQ(ReadJson(database, ScanOf(*table)).size(), 100U);
  EXPECT_EQ(ReadJson(database, ScanOf(*table, index)).size(), 100U);
  EXPECT_EQ(database.catalog().Totals(*table, nullptr).item_count, 100);
  EXPECT_EQ(database.catalog().Totals(*table, index).item_count, 100);
  const StreamPtr stream = database.changes().Find(table->stream->arn.value());
  ASSERT_NE(stream, nullptr);
  EXPECT_EQ(database.changes().Read(*stream, 0, SequenceNumber(1), 1000, 1 << 20).value().size(),
            100U);
}

TEST_P(DiskDatabaseTest, HasEverythingAfterClosingAndOpening) {
  Fill(*Open());
  ExpectFilled(*Open());
}

TEST_P(DiskDatabaseTest, HasEverythingAfterAKill) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the thread sanitizer allows no threads after a fork";
#endif
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Fill(*Open().release());
    ::_exit(HasFailure() ? 1 : 0);  // nothing is closed, flushed or destroyed
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  ExpectFilled(*Open());
}

TEST_P(DiskDatabaseTest, GoesOnCountingIdsAndSequenceNumbersAfterAStart) {
  Fill(*Open());
  const auto database = Open();
  const TablePtr old = database->catalog().Find("t");
  const StreamPtr stream = database->changes().Find(old->stream->arn.value());
  const SequenceNumber end = database->changes().ReadableEnd(*stream, 0);
  EXPECT_GT(end, SequenceNumber(100));
  ASSERT_TRUE(PutItem(*database, *old, {{"pk", S("x")}, {"sk", S("y")}}));
  EXPECT_EQ(database->changes().Read(*stream, 0, end, 10, 1000).value().size(), 1U);
  EXPECT_GT(database->catalog().Create(Table("u")).value()->id.value(), old->stream->id.value());
}

TEST_P(DiskDatabaseTest, RefusesAFolderThatAnotherServerUses) {
  const auto first = Open();
  const auto second = Database::Open({folder_.path() / "db", GetParam()}, clock_, random_, log_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::kInternal);
  EXPECT_EQ(second.error().client_text(), "Cannot open the database in " +
                                              (folder_.path() / "db").string() +
                                              ": it is in use by another server");
}

TEST_P(DiskDatabaseTest, RefusesAFolderOfSomethingElseAndTouchesNothing) {
  fs::create_directories(folder_.path() / "db");
  std::ofstream(folder_.path() / "db" / "CURRENT") << "MANIFEST-000001\n";
  const auto opened = Database::Open({folder_.path() / "db", GetParam()}, clock_, random_, log_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().client_text(), "Cannot use the data folder " +
                                              (folder_.path() / "db").string() +
                                              ": it does not hold a Pumice database");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path() / "db"), {}), 1);
}

TEST_P(DiskDatabaseTest, RefusesANewerStoreAndTouchesNothing) {
  fs::create_directories(folder_.path() / "db");
  std::ofstream(folder_.path() / "db" / "PUMICE") << "pumice store 2\n";
  const auto opened = Database::Open({folder_.path() / "db", GetParam()}, clock_, random_, log_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().client_text(),
            "Cannot use the data folder " + (folder_.path() / "db").string() +
                ": it was written by another version of Pumice, in format \"pumice store 2\"; "
                "this one reads \"pumice store 1\"");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path() / "db"), {}), 1);
}

TEST_P(DiskDatabaseTest, SaysThatAFolderCannotBeMade) {
  std::ofstream(folder_.path() / "file") << "x";
  const auto opened =
      Database::Open({folder_.path() / "file" / "db", GetParam()}, clock_, random_, log_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().client_text(), "Cannot use the data folder " +
                                              (folder_.path() / "file" / "db").string() +
                                              ": cannot be made: Not a directory");
}

TEST(Database, RefusesANewerCatalog) {
  ManualClock clock(kTestStart);
  SystemRandom random;
  Log log(LogLevel::kOff);
  auto engine = OpenRocksEngine({}, WriteSafety::kInMemory, log).value();
  const std::string_view lock_key = kFormatKey;
  ASSERT_TRUE(engine->Transact({&lock_key, 1}, [](Transaction& transaction) -> Result<void> {
    transaction.Put(Family::kCatalog, kFormatKey, "pumice catalog 3");
    return Ok();
  }));
  const auto opened = Database::OpenOn(std::move(engine), clock, random, log);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().client_text(),
            "The database has the format \"pumice catalog 3\"; this version of Pumice reads "
            "\"pumice catalog 2\"");
}

TEST(Database, InMemoryLeavesNothingOnDisk) {
  const TemporaryFolder folder;
  ManualClock clock(kTestStart);
  SystemRandom random;
  Log log(LogLevel::kOff);
  const auto database =
      OpenDatabase({folder.path() / "db", Durability::kMemory}, clock, random, log);
  Fill(*database);
  EXPECT_TRUE(fs::is_empty(folder.path()));
  EXPECT_FALSE(fs::exists("/memory"));
}

TEST(Databases, GivesEachOwnerADatabase) {
  const TemporaryFolder folder;
  ManualClock clock(kTestStart);
  SystemRandom random;
  Log log(LogLevel::kOff);
  Databases databases({folder.path(), Durability::kProcess, false}, clock, random, log);
  Database* first = databases.For("key", "eu-west-1").value();
  EXPECT_EQ(databases.For("key", "eu-west-1").value(), first);
  EXPECT_NE(databases.For("key", "local").value(), first);
  EXPECT_NE(databases.For("key_eu", "west-1").value(), databases.For("key", "eu_west-1").value());
  EXPECT_TRUE(fs::exists(folder.path() / "key_eu-west-1"));
  EXPECT_TRUE(fs::exists(folder.path() / "key%5Feu_west-1"));
  int count = 0;
  databases.ForEach([&](Database&) { ++count; });
  EXPECT_EQ(count, 4);
}

TEST(Databases, GivesOneDatabaseToAllIfShared) {
  const TemporaryFolder folder;
  ManualClock clock(kTestStart);
  SystemRandom random;
  Log log(LogLevel::kOff);
  Databases databases({folder.path(), Durability::kProcess, true}, clock, random, log);
  EXPECT_EQ(databases.For("a", "x").value(), databases.For("b", "y").value());
  EXPECT_TRUE(fs::exists(folder.path() / "shared-local-instance"));
}

TEST(StateStore, KeepsNamedValues) {
  ManualClock clock(kTestStart);
  SystemRandom random;
  Log log(LogLevel::kOff);
  const auto database = OpenDatabase({}, clock, random, log);
  StateStore& state = database->state();
  EXPECT_EQ(state.Get("checkpoint").value(), std::nullopt);
  ASSERT_TRUE(state.Put("checkpoint", "17"));
  EXPECT_EQ(state.Get("checkpoint").value(), "17");
  ASSERT_TRUE(state.Delete("checkpoint"));
  EXPECT_EQ(state.Get("checkpoint").value(), std::nullopt);
}

}  // namespace
}  // namespace pumice
