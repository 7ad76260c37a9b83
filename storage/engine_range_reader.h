// SPDX-License-Identifier: Apache-2.0
#pragma once
// The RangeReader on an Engine: which keys a request means, and the walk over them.
// Thread rule: free functions, any thread.

#include <memory>

#include "base/result.h"
#include "storage/engine.h"
#include "storage/range_reader.h"

namespace pumice {

/// The keys that a request is to read. Errors: Internal (a start key without the key attributes).
Result<KeyRange> RangeOf(const RangeRequest& request);

/// Errors: as RangeOf.
Result<std::unique_ptr<RangeReader>> OpenRangeReader(const Engine& engine,
                                                     const RangeRequest& request);

}  // namespace pumice
