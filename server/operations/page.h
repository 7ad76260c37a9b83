// SPDX-License-Identifier: Apache-2.0
#pragma once
// One page of a Query or a Scan: the checks both make against the schema, the walk, the answer.

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "expressions/ast.h"
#include "server/operations/consumed_capacity.h"
#include "server/operations/item_parameters.h"
#include "server/operations/operation.h"
#include "storage/range_reader.h"
#include "storage/table_catalog.h"

namespace pumice {

/// What Query and Scan have in common, once the static checks are done.
struct PageRequest {
  std::string table_name;  // as sent: a name or an ARN
  std::optional<std::string> index_name;
  std::optional<Condition> filter;
  std::optional<ProjectionExpression> projection;
  std::optional<ParsedItem> exclusive_start_key;
  std::optional<std::int64_t> limit;  // evaluated items, >= 1
  Select select = Select::kUnset;
  bool consistent_read = false;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
};

struct PageResponse {
  TablePtr table;
  std::string table_name;
  // The answer as far as `{"Items":[…]`: a page may be large, and is not copied again. None with
  // Select COUNT.
  std::optional<std::string> items;
  std::int64_t count = 0;
  std::int64_t scanned_count = 0;
  std::string last_evaluated_key;  // wire text; empty: the end was reached
  CapacityUse use;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;

  void AppendJson(std::string& out) &&;
};

/// Table and index of a request, looked up.
struct PageSource {
  TablePtr table;
  const IndexDescription* index = nullptr;  // null: the table itself
  const KeySchema& key_schema() const {
    return index != nullptr ? index->key_schema : table->key_schema;
  }
};

/// Moves the members that a PageRequest takes, but filter and projection.
void TakePageParameters(ItemParameters& parameters, PageRequest& page);

/// FilterExpression, then ProjectionExpression, if they were sent.
Result<void> ParsePageExpressions(const ItemParameters& parameters, Placeholders& placeholders,
                                  PageRequest& page);

/// "Must specify the AttributesToGet or ProjectionExpression when choosing to get
/// SPECIFIC_ATTRIBUTES" and the like. verb: "Querying" or "Scanning".
Result<void> CheckSelectUse(const ItemParameters& parameters, std::string_view verb);

/// The index of this name; null: there is none, or it is being deleted. Errors: Validation, while
/// it is being filled.
Result<const IndexDescription*> FindReadableIndex(const TableDescription& table,
                                                  std::string_view name);

/// Errors: ResourceNotFound; Validation: no such index, consistent read on a global index,
/// attributes that the index does not project, paths into key attributes.
Result<PageSource> FindSource(const PageRequest& request, OperationContext& context);

/// A Query may not filter by what its index does not project; a Scan may, and finds it missing
/// (measured on AWS, September 2026, of the same reads by PartiQL). Errors: Validation.
Result<void> CheckFilterIsProjected(const PageRequest& request, const PageSource& source);

/// Whether the start key has exactly the key attributes of table and index, with their types, none
/// of them empty.
bool FitsKeys(const PageSource& source, const Item& start_key);

/// What an item of the source would be as ExclusiveStartKey: its key attributes.
Item StartKeyOf(const PageSource& source, const EncodedItemView& item);

/// Walks one page: up to `limit` evaluated items or 1 MB of evaluated data.
Result<PageResponse> ReadPage(const PageRequest& request, const PageSource& source,
                              const RangeRequest& range, OperationContext& context);

}  // namespace pumice
