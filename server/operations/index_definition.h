// SPDX-License-Identifier: Apache-2.0
#pragma once
// The secondary indexes that CreateTable asks for: AWS's checks, in its order, and what they
// define.

#include <vector>

#include "base/result.h"
#include "model/table.h"
#include "server/operations/table_parameters.h"

namespace pumice {

/// Local indexes, then global ones, each kind in the order asked for. The constraints hold already,
/// and the throughputs were checked. Errors: Validation.
Result<std::vector<IndexDescription>> DefineIndexes(const TableParameters& parameters,
                                                    const KeySchema& table_keys,
                                                    const std::vector<KeyAttribute>& definitions);

}  // namespace pumice
