// SPDX-License-Identifier: Apache-2.0
// ItemStore::Transact and what it stands on: marks, tokens.

#include <functional>
#include <thread>

#include "storage/rocks/rocks_engine.h"
#include "storage/test_kit.h"
#include "storage/transaction_guard.h"
#include "storage/transaction_tokens.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;

class TransactionTest : public MemoryDatabaseTest {
 protected:
  TransactionTest() : table_(Create(Table("t"))) {}

  static ItemKey KeyOf(std::string name) { return {S(std::move(name)), S("s")}; }
  static Item ItemOf(const std::string& name, const std::string& value) {
    return {{"pk", S(name)}, {"sk", S("s")}, {"v", S(value)}};
  }

  /// Puts items with these values; `during` runs while the first is written.
  Result<TransactionOutcome> PutAll(
      const std::vector<std::pair<std::string, std::string>>& items,
      std::optional<TransactionTokenView> token = std::nullopt,
      std::function<void()> during = [] {}) {
    std::vector<ItemKey> keys;
    std::vector<std::function<Result<std::optional<ItemChange>>(const EncodedItemView*)>> changes;
    for (const auto& [name, value] : items) {
      keys.push_back(KeyOf(name));
      changes.emplace_back([&during, item = ItemOf(name, value), first = changes.empty()](
                               const EncodedItemView*) -> Result<std::optional<ItemChange>> {
        if (first) during();
        return std::optional(ItemChange{EncodeItem(item)});
      });
    }
    std::vector<ItemWrite> writes;
    for (std::size_t i = 0; i < keys.size(); ++i) writes.push_back({*table_, keys[i], changes[i]});
    return database_->items().Transact({writes, token});
  }

  std::optional<std::string> Value(const std::string& name) {
    return GetJson(*database_, *table_, KeyOf(name));
  }

  const TablePtr table_;
};

std::string Json(const std::string& name, const std::string& value) {
  return R"({"pk":{"S":")" + name + R"("},"sk":{"S":"s"},"v":{"S":")" + value + R"("}})";
}

/// Runs it in another thread and waits for it.
void InAnotherThread(const std::function<void()>& work) { std::thread(work).join(); }

TEST_F(TransactionTest, WritesAll) {
  const auto done = PutAll({{"a", "1"}, {"b", "2"}}).value();
  EXPECT_FALSE(done.replayed);
  EXPECT_TRUE(done.refusals.empty());
  ASSERT_EQ(done.outcomes.size(), 2U);
  EXPECT_EQ(Value("a"), Json("a", "1"));
  EXPECT_EQ(Value("b"), Json("b", "2"));
  EXPECT_EQ(database_->catalog().Totals(*table_, nullptr).item_count, 2);
}

TEST_F(TransactionTest, TellsEveryRefusalAndWritesNothing) {
  const auto accept = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
    return std::optional(ItemChange{EncodeItem(ItemOf("b", "new"))});
  };
  const auto refuse = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
    return Error(ErrorCode::kConditionalCheckFailed, "The conditional request failed");
  };
  const ItemKey a = KeyOf("a");
  const ItemKey b = KeyOf("b");
  const ItemKey c = KeyOf("c");
  const ItemWrite writes[] = {{*table_, a, refuse}, {*table_, b, accept}, {*table_, c, refuse}};
  const auto done = database_->items().Transact({writes, std::nullopt}).value();
  ASSERT_EQ(done.refusals.size(), 3U);
  EXPECT_TRUE(done.refusals[0]);
  EXPECT_FALSE(done.refusals[1]);
  EXPECT_TRUE(done.refusals[2]);
  EXPECT_TRUE(done.outcomes.empty());
  EXPECT_EQ(Value("b"), std::nullopt);
  EXPECT_FALSE(database_->items().InTransaction(*table_, b));
}

TEST_F(TransactionTest, APlainWriteThatMeetsOneIsRefusedAtOnce) {
  std::optional<Error> met;
  const auto done = PutAll({{"a", "1"}}, std::nullopt, [&] {
    InAnotherThread([&] {
      EXPECT_TRUE(database_->items().InTransaction(*table_, KeyOf("a")));
      EXPECT_FALSE(database_->items().InTransaction(*table_, KeyOf("b")));
      met = PutItem(*database_, *table_, ItemOf("a", "plain")).error();
    });
  });
  EXPECT_TRUE(done.value().refusals.empty());
  ASSERT_TRUE(met);
  EXPECT_EQ(met->code(), ErrorCode::kTransactionConflict);
  EXPECT_EQ(met->client_text(), "Transaction is ongoing for the item");
  EXPECT_EQ(Value("a"), Json("a", "1"));
  EXPECT_TRUE(PutItem(*database_, *table_, ItemOf("a", "plain")));
}

TEST_F(TransactionTest, ATransactionThatMeetsOneIsToldWhichItems) {
  std::vector<bool> conflicts;
  const auto done = PutAll({{"a", "1"}, {"b", "1"}}, std::nullopt, [&] {
    InAnotherThread([&] {
      const auto met = PutAll({{"c", "2"}, {"b", "2"}}).value();
      for (const auto& refusal : met.refusals) {
        conflicts.push_back(refusal && refusal->code() == ErrorCode::kTransactionConflict);
      }
    });
  });
  EXPECT_TRUE(done.value().refusals.empty());
  EXPECT_EQ(conflicts, (std::vector<bool>{false, true}));
  EXPECT_EQ(Value("b"), Json("b", "1"));
  EXPECT_EQ(Value("c"), std::nullopt);
}

TEST_F(TransactionTest, ARepetitionIsRecognisedByItsToken) {
  ASSERT_TRUE(PutAll({{"a", "1"}}, TransactionTokenView{"token", "x"}));
  ASSERT_TRUE(PutItem(*database_, *table_, ItemOf("a", "later")));
  const auto again = PutAll({{"a", "1"}}, TransactionTokenView{"token", "x"}).value();
  EXPECT_TRUE(again.replayed);
  EXPECT_TRUE(again.outcomes.empty());
  EXPECT_EQ(Value("a"), Json("a", "later"));
}

TEST_F(TransactionTest, ATokenStandsForOneRequestOnly) {
  ASSERT_TRUE(PutAll({{"a", "1"}}, TransactionTokenView{"token", "x"}));
  const auto other = PutAll({{"a", "2"}}, TransactionTokenView{"token", "y"});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), ErrorCode::kIdempotentParameterMismatch);
  EXPECT_EQ(Value("a"), Json("a", "1"));
}

TEST_F(TransactionTest, ATokenCountsForTenMinutes) {
  ASSERT_TRUE(PutAll({{"a", "1"}}, TransactionTokenView{"token", "x"}));
  clock_.Advance(10min - 1us);
  EXPECT_TRUE(PutAll({{"a", "1"}}, TransactionTokenView{"token", "x"}).value().replayed);
  clock_.Advance(1us);
  EXPECT_FALSE(PutAll({{"a", "2"}}, TransactionTokenView{"token", "y"}).value().replayed);
  EXPECT_EQ(Value("a"), Json("a", "2"));
}

TEST_F(TransactionTest, ARefusedTransactionLeavesItsTokenUnused) {
  const auto refuse = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
    return Error(ErrorCode::kConditionalCheckFailed, "The conditional request failed");
  };
  const ItemKey key = KeyOf("a");
  const ItemWrite write{*table_, key, refuse};
  const TransactionTokenView token{"token", "x"};
  ASSERT_EQ(database_->items().Transact({{&write, 1}, token}).value().refusals.size(), 1U);
  EXPECT_FALSE(PutAll({{"a", "1"}}, TransactionTokenView{"token", "y"}).value().replayed);
}

TEST_F(TransactionTest, TheSameTokenTwiceAtOnceIsInProgress) {
  std::optional<Error> met;
  const auto done = PutAll({{"a", "1"}}, TransactionTokenView{"token", "x"}, [&] {
    InAnotherThread([&] {
      met = PutAll({{"b", "1"}}, TransactionTokenView{"token", "x"}).error();
    });
  });
  EXPECT_TRUE(done);
  ASSERT_TRUE(met);
  EXPECT_EQ(met->code(), ErrorCode::kTransactionInProgress);
  EXPECT_EQ(met->client_text(),
            "The transaction with the given request token is already in progress.");
}

// Who repeats what was done must not be told that it was cancelled.
TEST_F(TransactionTest, ARepetitionDoesNotMeetATransactionOnItsItems) {
  ASSERT_TRUE(PutAll({{"a", "1"}}, TransactionTokenView{"token", "x"}));
  bool replayed = false;
  const auto done = PutAll({{"a", "2"}}, std::nullopt, [&] {
    InAnotherThread([&] {
      replayed = PutAll({{"a", "1"}}, TransactionTokenView{"token", "x"}).value().replayed;
    });
  });
  EXPECT_TRUE(done);
  EXPECT_TRUE(replayed);
}

TEST_F(TransactionTest, ReadsTogetherInTheOrderAsked) {
  ASSERT_TRUE(PutAll({{"a", "1"}, {"b", "2"}}));
  const ItemKey a = KeyOf("a");
  const ItemKey b = KeyOf("b");
  const ItemKey none = KeyOf("none");
  const ItemRead reads[] = {{*table_, b}, {*table_, none}, {*table_, a}};
  const auto items = database_->items().GetTogether(reads).value();
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(EncodedItemView(*items[0]).json(), Json("b", "2"));
  EXPECT_EQ(items[1], std::nullopt);
  EXPECT_EQ(EncodedItemView(*items[2]).json(), Json("a", "1"));
}

// Both items always have the same value; a read between the two writes would tell them apart.
TEST_F(TransactionTest, AReadNeverSeesHalfATransaction) {
  constexpr int kRounds = 500;
  ASSERT_TRUE(PutAll({{"a", "0"}, {"b", "0"}}));
  std::thread writer([&] {
    for (int i = 1; i <= kRounds; ++i) {
      EXPECT_TRUE(PutAll({{"a", std::to_string(i)}, {"b", std::to_string(i)}}));
    }
  });
  const ItemKey a = KeyOf("a");
  const ItemKey b = KeyOf("b");
  const ItemRead reads[] = {{*table_, a}, {*table_, b}};
  for (int i = 0; i < kRounds; ++i) {
    const auto items = database_->items().GetTogether(reads).value();
    EXPECT_EQ(EncodedItemView(*items[0]).Find("v"), EncodedItemView(*items[1]).Find("v"));
  }
  writer.join();
}

TEST(TransactionTokens, SurviveAKilledServer) {
  const TemporaryFolder folder;
  ManualClock clock(kTestStart);
  SystemRandom random;
  Log log(LogLevel::kOff);
  const DatabaseOptions options{folder.path() / "db", Durability::kProcess};
  const ItemKey key{S("a"), S("s")};
  const auto put = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
    return std::optional(ItemChange{EncodeItem({{"pk", S("a")}, {"sk", S("s")}})});
  };
  for (const bool second : {false, true}) {
    const auto database = OpenDatabase(options, clock, random, log);
    if (!second) {
      ASSERT_TRUE(database->catalog().Create(Table("t")));
    }
    const TablePtr table = database->catalog().Find("t");
    const ItemWrite write{*table, key, put};
    const TransactionTokenView token{"token", "x"};
    EXPECT_EQ(database->items().Transact({{&write, 1}, token}).value().replayed, second);
  }
}

class TransactionTokensTest : public ::testing::Test {
 protected:
  TransactionTokensTest()
      : log_(LogLevel::kOff),
        clock_(kTestStart),
        engine_(OpenRocksEngine({}, WriteSafety::kInMemory, log_).value()),
        tokens_(*engine_, clock_) {}

  void Record(std::string_view token) {
    EXPECT_TRUE(engine_->Transact({}, [&](Transaction& transaction) -> Result<void> {
      tokens_.Record(transaction, token, "parameters");
      return Ok();
    }));
  }
  std::optional<std::string> Stored(std::string_view key) {
    return engine_->Get(Family::kCatalog, key).value();
  }
  std::size_t Count() const {
    std::size_t count = 0;
    const auto cursor = engine_->NewCursor(Family::kCatalog, {}, Direction::kForward);
    for (; cursor->Valid(); cursor->Next()) ++count;
    return count;
  }

  static constexpr std::size_t kEnough = 1000;

  Log log_;
  ManualClock clock_;
  std::unique_ptr<Engine> engine_;
  TransactionTokens tokens_;
};

TEST_F(TransactionTokensTest, AreStoredAsTheFormatSays) {
  Record("token");
  EXPECT_EQ(Stored("xtoken"),
            std::string("\x00\x06\x60\xC0\x49\xE5\x10\x80"   // kTestStart and ten minutes
                        "\x9B\x00\xCF\x23\x87\x72\x36\x6A",  // Hash64("parameters")
                        16));
}

TEST_F(TransactionTokensTest, SweepTakesThoseThatCountNoMore) {
  Record("old");
  clock_.Advance(kTransactionTokenLife - 1us);
  Record("young");
  EXPECT_FALSE(tokens_.Sweep(kEnough).value());
  EXPECT_TRUE(Stored("xold"));
  clock_.Advance(1us);
  EXPECT_FALSE(tokens_.Sweep(kEnough).value());
  EXPECT_FALSE(Stored("xold"));
  EXPECT_TRUE(Stored("xyoung"));
}

TEST_F(TransactionTokensTest, ASweepIsBoundedAndGoesOnWhereTheLastEnded) {
  for (int i = 100; i < 200; ++i) Record(std::to_string(i));
  clock_.Advance(kTransactionTokenLife);
  for (int i = 200; i < 220; ++i) Record(std::to_string(i));
  EXPECT_TRUE(tokens_.Sweep(40).value());
  EXPECT_EQ(Count(), 80U);
  EXPECT_TRUE(tokens_.Sweep(40).value());
  EXPECT_EQ(Count(), 40U);
  EXPECT_FALSE(tokens_.Sweep(40).value());
  EXPECT_EQ(Count(), 20U);
  // From the first again.
  clock_.Advance(kTransactionTokenLife);
  EXPECT_FALSE(tokens_.Sweep(40).value());
  EXPECT_EQ(Count(), 0U);
}

// However many count: a call looks at so many of them, not for so many that do not.
TEST_F(TransactionTokensTest, ASweepLooksAtNoMoreThanItsLimit) {
  for (int i = 100; i < 200; ++i) Record(std::to_string(i));
  int calls = 1;
  while (tokens_.Sweep(10).value()) ++calls;
  EXPECT_EQ(calls, 10);
  EXPECT_EQ(Count(), 100U);
}

TEST(TransactionGuard, MarksAllOrNone) {
  TransactionGuard guard;
  EXPECT_FALSE(guard.Busy());
  const std::vector<std::string> first = {"a", "b"};
  const std::vector<std::string> second = {"b", "c"};
  {
    TransactionGuard::Hold holder(guard);
    EXPECT_EQ(holder.Mark(first), std::vector<bool>());
    EXPECT_TRUE(guard.Busy());
    TransactionGuard::Hold other(guard);
    EXPECT_EQ(other.Mark(second), (std::vector<bool>{true, false}));
    EXPECT_FALSE(guard.IsMarked("c"));
  }
  EXPECT_FALSE(guard.Busy());
  EXPECT_FALSE(guard.IsMarked("a"));
}

TEST(TransactionGuard, ATokenIsHeldOnce) {
  TransactionGuard guard;
  {
    TransactionGuard::Hold holder(guard);
    ASSERT_TRUE(holder.TakeToken("token"));
    TransactionGuard::Hold other(guard);
    EXPECT_EQ(other.TakeToken("token").error().code(), ErrorCode::kTransactionInProgress);
  }
  TransactionGuard::Hold later(guard);
  EXPECT_TRUE(later.TakeToken("token"));
}

}  // namespace
}  // namespace pumice
