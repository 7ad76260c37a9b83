// SPDX-License-Identifier: Apache-2.0
#pragma once
// Fills an index that was added to a table which already has items, while reads and writes go on.
// Thread rule: free function, any thread.

#include <optional>
#include <string>
#include <string_view>

#include "base/function_ref.h"
#include "base/result.h"
#include "storage/catalog_store.h"
#include "storage/engine.h"

namespace pumice {

struct FillJob {
  Engine& engine;
  TableId table;
  IndexId index;
};

/// Gives a batch of items (item_batch.h) their entries, those that have none yet: from the item of
/// this key on, empty for the first. Answers the key to go on with; none: nothing is left to fill,
/// or table or index is gone. current() is the table as it is now. Items that no key can be made of
/// are left out, as AWS does. Errors: Internal.
Result<std::optional<std::string>> FillIndex(const FillJob& job, std::string_view from,
                                             FunctionRef<LiveTablePtr()> current);

}  // namespace pumice
