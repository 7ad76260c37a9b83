// SPDX-License-Identifier: Apache-2.0
#include "storage/rocks/entry_tree.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <new>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace pumice {
namespace {

/// A user's key and a sequence number, as a memtable orders them.
struct Key {
  std::string user;
  std::uint64_t number = 0;

  friend bool operator<(const Key& a, const Key& b) {
    return a.user != b.user ? a.user < b.user : a.number > b.number;
  }
  friend bool operator==(const Key& a, const Key& b) = default;

  std::string Internal() const {
    std::string bytes = user;
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
    return bytes;
  }
};

Key KeyOf(const MemtableEntry& entry) {
  const InternalKey key = entry.key();
  return {std::string(key.user.data(), key.user.size()), key.trailer};
}

class EntryTreeTest : public testing::Test {
 protected:
  static_assert(sizeof(std::max_align_t) >= alignof(MemtableEntry));

  char* Allocate(std::size_t bytes) {
    return reinterpret_cast<char*>(
        memory_.emplace_back(new std::max_align_t[bytes / sizeof(std::max_align_t) + 1]).get());
  }
  bool Insert(const Key& key) {
    const std::string internal = key.Internal();
    auto* entry = new (Allocate(sizeof(MemtableEntry) + 2 + internal.size())) MemtableEntry;
    char* bytes = entry->bytes();
    *bytes++ = static_cast<char>(internal.size() % 128 | 128);
    *bytes++ = static_cast<char>(internal.size() / 128);
    internal.copy(bytes, internal.size());
    return tree_.Insert(*entry);
  }
  const MemtableEntry* Find(const Key& key) const {
    return tree_.FirstNotBefore(InternalKey(key.Internal()));
  }
  std::vector<Key> Forward() const {
    std::vector<Key> keys;
    for (const MemtableEntry* at = head_.next; at != nullptr; at = at->next) {
      keys.push_back(KeyOf(*at));
    }
    return keys;
  }
  std::vector<Key> Backward() const {
    std::vector<Key> keys;
    if (head_.before == nullptr) return keys;
    for (const MemtableEntry* at = head_.before; at != &head_; at = at->before) {
      keys.push_back(KeyOf(*at));
    }
    return keys;
  }

  std::deque<std::unique_ptr<std::max_align_t[]>> memory_;
  MemtableEntry head_;
  EntryTree tree_{head_, [this](std::size_t bytes) { return Allocate(bytes); }};
};

std::mt19937 random_number(7);

/// Letters that make keys share beginnings, end in zeros, and be each other's beginnings.
std::string RandomText(std::size_t most) {
  constexpr char kAlphabet[] = {'\0', 'a', '\xff'};
  std::string text(random_number() % (most + 1), '\0');
  for (char& c : text) c = kAlphabet[random_number() % sizeof kAlphabet];
  return text;
}

using Keys = std::vector<Key>;

Keys FewTexts() {
  Keys keys;
  for (int i = 0; i < 5000; ++i) keys.push_back({RandomText(12), random_number() % 8});
  return keys;
}

/// Long beginnings, many keys with each, as the messages of a few conversations are.
Keys ManyOfAFewGroups() {
  Keys keys;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    keys.push_back(
        {"table" + std::string(random_number() % 5, 'g') + std::string(400, '-') + RandomText(30),
         i});
  }
  return keys;
}

Keys Ascending() {
  Keys keys;
  for (int i = 0; i < 40'000; ++i) keys.push_back({"log" + std::to_string(100'000 + i), 1});
  return keys;
}

Keys Descending() {
  Keys keys = Ascending();
  std::reverse(keys.begin(), keys.end());
  return keys;
}

/// One item, written over and over: the newest version stands before all older ones.
Keys VersionsOfOne() {
  Keys keys;
  for (std::uint64_t i = 0; i < 3000; ++i) keys.push_back({"counter", i});
  return keys;
}

/// A search looks at the middle of what it still may be: each half is filled from its edge.
Keys FromTheEdgesInwards() {
  Keys keys;
  for (int i = 0; i < 5000; ++i) {
    keys.push_back({std::to_string(100'000 + i), 1});
    keys.push_back({std::to_string(199'999 - i), 1});
  }
  return keys;
}

struct Case {
  const char* name;
  Keys (*keys)();
};

class EntryTreeOrder : public EntryTreeTest, public testing::WithParamInterface<Case> {};

TEST_P(EntryTreeOrder, IsThatOfASortedSet) {
  const Keys keys = GetParam().keys();
  std::set<Key> model;
  const auto compare_with_model = [&](const Key& wanted) {
    const auto expected = model.lower_bound(wanted);
    const MemtableEntry* found = Find(wanted);
    ASSERT_EQ(found == nullptr, expected == model.end());
    if (found != nullptr) {
      ASSERT_EQ(KeyOf(*found), *expected);
    }
  };
  compare_with_model({"", 0});
  for (const Key& key : keys) {
    ASSERT_EQ(Insert(key), model.insert(key).second);
    compare_with_model(key);
    const Key& other = keys[random_number() % keys.size()];
    compare_with_model(other);
    compare_with_model({other.user + RandomText(2), random_number() % 8});
    compare_with_model({other.user.substr(0, random_number() % (other.user.size() + 1)), 3});
  }
  Keys expected(model.begin(), model.end());
  EXPECT_EQ(Forward(), expected);
  std::reverse(expected.begin(), expected.end());
  EXPECT_EQ(Backward(), expected);
}

INSTANTIATE_TEST_SUITE_P(, EntryTreeOrder,
                         testing::Values(Case{"FewTexts", FewTexts},
                                         Case{"ManyOfAFewGroups", ManyOfAFewGroups},
                                         Case{"Ascending", Ascending},
                                         Case{"Descending", Descending},
                                         Case{"VersionsOfOne", VersionsOfOne},
                                         Case{"FromTheEdgesInwards", FromTheEdgesInwards}),
                         [](const auto& info) { return info.param.name; });

TEST_F(EntryTreeTest, ReadersFindWhatWasThereBeforeTheyLooked) {
  Keys keys;
  for (int i = 0; i < 40'000; ++i) {
    keys.push_back({"group" + std::to_string(i % 7) + "/" + std::to_string(100'000 + i), 1});
  }
  std::shuffle(keys.begin() + 20'000, keys.end(), random_number);
  std::atomic<std::size_t> inserted = 0;
  std::vector<std::thread> readers;
  for (unsigned seed : {1U, 2U}) {
    readers.emplace_back([&, seed] {
      std::mt19937 random(seed);
      for (;;) {
        const std::size_t known = inserted.load(std::memory_order_acquire);
        if (known == 0) continue;
        const Key& wanted = keys[random() % known];
        const MemtableEntry* found = Find(wanted);
        ASSERT_NE(found, nullptr);
        ASSERT_EQ(KeyOf(*found), wanted);
        if (known == keys.size()) return;
      }
    });
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    ASSERT_TRUE(Insert(keys[i]));
    inserted.store(i + 1, std::memory_order_release);
  }
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace pumice
