// SPDX-License-Identifier: Apache-2.0
#include "server/operations/item_update.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "expressions/evaluate.h"
#include "expressions/parse.h"
#include "server/operations/item_size.h"
#include "server/operations/key_paths.h"
#include "server/operations/update_index_keys.h"

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
  return CheckNoPathIntoKeys(update, table);
}

std::optional<std::vector<std::string>> AttributesSeen(const UpdateExpression* update,
                                                       const Condition* condition,
                                                       const TableDescription& table) {
  // What is too large depends on what each local index projects of the item.
  if (table.HasLocalIndex()) return std::nullopt;
  std::vector<std::string> names;
  if (update != nullptr) names = TopLevelAttributes(*update);
  if (condition != nullptr) {
    for (std::string& name : TopLevelAttributes(*condition)) {
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(std::move(name));
      }
    }
  }
  return names;
}

Result<UpdatedItem> UpdateStoredItem(const UpdateExpression* update, const TableDescription& table,
                                     const UpdateBase& base) {
  UpdatedItem updated;
  if (update == nullptr) {
    updated.item = base.item;
  } else {
    PUMICE_TRY(updated.item, ApplyUpdate(*update, base.item, base.existed));
    if (!base.existed && !update->CreatesItem()) return updated;
  }
  PUMICE_TRY(CheckUpdatedIndexKeys(table, base.item, updated.item));
  PUMICE_TRY(CheckUpdatedItemSize(updated.item, table, base.unseen_bytes));
  updated.written = true;
  return updated;
}

}  // namespace pumice
