// SPDX-License-Identifier: Apache-2.0
#include "storage/rocks/entry_tree.h"

#include <algorithm>
#include <memory>
#include <new>
#include <span>
#include <thread>
#include <utility>

namespace pumice {

namespace {

constexpr std::size_t kCacheLine = 64;

std::size_t SharedBytes(const MemtableEntry* low, const MemtableEntry* high) {
  if (low == nullptr || high == nullptr) return 0;
  const rocksdb::Slice a = low->key().user;
  const rocksdb::Slice b = high->key().user;
  const std::size_t most = std::min({a.size(), b.size(), std::size_t{UINT16_MAX}});
  return static_cast<std::size_t>(std::mismatch(a.data(), a.data() + most, b.data()).first -
                                  a.data());
}

}  // namespace

/// A slot of a leaf is an entry. A slot of an inner block is a child and the first entry in it,
/// none for the first child of all.
struct EntryTree::Slot {
  MemtableEntry* entry = nullptr;
  Block* child = nullptr;
  std::uint64_t word = 0;

  void SetWord(std::size_t shared) {
    if (entry != nullptr) word = entry->key().WordAt(shared);
  }
};

/// In order: keys ascend. What the writer stores it stores with release, so that a reader who saw
/// any of it sees the odd version, too.
struct EntryTree::Block {
  const std::uint8_t level;    // 0: leaf
  const std::uint16_t shared;  // bytes that all keys of the block's place in the tree begin with
  std::atomic<std::uint16_t> count = 0;
  std::atomic<std::uint32_t> version = 0;
  std::array<std::atomic<std::uint64_t>, kSlots> words;
  std::array<std::atomic<MemtableEntry*>, kSlots> entries;

  Block(unsigned level_, std::size_t shared_)
      : level(static_cast<std::uint8_t>(level_)), shared(static_cast<std::uint16_t>(shared_)) {}

  InnerBlock& inner();
  void Prefetch() const {
    for (std::size_t offset = 0; offset <= sizeof(words); offset += kCacheLine) {
      __builtin_prefetch(reinterpret_cast<const char*>(this) + offset);
    }
  }

  unsigned Count() const { return count.load(std::memory_order_acquire); }
  /// How many slots from `first` on are before `key`, and `first`.
  unsigned EndOfBefore(const InternalKey& key, unsigned first) const {
    const std::uint64_t word = key.WordAt(shared);
    unsigned end = Count();
    while (first < end) {
      const unsigned middle = (first + end) / 2;
      const std::uint64_t its = words[middle].load(std::memory_order_acquire);
      const bool before =
          its != word ? its < word
                      : IsBefore(*entries[middle].load(std::memory_order_acquire), key, shared);
      (before ? first : end) = before ? middle + 1 : middle;
    }
    return first;
  }

  Slot At(unsigned index) const;
  void Set(unsigned index, const Slot& slot);
  void Fill(std::span<const Slot> slots) {
    for (unsigned i = 0; i < slots.size(); ++i) Set(i, slots[i]);
    count.store(static_cast<std::uint16_t>(slots.size()), std::memory_order_release);
  }

  template <class Change>
  void Changing(Change change) {
    const std::uint32_t old = version.load(std::memory_order_relaxed);
    version.store(old + 1, std::memory_order_relaxed);
    change();
    version.store(old + 2, std::memory_order_release);
  }
  /// Another block stands in its place: whoever is still in here starts anew.
  void Retire() {
    version.store(version.load(std::memory_order_relaxed) | 1U, std::memory_order_release);
  }
};

struct EntryTree::InnerBlock : Block {
  using Block::Block;
  std::array<std::atomic<Block*>, kSlots> children;

  /// Where `key` belongs: the last child whose first entry is before it.
  unsigned ChildOf(const InternalKey& key) const { return EndOfBefore(key, 1) - 1; }
};

EntryTree::InnerBlock& EntryTree::Block::inner() { return static_cast<InnerBlock&>(*this); }

EntryTree::Slot EntryTree::Block::At(unsigned index) const {
  Slot slot;
  slot.word = words[index].load(std::memory_order_relaxed);
  slot.entry = entries[index].load(std::memory_order_relaxed);
  if (level > 0) {
    slot.child =
        static_cast<const InnerBlock*>(this)->children[index].load(std::memory_order_relaxed);
  }
  return slot;
}

void EntryTree::Block::Set(unsigned index, const Slot& slot) {
  words[index].store(slot.word, std::memory_order_release);
  entries[index].store(slot.entry, std::memory_order_release);
  if (level > 0) inner().children[index].store(slot.child, std::memory_order_release);
}

/// The slots of a full block and one more.
struct EntryTree::Slots {
  std::array<Slot, kSlots + 1> all;

  Slots(const Block& block, unsigned place, const Slot& more) {
    for (unsigned i = 0; i < kSlots; ++i) all[i < place ? i : i + 1] = block.At(i);
    all[place] = more;
  }
};

/// The blocks from the root to a leaf: in each, the slot that was taken; in the leaf, the first
/// slot not before the key.
struct EntryTree::Path {
  struct Step {
    Block* block = nullptr;
    unsigned slot = 0;
  };
  std::array<Step, kMaxLevels> steps;  // by level
  unsigned levels = 0;

  /// Keys in the block of `level` are not before the entry `low`, and before `high`; null: no such
  /// bound.
  const MemtableEntry* Low(unsigned level) const {
    for (++level; level < levels; ++level) {
      const Step& step = steps[level];
      if (step.slot > 0) return step.block->At(step.slot).entry;
    }
    return nullptr;
  }
  const MemtableEntry* High(unsigned level) const {
    for (++level; level < levels; ++level) {
      const Step& step = steps[level];
      if (step.slot + 1 < step.block->Count()) return step.block->At(step.slot + 1).entry;
    }
    return nullptr;
  }
};

EntryTree::EntryTree(MemtableEntry& head, Allocate allocate)
    : head_(head), allocate_(std::move(allocate)), root_(NewBlock(0, 0, {})) {}

// --- Reading
// ----------------------------------------------------------------------------------------

MemtableEntry* EntryTree::FirstNotBefore(const InternalKey& key) const {
  for (;;) {
    if (const auto found = TryFind(key)) return *found;
    std::this_thread::yield();  // the writer may want this processor
  }
}

std::optional<MemtableEntry*> EntryTree::TryFind(const InternalKey& key) const {
  Block* block = root_.load(std::memory_order_acquire);
  std::uint32_t version = block->version.load(std::memory_order_acquire);
  if (version % 2 != 0 || root_.load(std::memory_order_acquire) != block) return std::nullopt;
  const auto is_as_it_was = [&] {
    return block->version.load(std::memory_order_relaxed) == version;
  };
  while (block->level > 0) {
    const InnerBlock& inner = block->inner();
    Block* child = inner.children[inner.ChildOf(key)].load(std::memory_order_acquire);
    child->Prefetch();
    const std::uint32_t version_of_child = child->version.load(std::memory_order_acquire);
    // The child was the right one when its version was read.
    if (version_of_child % 2 != 0 || !is_as_it_was()) return std::nullopt;
    block = child;
    version = version_of_child;
  }
  const unsigned place = block->EndOfBefore(key, 0);
  if (place < block->Count()) {
    MemtableEntry* found = block->entries[place].load(std::memory_order_acquire);
    if (!is_as_it_was()) return std::nullopt;
    return found;
  }
  const MemtableEntry* before =
      place == 0 ? &head_ : block->entries[place - 1].load(std::memory_order_acquire);
  if (!is_as_it_was()) return std::nullopt;
  // The next one in the list may be so new that the tree does not have it yet.
  MemtableEntry* next = before->next.load(std::memory_order_acquire);
  while (next != nullptr && IsBefore(*next, key)) next = next->next.load(std::memory_order_acquire);
  return next;
}

// --- Writing
// ----------------------------------------------------------------------------------------

EntryTree::Path EntryTree::PathTo(const InternalKey& key) const {
  Path path;
  Block* block = root_.load(std::memory_order_relaxed);
  path.levels = block->level + 1U;
  for (; block->level > 0;) {
    InnerBlock& inner = block->inner();
    const unsigned slot = inner.ChildOf(key);
    path.steps[block->level] = {block, slot};
    block = inner.children[slot].load(std::memory_order_relaxed);
    block->Prefetch();
  }
  path.steps[0] = {block, block->EndOfBefore(key, 0)};
  return path;
}

bool EntryTree::Insert(MemtableEntry& entry) {
  const InternalKey key = entry.key();
  const Path path = PathTo(key);
  const auto& [leaf, place] = path.steps[0];
  MemtableEntry* before =
      place == 0 ? &head_ : leaf->entries[place - 1].load(std::memory_order_relaxed);
  MemtableEntry* next = before->next.load(std::memory_order_relaxed);
  if (next != nullptr && next->internal_key() == entry.internal_key()) return false;
  entry.before.store(before, std::memory_order_relaxed);
  entry.next.store(next, std::memory_order_relaxed);
  // The entry is finished; from here on readers may find it. The head knows the last one.
  (next != nullptr ? next : &head_)->before.store(&entry, std::memory_order_release);
  before->next.store(&entry, std::memory_order_release);
  Add(path, 0, {&entry});
  return true;
}

/// Puts `slot` in: into a leaf at the slot of `path`; into an inner block behind it, where `left`
/// is now the child. Readers see both or none.
void EntryTree::Add(const Path& path, unsigned level, Slot slot, Block* left) {
  const auto& [block, taken] = path.steps[level];
  const unsigned place = level == 0 ? taken : taken + 1;
  const unsigned count = block->Count();
  slot.SetWord(block->shared);
  if (count == kSlots) {
    Slots slots(*block, place, slot);
    if (left != nullptr) slots.all[taken].child = left;
    // Keys that only ever ascend leave full blocks behind them.
    Split(path, level, slots, place == kSlots ? kSlots : kSlots / 2 + 1);
    return;
  }
  block->Changing([&, &changed = *block, &at = taken] {
    if (left != nullptr) changed.inner().children[at].store(left, std::memory_order_release);
    for (unsigned i = count; i > place; --i) changed.Set(i, changed.At(i - 1));
    changed.Set(place, slot);
    changed.count.store(static_cast<std::uint16_t>(count + 1), std::memory_order_release);
  });
}

/// The first `cut` slots stay on the left, the others go into a new block on the right.
void EntryTree::Split(const Path& path, unsigned level, const Slots& slots, unsigned cut) {
  Block& old = *path.steps[level].block;
  const std::span<const Slot> all(slots.all);
  MemtableEntry* middle = all[cut].entry;
  Block* right = NewBlock(level, SharedBytes(middle, path.High(level)), all.subspan(cut));
  // A block whose keys turn out to share more is made anew: its words tell more of them apart.
  const std::size_t shared = SharedBytes(path.Low(level), middle);
  Block* left = shared > old.shared ? NewBlock(level, shared, all.first(cut)) : &old;
  const unsigned above = level + 1;
  if (above == path.levels) {
    root_.store(NewBlock(above, 0, std::array{Slot{.child = left}, Slot{middle, right}}),
                std::memory_order_release);
  } else {
    Add(path, above, {middle, right}, left);
  }
  // Last: a reader who came by the old way has found all, or sees the new version.
  if (left == &old) {
    old.Changing([&] { old.Fill(all.first(cut)); });
  } else {
    old.Retire();
  }
}

/// `slots` with words of its own.
EntryTree::Block* EntryTree::NewBlock(unsigned level, std::size_t shared,
                                      std::span<const Slot> slots) {
  const std::size_t bytes = level == 0 ? sizeof(Block) : sizeof(InnerBlock);
  std::size_t space = bytes + kCacheLine - 1;
  void* memory = allocate_(space);
  std::align(kCacheLine, bytes, memory, space);
  Block* block =
      level == 0 ? new (memory) Block(level, shared) : new (memory) InnerBlock(level, shared);
  std::array<Slot, kSlots> own;
  std::copy(slots.begin(), slots.end(), own.begin());
  for (Slot& slot : own) slot.SetWord(shared);
  block->Fill(std::span<const Slot>(own).first(slots.size()));
  return block;
}

}  // namespace pumice
