// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which states of a table and its indexes do not last. Thread rule: free function, any thread.

#include <algorithm>

#include "model/table.h"

namespace pumice {

/// Whether the TableFinisher has something to end. (CREATING of a whole table is never stored: a
/// new table is there at once.)
inline bool IsUnfinished(const TableDescription& table) {
  return table.status != TableStatus::kActive ||
         std::any_of(table.indexes.begin(), table.indexes.end(), [](const IndexDescription& index) {
           return index.status != IndexStatus::kActive;
         });
}

}  // namespace pumice
