// SPDX-License-Identifier: Apache-2.0
#include "server/operations/item_update.h"

#include <fmt/core.h>

#include "expressions/evaluate.h"
#include "expressions/parse.h"
#include "model/limits.h"

namespace pumice {

Result<void> CheckUpdateTargets(const UpdateExpression& update, const TableDescription& table) {
  for (const DocumentPath* target : update.Targets()) {
    if (table.key_schema.Names(target->attribute())) {
      return Error(ErrorCode::kValidation,
                   fmt::format("One or more parameter values were invalid: Cannot update attribute "
                               "{}. This attribute is part of the key",
                               target->attribute()));
    }
  }
  PUMICE_TRY(CheckNoPathIntoKey(update, table.key_schema, "Key"));
  for (const IndexDescription& index : table.indexes) {
    PUMICE_TRY(CheckNoPathIntoKey(update, index.key_schema, "IndexKey"));
  }
  return Ok();
}

Error UpdatedItemTooLarge() {
  return Error(ErrorCode::kValidation, "Item size to update has exceeded the maximum allowed size");
}

Result<UpdatedItem> UpdateStoredItem(const UpdateExpression* update, const Item& old_item,
                                     bool existed) {
  UpdatedItem updated;
  if (update == nullptr) {
    updated.item = old_item;
  } else {
    PUMICE_TRY(updated.item, ApplyUpdate(*update, old_item, existed));
    if (!existed && !update->CreatesItem()) return updated;
  }
  if (ItemSizeBytes(updated.item) > kMaxItemSizeBytes) return UpdatedItemTooLarge();
  updated.written = true;
  return updated;
}

}  // namespace pumice
