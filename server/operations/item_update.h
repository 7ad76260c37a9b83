// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an UpdateExpression does to the item under a key, wherever it stands: UpdateItem,
// transactions, PartiQL's UPDATE.

#include "base/result.h"
#include "expressions/ast.h"
#include "model/table.h"
#include "storage/item_codec.h"

namespace pumice {

/// Errors (Validation): the update writes a key attribute, or goes into one of the table or an
/// index.
Result<void> CheckUpdateTargets(const UpdateExpression& update, const TableDescription& table);

/// "Item size to update has exceeded the maximum allowed size"
Error UpdatedItemTooLarge();

/// An update's result.
struct UpdatedItem {
  Item item;
  bool written = false;  // false: there is no item, and the update does not make one
};

/// old_item: the stored item, or the key attributes where none is stored (`existed` false). update
/// null: only makes the item if it is missing. Errors (Validation): those of ApplyUpdate, the
/// finished item is too large.
Result<UpdatedItem> UpdateStoredItem(const UpdateExpression* update, const Item& old_item,
                                     bool existed);

}  // namespace pumice
