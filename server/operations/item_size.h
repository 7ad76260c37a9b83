// SPDX-License-Identifier: Apache-2.0
#pragma once
// The 400 KB gate. AWS: "Quotas in Amazon DynamoDB": an item and its entries in all local indexes
// together.

#include <cstddef>

#include "base/result.h"
#include "model/attribute_value.h"
#include "model/table.h"

namespace pumice {

/// The item alone, as far as it can be told without the table. Errors: Validation "Item size has
/// exceeded the maximum allowed size".
Result<void> CheckItemSize(const Item& item);

/// With the entries that the table's local indexes would hold; the item alone has been checked.
/// Errors: as above.
Result<void> CheckItemSize(const Item& item, const TableDescription& table);

/// The same of an item that an update made. unseen_bytes: what the item holds besides; 0 where the
/// table has local indexes. Errors: Validation "Item size to update has exceeded the maximum
/// allowed size".
Result<void> CheckUpdatedItemSize(const Item& item, const TableDescription& table,
                                  std::size_t unseen_bytes = 0);

/// "Item size to update has exceeded the maximum allowed size"
Error UpdatedItemTooLarge();

}  // namespace pumice
