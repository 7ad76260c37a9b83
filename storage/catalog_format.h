// SPDX-License-Identifier: Apache-2.0
#pragma once
// The format record of a store's catalog.
// Thread rule: free function; before anything else uses the engine.

#include "base/result.h"
#include "storage/engine.h"

namespace pumice {

/// Writes the record into an empty store, and brings an older one up to date. Errors (Internal,
/// with a client_text to print): the store holds another or a newer format; nothing is written
/// then.
Result<void> EnsureCatalogFormat(Engine& engine);

}  // namespace pumice
