// SPDX-License-Identifier: Apache-2.0
#include "storage/rocks/ordered_memtable.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <vector>

#include <rocksdb/slice.h>

namespace pumice {
namespace {

using rocksdb::Slice;

constexpr int kMaxHeight = 12;
constexpr std::uint32_t kBranching = 4;

/// An entry's internal key: the user's key and a trailer (sequence number and kind, greater is
/// newer), which stands before older ones of the same user key.
struct InternalKey {
  Slice user;
  std::uint64_t trailer = 0;
  std::uint64_t first = 0;   // bytes 0..7 of user as a number, zeros behind its end
  std::uint32_t second = 0;  // bytes 8..11
};

constexpr std::size_t kWordBytes = 12;

template <class Word>
Word BigEndianAt(const Slice& user, std::size_t offset) {
  unsigned char bytes[sizeof(Word)] = {};
  if (user.size() > offset) {
    std::memcpy(bytes, user.data() + offset, std::min(sizeof(Word), user.size() - offset));
  }
  Word word = 0;
  for (const unsigned char byte : bytes) word = static_cast<Word>(word << 8 | byte);
  return word;
}

/// internal = user key, then 8 bytes of trailer, little-endian.
InternalKey Parse(const Slice& internal) {
  InternalKey key;
  const std::size_t user_size = internal.size() - 8;
  key.user = Slice(internal.data(), user_size);
  for (int i = 7; i >= 0; --i) {
    key.trailer = key.trailer << 8 | static_cast<unsigned char>(internal[user_size + i]);
  }
  key.first = BigEndianAt<std::uint64_t>(key.user, 0);
  key.second = BigEndianAt<std::uint32_t>(key.user, 8);
  return key;
}

/// entry = length of the internal key as varint, the internal key, and what follows.
Slice InternalKeyOf(const char* entry) {
  std::uint32_t length = 0;
  for (int shift = 0;; shift += 7, ++entry) {
    const auto byte = static_cast<unsigned char>(*entry);
    length |= static_cast<std::uint32_t>(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return Slice(entry + 1, length);
}

/// Stands right before its entry; the links of the levels stand before it, level 0 the nearest.
struct Node {
  std::atomic<Node*> before;
  std::uint64_t first;
  std::uint32_t second;
  std::uint32_t height;

  const char* entry() const { return reinterpret_cast<const char*>(this + 1); }
  std::atomic<Node*>& link(int level) {
    return reinterpret_cast<std::atomic<Node*>*>(this)[-1 - level];
  }
  Node* Next(int level) { return link(level).load(std::memory_order_acquire); }
  /// Asks for the node where a search goes on if it goes down: a search is waiting for memory, no
  /// more.
  void PrefetchBelow(int level) {
    if (level > 0) __builtin_prefetch(link(level - 1).load(std::memory_order_relaxed));
  }
};

bool IsBefore(const Node* node, const InternalKey& key) {
  if (node->first != key.first) return node->first < key.first;
  if (node->second != key.second) return node->second < key.second;
  const InternalKey mine = [&] {
    InternalKey parsed;
    const Slice internal = InternalKeyOf(node->entry());
    parsed.user = Slice(internal.data(), internal.size() - 8);
    std::memcpy(&parsed.trailer, internal.data() + parsed.user.size(), 8);  // little-endian
    return parsed;
  }();
  // Equal words mean equal bytes, but for zeros that one of two short keys may lack.
  const std::size_t skip =
      mine.user.size() >= kWordBytes && key.user.size() >= kWordBytes ? kWordBytes : 0;
  const std::size_t common = std::min(mine.user.size(), key.user.size());
  const int order = std::memcmp(mine.user.data() + skip, key.user.data() + skip, common - skip);
  if (order != 0) return order < 0;
  if (mine.user.size() != key.user.size()) return mine.user.size() < key.user.size();
  return mine.trailer > key.trailer;
}

class OrderedMemtable final : public rocksdb::MemTableRep {
 public:
  explicit OrderedMemtable(rocksdb::Allocator* allocator)
      : rocksdb::MemTableRep(allocator), head_(NewNode(kMaxHeight, 0)) {
    for (int level = 0; level < kMaxHeight; ++level) head_->link(level).store(nullptr);
  }

  rocksdb::KeyHandle Allocate(std::size_t length, char** buffer) override {
    Node* node = NewNode(RandomHeight(), length);
    *buffer = const_cast<char*>(node->entry());
    return node;
  }
  void Insert(rocksdb::KeyHandle handle) override { InsertKey(handle); }
  bool InsertKey(rocksdb::KeyHandle handle) override;
  bool Contains(const char* entry) const override {
    const Slice internal = InternalKeyOf(entry);
    const Node* found = FindFrom(Parse(internal));
    return found != nullptr && InternalKeyOf(found->entry()) == internal;
  }
  std::size_t ApproximateMemoryUsage() override { return 0; }  // all comes from the allocator
  Iterator* GetIterator(rocksdb::Arena* arena) override;
  Iterator* GetDynamicPrefixIterator(rocksdb::Arena* arena) override;

  Node* First() const { return head_->Next(0); }
  Node* Last() const;
  /// The first entry not before `key`; null: none.
  Node* FindFrom(const InternalKey& key) const;
  /// Null: it is the first.
  Node* Before(Node* node) const {
    Node* before = node->before.load(std::memory_order_acquire);
    return before == head_ ? nullptr : before;
  }

 private:
  Node* NewNode(int height, std::size_t entry_bytes);
  int RandomHeight();

  Node* const head_;
  std::atomic<int> height_{
      1};  // of the tallest node; a reader that sees an old one only searches longer
  // The writer is another thread each time; RocksDB's write queue keeps them in order.
  std::atomic<std::uint32_t> random_ = 0x2545f491;
};

Node* OrderedMemtable::NewNode(int height, std::size_t entry_bytes) {
  const std::size_t links = sizeof(std::atomic<Node*>) * static_cast<std::size_t>(height);
  char* memory = nullptr;
  // The allocator does not align.
  rocksdb::MemTableRep::Allocate(links + sizeof(Node) + entry_bytes + alignof(Node) - 1, &memory);
  const auto address = reinterpret_cast<std::uintptr_t>(memory + links);
  const std::size_t gap = (alignof(Node) - address % alignof(Node)) % alignof(Node);
  Node* node = new (memory + links + gap) Node;
  node->height = static_cast<std::uint32_t>(height);
  for (int level = 0; level < height; ++level) new (&node->link(level)) std::atomic<Node*>(nullptr);
  return node;
}

int OrderedMemtable::RandomHeight() {
  std::uint32_t random = random_.load(std::memory_order_relaxed);
  int height = 1;
  while (height < kMaxHeight) {
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    if (random % kBranching != 0) break;
    ++height;
  }
  random_.store(random, std::memory_order_relaxed);
  return height;
}

Node* OrderedMemtable::FindFrom(const InternalKey& key) const {
  Node* at = head_;
  Node* known_behind = nullptr;  // not compared again a level lower
  for (int level = height_.load(std::memory_order_relaxed) - 1;;) {
    Node* next = at->Next(level);
    at->PrefetchBelow(level);
    if (next != nullptr && next != known_behind && IsBefore(next, key)) {
      at = next;
      continue;
    }
    if (level == 0) return next;
    known_behind = next;
    --level;
  }
}

Node* OrderedMemtable::Last() const {
  Node* at = head_;
  for (int level = height_.load(std::memory_order_relaxed) - 1; level >= 0;) {
    Node* next = at->Next(level);
    if (next != nullptr) {
      at = next;
    } else {
      --level;
    }
  }
  return at == head_ ? nullptr : at;
}

bool OrderedMemtable::InsertKey(rocksdb::KeyHandle handle) {
  Node* node = static_cast<Node*>(handle);
  const Slice internal = InternalKeyOf(node->entry());
  const InternalKey key = Parse(internal);
  node->first = key.first;
  node->second = key.second;
  const int height = static_cast<int>(node->height);
  if (height > height_.load(std::memory_order_relaxed)) {
    height_.store(height, std::memory_order_relaxed);
  }
  std::array<Node*, kMaxHeight> before;
  Node* at = head_;
  Node* behind = nullptr;
  for (int level = height_.load(std::memory_order_relaxed) - 1; level >= 0;) {
    Node* next = at->Next(level);
    at->PrefetchBelow(level);
    if (next != nullptr && next != behind && IsBefore(next, key)) {
      at = next;
      continue;
    }
    behind = next;
    before[static_cast<std::size_t>(level--)] = at;
  }
  if (behind != nullptr && InternalKeyOf(behind->entry()) == internal) return false;
  node->before.store(before[0], std::memory_order_relaxed);
  for (int level = 0; level < height; ++level) {
    node->link(level).store(before[static_cast<std::size_t>(level)]->Next(level),
                            std::memory_order_relaxed);
  }
  // The node is finished; from here on readers may find it.
  if (behind != nullptr) behind->before.store(node, std::memory_order_release);
  for (int level = 0; level < height; ++level) {
    before[static_cast<std::size_t>(level)]->link(level).store(node, std::memory_order_release);
  }
  return true;
}

/// Memory of iterators that RocksDB wants in its Arena, a class that it does not publish: it
/// destroys them but does not free them. They are kept by the thread that destroyed them, for its
/// next one.
class IteratorPool {
 public:
  static void* Take(std::size_t bytes) {
    Pool& pool = OfThread();
    if (pool.empty()) return ::operator new(bytes);
    void* memory = pool.back().release();
    pool.pop_back();
    return memory;
  }
  static void Keep(void* memory) { OfThread().emplace_back(memory); }

 private:
  struct Free {
    void operator()(void* memory) const { ::operator delete(memory); }
  };
  using Pool = std::vector<std::unique_ptr<void, Free>>;

  static Pool& OfThread() {
    thread_local Pool pool;
    return pool;
  }
};

class OrderedIterator final : public rocksdb::MemTableRep::Iterator {
 public:
  OrderedIterator(const OrderedMemtable& table, bool pooled) : table_(table), pooled_(pooled) {}
  ~OrderedIterator() override {
    if (pooled_) IteratorPool::Keep(this);
  }

  bool Valid() const override { return at_ != nullptr; }
  const char* key() const override { return at_->entry(); }
  void Next() override { at_ = at_->Next(0); }
  void Prev() override { at_ = table_.Before(at_); }
  void Seek(const Slice& internal, const char* entry) override {
    at_ = table_.FindFrom(Parse(entry != nullptr ? InternalKeyOf(entry) : internal));
  }
  void SeekForPrev(const Slice& internal, const char* entry) override {
    const Slice wanted = entry != nullptr ? InternalKeyOf(entry) : internal;
    at_ = table_.FindFrom(Parse(wanted));
    if (at_ == nullptr) {
      at_ = table_.Last();
    } else if (InternalKeyOf(at_->entry()) != wanted) {
      at_ = table_.Before(at_);
    }
  }
  void SeekToFirst() override { at_ = table_.First(); }
  void SeekToLast() override { at_ = table_.Last(); }

 private:
  const OrderedMemtable& table_;
  Node* at_ = nullptr;
  const bool pooled_;
};

rocksdb::MemTableRep::Iterator* OrderedMemtable::GetIterator(rocksdb::Arena* arena) {
  if (arena == nullptr) return new OrderedIterator(*this, false);
  return new (IteratorPool::Take(sizeof(OrderedIterator))) OrderedIterator(*this, true);
}

/// Without an arena this is RocksDB's point read, which never frees what it gets: it gets the one
/// of its thread.
rocksdb::MemTableRep::Iterator* OrderedMemtable::GetDynamicPrefixIterator(rocksdb::Arena* arena) {
  if (arena != nullptr) return GetIterator(arena);
  thread_local std::optional<OrderedIterator> of_thread;
  return &of_thread.emplace(*this, false);
}

}  // namespace

rocksdb::MemTableRep* OrderedMemtableFactory::CreateMemTableRep(
    const rocksdb::MemTableRep::KeyComparator&, rocksdb::Allocator* allocator,
    const rocksdb::SliceTransform*, rocksdb::Logger*) {
  return new OrderedMemtable(allocator);
}

}  // namespace pumice
