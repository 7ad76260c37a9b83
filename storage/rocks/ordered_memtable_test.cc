// SPDX-License-Identifier: Apache-2.0
#include "storage/rocks/ordered_memtable.h"

#include <atomic>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "storage/rocks/rocks_engine.h"

namespace pumice {
namespace {

/// Keys that share beginnings, end in zeros, and are shorter and longer than what a node holds of
/// them.
std::string RandomKey(std::mt19937& random) {
  constexpr char kAlphabet[] = {'\0', 'a', '\xff'};
  std::string key(random() % 16 + 1, '\0');
  for (char& c : key) c = kAlphabet[random() % sizeof kAlphabet];
  return key;
}

class OrderedMemtableTest : public ::testing::Test {
 protected:
  OrderedMemtableTest()
      : log_(LogLevel::kOff), engine_(OpenRocksEngine({}, WriteSafety::kInMemory, log_).value()) {}

  void Write(std::string_view key, const std::string* value) {
    const std::string_view lock_key = "lock";
    ASSERT_TRUE(engine_->Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
      if (value != nullptr) transaction.Put(Family::kItems, key, *value);
      if (value == nullptr) transaction.Delete(Family::kItems, key);
      return Ok();
    }));
  }
  std::vector<std::string> Keys(const KeyRange& range, Direction direction) {
    std::vector<std::string> keys;
    const auto cursor = engine_->NewCursor(Family::kItems, range, direction);
    for (; cursor->Valid(); cursor->Next()) keys.emplace_back(cursor->key());
    return keys;
  }

  Log log_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(OrderedMemtableTest, AnswersAsASortedMapDoes) {
  std::mt19937 random(3);
  std::map<std::string, std::string> model;
  for (int i = 0; i < 4000; ++i) {
    const std::string key = RandomKey(random);
    const std::string value = std::to_string(i);
    const bool put = random() % 4 != 0;
    Write(key, put ? &value : nullptr);
    if (put) {
      model[key] = value;
    } else {
      model.erase(key);
    }
  }
  for (int i = 0; i < 500; ++i) {
    const std::string key = RandomKey(random);
    const auto found = model.find(key);
    EXPECT_EQ(engine_->Get(Family::kItems, key).value(),
              found == model.end() ? std::nullopt : std::optional(found->second));
    KeyRange range{key, RandomKey(random)};
    if (range.end < range.begin) std::swap(range.begin, range.end);
    std::vector<std::string> expected;
    for (auto at = model.lower_bound(range.begin); at != model.lower_bound(range.end); ++at) {
      expected.push_back(at->first);
    }
    EXPECT_EQ(Keys(range, Direction::kForward), expected);
    std::reverse(expected.begin(), expected.end());
    EXPECT_EQ(Keys(range, Direction::kBackward), expected);
  }
}

TEST_F(OrderedMemtableTest, ReadersWalkBothWaysWhileOneWrites) {
  const std::string value(100, 'v');
  for (int i = 0; i < 1000; i += 2) Write("fixed" + std::to_string(10'000 + i), &value);
  std::atomic<bool> writing = true;
  std::vector<std::thread> readers;
  for (const Direction direction : {Direction::kForward, Direction::kBackward}) {
    readers.emplace_back([&, direction] {
      do {
        std::size_t fixed = 0;
        std::string last;
        for (const std::string& key : Keys({"fixed", "fixee"}, direction)) {
          EXPECT_TRUE(last.empty() || (direction == Direction::kForward ? last < key : key < last));
          last = key;
          fixed += (key.back() - '0') % 2 == 0 ? 1 : 0;
        }
        EXPECT_EQ(fixed, 500U);
      } while (writing);
    });
  }
  for (int i = 1; i < 1000; i += 2) Write("fixed" + std::to_string(10'000 + i), &value);
  writing = false;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(Keys({"fixed", "fixee"}, Direction::kBackward).size(), 1000U);
}

}  // namespace
}  // namespace pumice
