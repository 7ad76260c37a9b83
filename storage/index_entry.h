// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an index entry's value is: the projected item, or, where the index projects all of it, a
// reference to the item. A reference keeps an update that leaves the index's keys alone from
// touching the index at all.
//   value     = item (item_codec) | reference
//   reference = 02 · hash:8 bytes · table-key-length:varint
// The item's key is table-id · hash · the last table-key-length bytes of the entry's key.
// Thread rule: free functions, any thread.

#include <optional>
#include <string>
#include <string_view>

#include "model/table.h"

namespace pumice {

/// item_key_bytes: ItemKeyBytes() of the entry's item.
std::string ReferenceTo(std::string_view item_key_bytes);

bool IsReference(std::string_view entry_value);

/// ItemKeyBytes() of the item that an entry refers to; none: damaged bytes.
std::optional<std::string> ReferredItemKey(TableId table, std::string_view entry_key,
                                           std::string_view entry_value);

}  // namespace pumice
