// SPDX-License-Identifier: Apache-2.0
#pragma once
// Fills an index that was added to a table which already has items, while reads and writes go on.
// Thread rule: free function, any thread.

#include "base/function_ref.h"
#include "base/result.h"
#include "storage/catalog_store.h"
#include "storage/engine.h"

namespace pumice {

/// Gives every item its entry that has none yet. current() is the table as it is now; the filling
/// ends early when the table or the index is gone. Items that no key can be made of are left out,
/// as AWS does. Errors: Internal.
Result<void> FillIndex(Engine& engine, TableId table, IndexId index,
                       FunctionRef<LiveTablePtr()> current);

}  // namespace pumice
