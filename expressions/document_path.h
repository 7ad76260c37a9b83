// SPDX-License-Identifier: Apache-2.0
#pragma once
// Document paths on items and among each other.

#include <optional>
#include <span>
#include <vector>

#include "expressions/ast.h"

namespace pumice {

/// Null: the item has nothing there (also: a name step into something that is no map, an index into
/// no list).
const AttributeValue* FindValue(const DocumentPath& path, const Item& item);

/// Two paths that may not stand in one update or projection. Overlap: one is the other or leads to
/// it. Conflict: what they share is a map for one of them and a list for the other.
struct PathCollision {
  enum class Kind { kOverlap, kConflict } kind;
  const DocumentPath* one;  // the earlier one
  const DocumentPath* two;
};
/// The first overlap in the order of `paths`, else the first conflict.
std::optional<PathCollision> FindCollision(std::span<const DocumentPath* const> paths);

/// What the paths address in the item, in its structure; elements of a list close up in index
/// order. No path may overlap another.
Item PickPaths(std::vector<const DocumentPath*> paths, const Item& item);

}  // namespace pumice
