// SPDX-License-Identifier: Apache-2.0
#pragma once
// The memtable of our store: a list whose entries know the ones before and behind them, and a tree
// (entry_tree.h) that finds a place in it. RocksDB's own, a skip list, has no way back and searches
// from its head for every step, which made "the newest twenty messages" cost three times as much as
// the oldest; and a skip list looks at some thirty entries, each somewhere else in memory, to find
// one of 100,000.
//
// Thread rule: one writer at a time (needs allow_concurrent_memtable_write = false), readers at any
// time without a lock. A reader may meet a new entry in one direction before it can be met in the
// other; such an entry is newer than what the reader may see, so RocksDB skips it anyway.

#include <rocksdb/memtablerep.h>

namespace pumice {

class OrderedMemtableFactory final : public rocksdb::MemTableRepFactory {
 public:
  const char* Name() const override { return "PumiceOrderedMemtable"; }
  using rocksdb::MemTableRepFactory::CreateMemTableRep;
  /// For the bytewise comparator only.
  rocksdb::MemTableRep* CreateMemTableRep(const rocksdb::MemTableRep::KeyComparator&,
                                          rocksdb::Allocator* allocator,
                                          const rocksdb::SliceTransform*,
                                          rocksdb::Logger*) override;
  bool CanHandleDuplicatedKey() const override { return true; }
};

}  // namespace pumice
