// SPDX-License-Identifier: Apache-2.0
#pragma once
// Brings a store of an older catalog format to this version's.
// Thread rule: free function; before anything else uses the engine.

#include "base/result.h"
#include "storage/engine.h"

namespace pumice {

/// From catalog format 1, whose indexes hold copies of whole items where they project all: they
/// become references. May be interrupted and run again. Errors: Internal (disk, damaged bytes).
Result<void> ReplaceCopiesByReferences(Engine& engine);

}  // namespace pumice
