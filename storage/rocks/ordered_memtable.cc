// SPDX-License-Identifier: Apache-2.0
#include "storage/rocks/ordered_memtable.h"

#include <atomic>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <vector>

#include <rocksdb/slice.h>

#include "storage/rocks/entry_tree.h"

namespace pumice {
namespace {

using rocksdb::Slice;

class OrderedMemtable final : public rocksdb::MemTableRep {
 public:
  explicit OrderedMemtable(rocksdb::Allocator* allocator)
      : rocksdb::MemTableRep(allocator), tree_(head_, [this](std::size_t bytes) {
          char* memory = nullptr;
          rocksdb::MemTableRep::Allocate(bytes, &memory);
          return memory;
        }) {}

  rocksdb::KeyHandle Allocate(std::size_t length, char** buffer) override;
  void Insert(rocksdb::KeyHandle handle) override { InsertKey(handle); }
  bool InsertKey(rocksdb::KeyHandle handle) override {
    return tree_.Insert(*static_cast<MemtableEntry*>(handle));
  }
  bool Contains(const char* entry) const override {
    const Slice internal = MemtableEntry::InternalKeyOf(entry);
    const MemtableEntry* found = FirstNotBefore(internal);
    return found != nullptr && found->internal_key() == internal;
  }
  std::size_t ApproximateMemoryUsage() override { return 0; }  // all comes from the allocator
  Iterator* GetIterator(rocksdb::Arena* arena) override;
  Iterator* GetDynamicPrefixIterator(rocksdb::Arena* arena) override;

  MemtableEntry* First() const { return head_.next.load(std::memory_order_acquire); }
  MemtableEntry* Last() const { return head_.before.load(std::memory_order_acquire); }
  /// Null: all are before it.
  MemtableEntry* FirstNotBefore(const Slice& internal) const {
    return tree_.FirstNotBefore(InternalKey(internal));
  }
  /// Null: it is the first.
  MemtableEntry* Before(const MemtableEntry& entry) const {
    MemtableEntry* before = entry.before.load(std::memory_order_acquire);
    return before == &head_ ? nullptr : before;
  }

 private:
  MemtableEntry head_;  // the list is a ring through it, but for the last one's next
  EntryTree tree_;
};

rocksdb::KeyHandle OrderedMemtable::Allocate(std::size_t length, char** buffer) {
  // The allocator does not align.
  std::size_t space = sizeof(MemtableEntry) + length + alignof(MemtableEntry) - 1;
  char* memory = nullptr;
  rocksdb::MemTableRep::Allocate(space, &memory);
  void* aligned = memory;
  std::align(alignof(MemtableEntry), sizeof(MemtableEntry) + length, aligned, space);
  auto* entry = new (aligned) MemtableEntry;
  *buffer = entry->bytes();
  return entry;
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
  const char* key() const override { return at_->bytes(); }
  void Next() override { at_ = at_->next.load(std::memory_order_acquire); }
  void Prev() override { at_ = table_.Before(*at_); }
  void Seek(const Slice& internal, const char* entry) override {
    at_ = table_.FirstNotBefore(Wanted(internal, entry));
  }
  void SeekForPrev(const Slice& internal, const char* entry) override {
    const Slice wanted = Wanted(internal, entry);
    at_ = table_.FirstNotBefore(wanted);
    if (at_ == nullptr) {
      at_ = table_.Last();
    } else if (at_->internal_key() != wanted) {
      at_ = table_.Before(*at_);
    }
  }
  void SeekToFirst() override { at_ = table_.First(); }
  void SeekToLast() override { at_ = table_.Last(); }

 private:
  /// RocksDB gives the key alone, or a whole entry's bytes.
  static Slice Wanted(const Slice& internal, const char* entry) {
    return entry != nullptr ? MemtableEntry::InternalKeyOf(entry) : internal;
  }

  const OrderedMemtable& table_;
  MemtableEntry* at_ = nullptr;
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
