// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "server/operations/batch_get_item.h"

namespace pumice {

/// Refuses keys that one table, by its name or its ARN, is asked for twice. AWS compares the
/// numbers in them as they were sent, so 1 and 1.0 are two keys of one item, which is read and
/// answered once: the later one is taken out of `tables`. body: the request. Errors: Validation
/// "Provided list of item keys contains duplicates".
Result<void> ResolveDuplicates(std::vector<BatchGetItem::TableKeys>& tables, std::string& body);

}  // namespace pumice
