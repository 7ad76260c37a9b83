// SPDX-License-Identifier: Apache-2.0
#pragma once
// Fills an index that was added to a table which already has items, while reads and writes go on.
// Thread rule: free function, any thread.

#include <atomic>

#include "base/function_ref.h"
#include "base/result.h"
#include "storage/catalog_store.h"
#include "storage/engine.h"

namespace pumice {

struct FillJob {
  Engine& engine;
  TableId table;
  IndexId index;
  const std::atomic<bool>& stop;
};

/// Gives every item its entry that has none yet, and answers whether that was done to the end:
/// stop, or the end of the table or the index, ends it early. current() is the table as it is now.
/// Items that no key can be made of are left out, as AWS does. Errors: Internal.
Result<bool> FillIndex(const FillJob& job, FunctionRef<LiveTablePtr()> current);

}  // namespace pumice
