// SPDX-License-Identifier: Apache-2.0
#include "storage/rocks/rocks_engine.h"

#include <thread>

#include <gtest/gtest.h>

namespace pumice {
namespace {

class RocksEngineTest : public ::testing::Test {
 protected:
  RocksEngineTest()
      : log_(LogLevel::kOff), engine_(OpenRocksEngine({}, WriteSafety::kInMemory, log_).value()) {}

  Result<void> Transact(FunctionRef<Result<void>(Transaction&)> work) {
    const std::string_view lock_key = "lock";
    return engine_->Transact({&lock_key, 1}, work);
  }
  void Put(std::string_view key, std::string_view value) {
    ASSERT_TRUE(Transact([&](Transaction& transaction) -> Result<void> {
      transaction.Put(Family::kItems, key, value);
      return Ok();
    }));
  }
  std::string Keys(const KeyRange& range, Direction direction, const Snapshot* snapshot = nullptr) {
    std::string keys;
    const auto cursor = engine_->NewCursor(Family::kItems, range, direction, snapshot);
    for (; cursor->Valid(); cursor->Next()) keys += cursor->key();
    EXPECT_TRUE(cursor->status());
    return keys;
  }

  Log log_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(RocksEngineTest, KeepsFamiliesApart) {
  Put("a", "1");
  EXPECT_EQ(engine_->Get(Family::kItems, "a").value(), "1");
  EXPECT_EQ(engine_->Get(Family::kIndexes, "a").value(), std::nullopt);
}

TEST_F(RocksEngineTest, WalksARangeBothWays) {
  for (const char* key : {"a", "b", "c", "d"}) Put(key, "");
  EXPECT_EQ(Keys({"b", "d"}, Direction::kForward), "bc");
  EXPECT_EQ(Keys({"b", "d"}, Direction::kBackward), "cb");
  EXPECT_EQ(Keys({"b", ""}, Direction::kForward), "bcd");
  EXPECT_EQ(Keys({"b", ""}, Direction::kBackward), "dcb");
  EXPECT_EQ(Keys({"b", "b"}, Direction::kBackward), "");
  EXPECT_EQ(Keys({"x", "y"}, Direction::kForward), "");
}

TEST_F(RocksEngineTest, ARefusedTransactionWritesNothing) {
  const auto refused = Transact([&](Transaction& transaction) -> Result<void> {
    transaction.Put(Family::kItems, "a", "1");
    transaction.OnCommit([] { FAIL(); });
    return Error(ErrorCode::kValidation, "no");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kValidation);
  EXPECT_EQ(engine_->Get(Family::kItems, "a").value(), std::nullopt);
}

TEST_F(RocksEngineTest, ATransactionReadsTheCommittedState) {
  Put("a", "1");
  bool published = false;
  ASSERT_TRUE(Transact([&](Transaction& transaction) -> Result<void> {
    transaction.Put(Family::kItems, "a", "2");
    EXPECT_EQ(transaction.Get(Family::kItems, "a").value(), "1");
    transaction.OnCommit([&] { published = true; });
    return Ok();
  }));
  EXPECT_TRUE(published);
  EXPECT_EQ(engine_->Get(Family::kItems, "a").value(), "2");
}

TEST_F(RocksEngineTest, ASnapshotStaysAsItWas) {
  Put("a", "1");
  const auto snapshot = engine_->TakeSnapshot();
  Put("a", "2");
  Put("b", "1");
  EXPECT_EQ(engine_->Get(Family::kItems, "a", snapshot.get()).value(), "1");
  EXPECT_EQ(Keys({"", ""}, Direction::kForward, snapshot.get()), "a");
}

TEST_F(RocksEngineTest, DeletesARange) {
  for (const char* key : {"a", "b", "c", "d"}) Put(key, "");
  ASSERT_TRUE(Transact([&](Transaction& transaction) -> Result<void> {
    transaction.DeleteRange(Family::kItems, {"b", "d"});
    return Ok();
  }));
  EXPECT_EQ(Keys({"", ""}, Direction::kForward), "ad");
  EXPECT_EQ(Keys({"", ""}, Direction::kBackward), "da");
}

TEST_F(RocksEngineTest, LocksOfManyKeysDoNotWaitForEachOther) {
  std::vector<std::thread> threads;
  int count = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        const std::string mine = std::to_string(t * 1000 + i);
        constexpr std::string_view kShared = "shared";
        const std::string_view own = mine;
        const std::string_view keys[] = {t % 2 == 0 ? own : kShared, t % 2 == 0 ? kShared : own,
                                         kShared};
        if (!engine_->Transact(keys, [&](Transaction&) -> Result<void> {
              ++count;
              return Ok();
            })) {
          ADD_FAILURE();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, 2000);
}

}  // namespace
}  // namespace pumice
