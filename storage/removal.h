// SPDX-License-Identifier: Apache-2.0
#pragma once
// Takes away what a deleted table or index leaves. What is to be removed is noted in the catalog
// with the deletion itself, so that it is ended after a crash; the TableFinisher does it.
//   removal record: catalog key 'r' · id:U32 -> 't' (the items and totals of a table)
//                                            -> 'i' · table-id:U32 (the entries of an index; 0: its
//                                            table went too)
//                                            -> 'e' (the expiry entries of a table)
// Thread rule: free functions, any thread.

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/table.h"
#include "storage/engine.h"

namespace pumice {

/// The letters of the removal records.
enum class RemovalKind : char { kTable = 't', kIndex = 'i', kExpiry = 'e' };

/// What a deleted table or index, or a disabled time to live, leaves.
struct Removal {
  RemovalKind kind = RemovalKind::kTable;
  std::uint32_t id = 0;  // of the table, index or expiry entries
  TableId index_of;      // kIndex: its table, 0 if that goes too
};

/// The table, all its indexes and its expiry entries.
std::vector<Removal> RemovalsOf(const TableDescription& table);

/// To be written with the deletion.
void NoteRemovals(Transaction& transaction, std::span<const Removal> removals);
/// What is noted and not done. Errors: Internal.
Result<std::vector<Removal>> NotedRemovals(const Engine& engine);

/// A bounded piece of work, in few commits. The id is never used again, so nobody else touches what
/// is removed. Errors: Internal; it stays noted then.
Result<void> DoRemoval(Engine& engine, const Removal& removal);

}  // namespace pumice
