// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an UpdateExpression does to the item under a key, wherever it stands: UpdateItem,
// transactions, PartiQL's UPDATE.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "expressions/ast.h"
#include "model/table.h"
#include "storage/item_codec.h"

namespace pumice {

/// Errors (Validation): the update writes a key attribute, or goes into one of the table or an
/// index.
Result<void> CheckUpdateTargets(const UpdateExpression& update, const TableDescription& table);

/// The attributes that must be seen to judge `condition` and to apply `update` (either may be
/// null); none: all of them must. The others of a stored item are carried over as they stand.
std::optional<std::vector<std::string>> AttributesSeen(const UpdateExpression* update,
                                                       const Condition* condition,
                                                       const TableDescription& table);

/// What an update starts from.
struct UpdateBase {
  const Item& item;  // what is seen of the stored item, or the key attributes where none is stored
  bool existed = false;
  std::size_t unseen_bytes = 0;  // size of what is stored and not in `item`
};

/// An update's result.
struct UpdatedItem {
  Item item;             // without what was not seen
  bool written = false;  // false: there is no item, and the update does not make one
};

/// update null: only makes the item if it is missing. Errors (Validation): those of ApplyUpdate, of
/// CheckUpdatedIndexKeys; the finished item is too large.
Result<UpdatedItem> UpdateStoredItem(const UpdateExpression* update, const TableDescription& table,
                                     const UpdateBase& base);

}  // namespace pumice
