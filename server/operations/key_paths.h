// SPDX-License-Identifier: Apache-2.0
#pragma once
// Key attributes are scalars: no path of an expression goes into one. Thread rule: pure.

#include "base/result.h"
#include "expressions/parse.h"
#include "model/table.h"

namespace pumice {

/// Of the table and of all its indexes, whichever is read, but those that are being deleted:
/// nothing constrains their keys any more. Expression: a condition, a projection or an update.
/// Errors (Validation): those of CheckNoPathIntoKey.
template <class Expression>
Result<void> CheckNoPathIntoKeys(const Expression& expression, const TableDescription& table) {
  PUMICE_TRY(CheckNoPathIntoKey(expression, table.key_schema, "Key"));
  for (const IndexDescription& index : table.indexes) {
    if (index.status == IndexStatus::kDeleting) continue;
    PUMICE_TRY(CheckNoPathIntoKey(expression, index.key_schema, "IndexKey"));
  }
  return Ok();
}

}  // namespace pumice
