// SPDX-License-Identifier: Apache-2.0
#include "server/operations/item_size.h"

#include <algorithm>
#include <cstddef>

#include "model/limits.h"

namespace pumice {
namespace {

/// What a local index stores of the item: its keys and what it projects; 0 if it lacks the sort
/// key.
std::size_t EntryBytes(const Item& item, const IndexDescription& index, const KeySchema& keys) {
  for (const KeyAttribute& key : index.key_schema.range) {
    if (item.Find(key.name) == nullptr) return 0;
  }
  std::size_t bytes = 0;
  for (const Attribute& attribute : item) {
    if (index.Projects(attribute.name, keys)) {
      bytes += attribute.name.size() + ValueSizeBytes(attribute.value);
    }
  }
  return bytes;
}

bool Fits(const Item& item, const TableDescription& table, std::size_t unseen_bytes = 0) {
  std::size_t bytes = unseen_bytes + ItemSizeBytes(item);
  const auto is_local = [](const auto& index) { return index.kind == IndexKind::kLocal; };
  const auto local_count =
      static_cast<std::size_t>(std::count_if(table.indexes.begin(), table.indexes.end(), is_local));
  // No entry is larger than its item.
  if (bytes * (1 + local_count) <= kMaxItemSizeBytes) return true;
  for (const IndexDescription& index : table.indexes) {
    if (is_local(index)) bytes += EntryBytes(item, index, table.key_schema);
  }
  return bytes <= kMaxItemSizeBytes;
}

Error TooLarge() {
  return Error(ErrorCode::kValidation, "Item size has exceeded the maximum allowed size");
}

}  // namespace

Result<void> CheckItemSize(const Item& item) {
  if (ItemSizeBytes(item) <= kMaxItemSizeBytes) return Ok();
  return TooLarge();
}

Result<void> CheckItemSize(const Item& item, const TableDescription& table) {
  if (!table.HasLocalIndex() || Fits(item, table)) return Ok();
  return TooLarge();
}

Result<void> CheckUpdatedItemSize(const Item& item, const TableDescription& table,
                                  std::size_t unseen_bytes) {
  if (Fits(item, table, unseen_bytes)) return Ok();
  return UpdatedItemTooLarge();
}

Error UpdatedItemTooLarge() {
  return Error(ErrorCode::kValidation, "Item size to update has exceeded the maximum allowed size");
}

}  // namespace pumice
