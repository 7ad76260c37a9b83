// SPDX-License-Identifier: Apache-2.0
#pragma once
// ItemStore: reads and writes items. A write is one atomic unit: the item, its index entries, its
// change record and the totals are committed together or not at all. Thread rule: any thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "model/change_record.h"
#include "model/item_key.h"
#include "model/table.h"
#include "storage/engine.h"
#include "storage/item_codec.h"
#include "storage/range_reader.h"

namespace pumice {

/// What becomes of an item.
struct ItemChange {
  std::optional<std::string> encoded;  // EncodeItem() of the new item; none: the item is deleted
};

/// Decides under the key's lock what a write does. old: the stored item, null if there is none; it
/// lives during the call. Answers the change, none to leave things as they are, or the error that
/// refuses the write. Pure: it may run twice.
using ChangeFunction = FunctionRef<Result<std::optional<ItemChange>>(const EncodedItemView* old)>;

struct ItemWrite {
  const TableDescription& table;
  const ItemKey& key;
  ChangeFunction change;
  ChangeActor actor = ChangeActor::kClient;
  bool index_keys_checked = false;  // what is written has been checked against `table`'s indexes
};

/// Write units that one index was charged (only indexes whose stored view changed are named).
struct IndexUnits {
  IndexId index;
  std::int64_t write_units = 0;
};

struct WriteOutcome {
  std::optional<std::string> old_item;  // encoded; none if there was no item
  std::int64_t larger_size_bytes =
      0;  // the larger of old and new item; what table write units are made from
  std::vector<IndexUnits> index_units;
};

class ItemStore {
 public:
  virtual ~ItemStore() = default;

  /// The stored item's bytes (see EncodedItemView), none if there is none.
  virtual Result<std::optional<std::string>> Get(const TableDescription& table,
                                                 const ItemKey& key) const = 0;
  /// One answer per key, in order.
  virtual Result<std::vector<std::optional<std::string>>> MultiGet(
      const TableDescription& table, std::span<const ItemKey> keys) const = 0;

  /// All writes of the call are one atomic unit; the first refusal refuses them all. Distinct keys.
  /// New index key values are checked, unless the write says that they were and the table is still
  /// the same: wrong type, empty or too long refuses the write with AWS's text (Validation).
  /// Errors: those of change; Validation as said; ResourceNotFound "Requested resource not found"
  /// if the table was deleted meanwhile; Internal (disk).
  virtual Result<std::vector<WriteOutcome>> Write(std::span<const ItemWrite> writes) = 0;
  /// The same for one item, without the vectors.
  virtual Result<WriteOutcome> Write(const ItemWrite& write) = 0;

  /// Opens a reader over a key range of the table or one of its indexes, on one snapshot.
  virtual Result<std::unique_ptr<RangeReader>> Read(const RangeRequest& request) const = 0;
};

}  // namespace pumice
