// SPDX-License-Identifier: Apache-2.0
#pragma once
// A SELECT on its table: which way it is read, and one page of it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "expressions/partiql/key_ranges.h"
#include "expressions/partiql/statement.h"
#include "server/operations/consumed_capacity.h"
#include "server/operations/operation.h"
#include "server/operations/page.h"
#include "server/operations/partiql_token.h"

namespace pumice {

/// How a SELECT is read: one item by its key (as GetItem), a number of key ranges (as Query), or
/// everything (as Scan).
struct SelectPlan {
  PageSource source;
  std::optional<partiql::KeyEquality> item;  // of the table itself
  bool scan = false;
  std::vector<partiql::KeyRange> ranges;
  Direction direction = Direction::kForward;
  bool consistent_read = false;
};

/// Errors, in AWS's order: ResourceNotFound; Validation: no such index, an index of several key
/// attributes, a consistent read of a global index, types of key values, overlapping branches,
/// attributes that the index does not project, ORDER BY, columns that are no paths.
Result<SelectPlan> PlanSelect(const partiql::Select& select, bool consistent_read,
                              OperationContext& context);

/// What batches and transactions ask of a SELECT: the table's whole key and nothing else. what:
/// "BatchExecuteStatement" or "ExecuteTransaction". Errors: those of PlanSelect; Validation "Select
/// statements within <what> must specify the primary key in the where clause."
Result<SelectPlan> PlanSingleItemSelect(const partiql::Select& select, bool consistent_read,
                                        std::string_view what, OperationContext& context);

struct SelectPaging {
  std::optional<std::int64_t> limit;  // evaluated items, >= 1
  std::optional<SelectPosition> start;
};

struct SelectPage {
  std::string items;  // the elements of the JSON array
  std::int64_t count = 0;
  std::optional<SelectPosition> next;  // none: the end was reached
  CapacityUse use;
};

/// Errors: Validation (the start is none that this statement could have come to), Internal.
Result<SelectPage> ReadSelectPage(const partiql::Select& select, const SelectPlan& plan,
                                  const SelectPaging& paging, OperationContext& context);

/// What the columns of a SELECT show of an item.
void AppendColumns(std::string& out, const EncodedItemView& item,
                   const std::vector<partiql::Column>& columns);

}  // namespace pumice
