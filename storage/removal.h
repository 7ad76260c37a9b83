// SPDX-License-Identifier: Apache-2.0
#pragma once
// Takes away what a deleted table or index leaves. What is to be removed is noted in the catalog
// with the deletion itself, so that it is ended after a crash.
//   removal record: catalog key 'r' · id:U32 -> 't' (the items and totals of a table)
//                                            -> 'i' · table-id:U32 (the entries of an index; 0: its
//                                            table went too)
// Thread rule: free functions, any thread.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/table.h"
#include "storage/engine.h"

namespace pumice {

/// What one deleted table or index leaves.
struct Removal {
  std::uint32_t id = 0;  // of the table or index
  std::optional<TableId>
      index_of;  // the table of the index, 0 if that goes too; none: it is a table
};

/// The table and all its indexes.
std::vector<Removal> RemovalsOf(const TableDescription& table);

/// To be written with the deletion.
void NoteRemovals(Transaction& transaction, std::span<const Removal> removals);
/// What is noted and not done. Errors: Internal.
Result<std::vector<Removal>> NotedRemovals(const Engine& engine);

/// The ids are never used again, so nobody else touches what is removed. Errors: Internal; what is
/// not done stays noted.
Result<void> DoRemovals(Engine& engine, std::span<const Removal> removals);

}  // namespace pumice
