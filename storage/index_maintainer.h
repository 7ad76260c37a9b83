// SPDX-License-Identifier: Apache-2.0
#pragma once
// Keeps the entries of secondary indexes in step with the items. An entry's key is made in
// key_format, its value is told in index_entry.h. Thread rule: free functions, any thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/table.h"
#include "storage/engine.h"
#include "storage/item_codec.h"

namespace pumice {

/// What one write did to one index. Only indexes whose entry changed are named.
struct IndexEffect {
  IndexId index;
  std::int64_t write_units = 0;
  std::int64_t count_delta = 0;
  std::int64_t size_delta_bytes = 0;
};

struct IndexEntry {
  std::string key;
  std::string value;            // see index_entry.h
  std::int64_t size_bytes = 0;  // of the projected item
};

/// The item's entry in the index; none if it lacks a key attribute or holds one that no key can be
/// (wrong type, empty, too long: such items are left out when an index is built later).
std::optional<IndexEntry> MakeIndexEntry(const TableDescription& table,
                                         const IndexDescription& index,
                                         std::string_view item_key_bytes,
                                         const EncodedItemView& item);

/// Two states of one item (null: not there), and the table it is in.
struct ItemTransition {
  const TableDescription& table;
  std::span<const IndexId> filling;  // indexes that may lack the old item's entry
  std::string_view item_key_bytes;
  const EncodedItemView* old = nullptr;
  const EncodedItemView* item = nullptr;
};

/// Writes the index differences between the two states. Errors: Internal (disk).
Result<std::vector<IndexEffect>> UpdateIndexes(Transaction& transaction,
                                               const ItemTransition& transition);

}  // namespace pumice
