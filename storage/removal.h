// SPDX-License-Identifier: Apache-2.0
#pragma once
// Takes away what a deleted table or index leaves. What is to be removed is noted in the catalog
// with the deletion itself, so that it is ended after a crash.
//   removal record: catalog key 'r' · id:U32 -> 't' (the items and totals of a table)
//                                            -> 'i' · table-id:U32 (the entries of an index)
// Thread rule: free functions, any thread.

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "model/table.h"
#include "storage/engine.h"

namespace pumice {

/// Notes the removal of a table with all its indexes.
void NoteTableRemoval(Transaction& transaction, const TableDescription& table);
void NoteIndexRemoval(Transaction& transaction, TableId table, IndexId index);

/// Does all noted removals. The ids are never used again, so nobody else touches these ranges.
/// Errors: Internal; what is not done stays noted.
Result<void> DoNotedRemovals(Engine& engine);

}  // namespace pumice
