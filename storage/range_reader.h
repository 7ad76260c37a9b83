// SPDX-License-Identifier: Apache-2.0
#pragma once
// RangeReader: items of a table or index in key order, on one snapshot. What Query and Scan walk.
// Thread rule: one thread. Hold it no longer than a page.

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "model/item_key.h"
#include "model/table.h"
#include "storage/engine.h"
#include "storage/item_codec.h"

namespace pumice {

/// One of `total` equal parts of the hash space; 0 <= segment < total.
struct ScanSegment {
  std::uint32_t segment = 0;
  std::uint32_t total = 1;
};

struct RangeRequest {
  const TableDescription& table;
  const IndexDescription* index = nullptr;  // null: the table itself
  const KeyCondition* condition = nullptr;  // Query; null: Scan
  std::optional<ScanSegment> segment;       // Scan only
  Direction direction = Direction::kForward;
  /// Reading goes on behind this position (it need not exist): exactly the table's key attributes,
  /// and the index's where an index is read, with the schema's types.
  const Item* exclusive_start_key = nullptr;
};

class RangeReader {
 public:
  virtual ~RangeReader() = default;
  /// Moves to the next item. False: the end of the range. Errors: Internal (disk, damaged bytes).
  virtual Result<bool> Next() = 0;
  /// The current item (from an index: its projected attributes). Lives until Next().
  virtual EncodedItemView item() const = 0;
};

/// Whether a start key's partition lies in the segment's part of the hash space.
bool InSegment(const TableDescription& table, const IndexDescription* index, const Item& start_key,
               const ScanSegment& segment);

}  // namespace pumice
