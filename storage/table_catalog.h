// SPDX-License-Identifier: Apache-2.0
#pragma once
// TableCatalog: which tables there are and what they look like. Kept in memory, written through.
// Thread rule: any thread. A TablePtr is a snapshot; it stays valid (and out of date) after a
// change.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "model/table.h"

namespace pumice {

using TablePtr = std::shared_ptr<const TableDescription>;

class TableCatalog {
 public:
  virtual ~TableCatalog() = default;

  /// Null: no such table. Names are case-sensitive.
  virtual TablePtr Find(std::string_view name) const = 0;

  /// Names in byte order, the first `limit` after `start_after` (which need not exist; empty: from
  /// the start).
  virtual std::vector<std::string> List(std::string_view start_after, std::size_t limit) const = 0;

  /// Stores a new table. Gives it its ids (table, indexes, expiry entries); if description.stream
  /// is set, opens that stream (its id, arn and label are given here). Errors: ResourceInUse "Table
  /// already exists: <name>".
  virtual Result<TablePtr> Create(TableDescription description) = 0;

  /// Replaces the description by change(current), under the catalog's lock. Setting, clearing
  /// (enabled = false) or re-setting `stream` opens or closes the stream; the same with
  /// `time_to_live` and its expiry entries, which get an id here. `change` must leave id, name,
  /// uuid, arn and key schema as they are. What takes time is answered in the state it is in and
  /// ended in the background, where states that do not last are ended, too (table_finisher.h): an
  /// index without an id gets one, is CREATING (the table UPDATING) and is filled; an index that is
  /// set to DELETING goes; a table that is set to DELETING likewise. Errors: ResourceNotFound
  /// "Requested resource not
  /// found: Table: <name> not found", or those of change (nothing is changed then).
  virtual Result<TablePtr> Update(
      std::string_view name,
      FunctionRef<Result<TableDescription>(const TableDescription&)> change) = 0;

  /// Removes the table, its items, index entries and totals; its streams stay readable for 24 h,
  /// closed. check(current) may refuse (deletion protection). Answers the description as it was.
  /// Errors: ResourceNotFound as above, those of check.
  virtual Result<TablePtr> Delete(std::string_view name,
                                  FunctionRef<Result<void>(const TableDescription&)> check) = 0;

  /// Exact at this moment. index null: the table itself.
  virtual ItemTotals Totals(const TableDescription& table, const IndexDescription* index) const = 0;
};

}  // namespace pumice
