// SPDX-License-Identifier: Apache-2.0
#pragma once
// EntryTree: finds the place of a key in a memtable's list. A B+ tree whose blocks hold, beside
// each entry, eight bytes of its key as a number: a search compares numbers that stand side by side
// and looks at an entry, which is somewhere else in memory, only if two are equal. They are the
// eight bytes behind what all keys of the block share, as its place in the tree says.
//
// Thread rule: one writer at a time, readers at any time without a lock. A block has a version,
// odd while the writer changes it and once another block has taken its place; a reader that sees
// another version than before starts anew. No memory is freed before the tree, so what a reader
// meets meanwhile is old at worst.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "storage/rocks/memtable_entry.h"

namespace pumice {

class EntryTree {
 public:
  /// Gives memory of any alignment that lives as long as the tree.
  using Allocate = std::function<char*(std::size_t bytes)>;

  /// `head` stands before the first entry of the list.
  EntryTree(MemtableEntry& head, Allocate allocate);

  /// The first entry not before `key`; null: none. One that is being inserted may be passed over.
  MemtableEntry* FirstNotBefore(const InternalKey& key) const;

  /// The writer's. False: such a key is there already. Links the entry into the list, too.
  bool Insert(MemtableEntry& entry);

 private:
  static constexpr unsigned kSlots = 32;
  static constexpr std::size_t kMaxLevels = 16;

  struct Block;
  struct InnerBlock;
  struct Slot;
  struct Slots;
  struct Path;

  std::optional<MemtableEntry*> TryFind(const InternalKey& key) const;
  Path PathTo(const InternalKey& key) const;

  Block* NewBlock(unsigned level, std::size_t shared, std::span<const Slot> slots);
  void Add(const Path& path, unsigned level, Slot slot, Block* left = nullptr);
  void Split(const Path& path, unsigned level, const Slots& slots, unsigned cut);

  MemtableEntry& head_;
  const Allocate allocate_;
  std::atomic<Block*> root_;
};

}  // namespace pumice
