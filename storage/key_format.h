// SPDX-License-Identifier: Apache-2.0
#pragma once
// The keys under which items, index entries, change records and totals are stored: byte order is
// the order in which a Query or Scan answers. Grammar in FORMAT.md; golden bytes in
// key_format_test.cc.
//   item   = table-id:U32 · hash:U64 · partition · [sort]
//   entry  = index-id:U32 · hash:U64 · index-hash-attribute{1,4} · index-range-attribute{0,4} ·
//   table-key table-key = partition · [sort] component of type S or B = bytes with 00 written as 00
//   FF, then 00 01; of type N = Number's ordered bytes hash = Hash64 over the partition (the HASH
//   attributes) as written
// Every component ends by itself, so no key is the beginning of another of the same kind, and
// whatever begins with a component's bytes holds that component. Thread rule: free functions, any
// thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/item_key.h"
#include "model/table.h"
#include "storage/engine.h"

namespace pumice {

/// value is S, N or B.
void AppendKeyComponent(std::string& out, const AttributeValue& value);
/// The bytes with which every S or B component begins whose value begins with `prefix`'s (S or B).
void AppendKeyPrefix(std::string& out, const AttributeValue& prefix);

std::string ItemKeyBytes(TableId table, const ItemKey& key);
/// ItemKeyBytes() without table id and hash.
std::string_view TableKeyPart(std::string_view item_key_bytes);

/// The hash in such a key: that of the partition alone.
std::uint64_t KeyHash(std::string_view item_key_bytes);

/// Collects an index entry's key: the HASH attributes, then the RANGE attributes, then the table
/// key.
class IndexEntryKey {
 public:
  explicit IndexEntryKey(IndexId index);
  void AddHash(const AttributeValue& value) { AppendKeyComponent(bytes_, value); }
  /// After the last AddHash().
  void EndHash();
  void AddRange(const AttributeValue& value) { AppendKeyComponent(bytes_, value); }
  std::string Finish(std::string_view table_key_part) &&;

 private:
  std::string bytes_;
};

/// The smallest bytes greater than all that begin with `prefix`; empty: there is nothing greater.
std::string AfterPrefix(std::string prefix);

/// All that belongs to one table or index.
KeyRange WholeRange(std::uint32_t id);
/// The entries whose hash lies in part `segment` of `total` equal parts.
KeyRange SegmentRange(std::uint32_t id, std::uint32_t segment, std::uint32_t total);
/// The entries that satisfy a key condition.
KeyRange ConditionRange(std::uint32_t id, const KeyCondition& condition);

/// The key of the entry (table: index null) that a start key names. None: attributes missing or
/// mistyped.
std::optional<std::string> PositionKey(const TableDescription& table, const IndexDescription* index,
                                       const Item& start_key);

/// The part of `range` that is still to be read, in `direction`, behind `position`.
KeyRange Behind(KeyRange range, const std::string& position, Direction direction);

/// Totals: one record for each of this many parts of a table's items. All of them are locked at
/// once when a table changes, and the thread sanitizer can follow 64 locks.
inline constexpr std::uint32_t kTotalsStripes = 48;

/// What a write of this item locks, and where its totals are counted: table-id:U32 · stripe:byte.
std::string StripeKey(TableId table, std::string_view item_key_bytes);
std::string StripeKeyAt(TableId table, std::uint32_t stripe);
/// What keeps every write of a table out.
std::vector<std::string> AllStripeKeys(TableId table);

}  // namespace pumice
