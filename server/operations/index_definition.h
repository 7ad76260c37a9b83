// SPDX-License-Identifier: Apache-2.0
#pragma once
// The secondary indexes that CreateTable asks for: AWS's checks, in its order, and what they
// define.

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "model/table.h"
#include "server/operations/table_parameters.h"

namespace pumice {

// AWS: "Quotas in Amazon DynamoDB", secondary indexes.
inline constexpr std::size_t kMaxGlobalIndexes = 20;

/// One global index as asked for, without an id. The constraints hold already, and its throughput
/// was checked. Errors: Validation.
Result<IndexDescription> DefineGlobalIndex(const SentIndex& sent,
                                           const std::vector<KeyAttribute>& definitions);

/// Errors: Validation, all indexes of a table together project too many names, or there are too
/// many global ones.
Result<void> CheckIndexCounts(const std::vector<IndexDescription>& indexes);

/// Local indexes, then global ones, each kind in the order asked for. The constraints hold already,
/// and the throughputs were checked. Errors: Validation.
Result<std::vector<IndexDescription>> DefineIndexes(const TableParameters& parameters,
                                                    const KeySchema& table_keys,
                                                    const std::vector<KeyAttribute>& definitions);

}  // namespace pumice
