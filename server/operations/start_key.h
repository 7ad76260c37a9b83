// SPDX-License-Identifier: Apache-2.0
#pragma once
// ExclusiveStartKey: what AWS says of one that does not fit. A start key is where reading goes on;
// the item need not exist, but the key must be one that the request could have come to.

#include <optional>

#include "base/result.h"
#include "model/item_key.h"
#include "server/operations/page.h"
#include "server/protocol/json_reader.h"
#include "storage/range_reader.h"

namespace pumice {

/// Static: the values themselves.
Result<void> CheckStartKeyValues(const std::optional<ParsedItem>& start_key);

/// Query: the key attributes of table and index, in the queried partition, inside the sort key
/// condition.
Result<void> CheckQueryStartKey(const std::optional<ParsedItem>& start_key,
                                const PageSource& source, const KeyCondition& condition);

/// Scan: the key attributes, in the scanned segment.
Result<void> CheckScanStartKey(const std::optional<ParsedItem>& start_key, const PageSource& source,
                               const std::optional<ScanSegment>& segment);

}  // namespace pumice
