// SPDX-License-Identifier: Apache-2.0
#include "server/operations/partiql_select.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "expressions/document_path.h"
#include "expressions/evaluate.h"
#include "expressions/parse.h"
#include "model/limits.h"
#include "server/operations/key_paths.h"
#include "server/operations/table_access.h"
#include "server/operations/throttle.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

Error Invalid(std::string text) { return Error(ErrorCode::kValidation, std::move(text)); }

// ---- the plan

Result<PageSource> FindSelectSource(const partiql::Select& select, bool consistent_read,
                                    OperationContext& context) {
  PageSource source;
  PUMICE_TRY(source.table, FindTable(context, select.source.table));
  if (!select.source.index) return source;
  PUMICE_TRY(source.index, FindReadableIndex(*source.table, *select.source.index));
  if (source.index == nullptr) {
    return Invalid("The table does not have the specified index");
  }
  const KeySchema& schema = source.index->key_schema;
  if (schema.hash.size() > 1 || schema.range.size() > 1) {
    return Invalid(
        "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or "
        "multi-attribute RANGE keys.");
  }
  if (consistent_read && source.index->kind == IndexKind::kGlobal) {
    return Invalid("Strongly consistent read is not supported on Global Secondary Indexes");
  }
  return source;
}

Result<void> CheckRangeValues(const KeySchema& schema, const partiql::KeyRange& range) {
  PUMICE_TRY(CheckKeyValue(schema.hash.front(), range.partition, KeyType::kHash));
  if (!range.sort) return Ok();
  PUMICE_TRY(CheckKeyValue(schema.range.front(), range.sort->low, KeyType::kRange));
  if (range.sort->op != SortCondition::Operator::kBetween) return Ok();
  return CheckKeyValue(schema.range.front(), range.sort->high, KeyType::kRange);
}

Result<void> PlanAccess(const partiql::Select& select, SelectPlan& plan) {
  plan.scan = true;
  if (!select.where) return Ok();
  const KeySchema& schema = plan.source.key_schema();
  PUMICE_TRY(CheckNoPathIntoKeys(*select.where, *plan.source.table));
  PUMICE_TRY(auto ranges, partiql::FindKeyRanges(*select.where, schema));
  if (!ranges) return Ok();
  plan.scan = false;
  plan.ranges = *std::move(ranges);
  for (const partiql::KeyRange& range : plan.ranges) {
    PUMICE_TRY(CheckRangeValues(schema, range));
  }
  if (plan.source.index != nullptr) return Ok();
  PUMICE_TRY(plan.item, partiql::FindKeyEquality(*select.where, schema));
  return Ok();
}

std::vector<std::string> UnprojectedColumns(const partiql::Select& select,
                                            const PageSource& source) {
  std::vector<std::string> missing;
  for (const partiql::Column& column : select.columns) {
    const std::string& name = column.path.attribute();
    if (source.index->Projects(name, source.table->key_schema)) continue;
    if (std::find(missing.begin(), missing.end(), name) == missing.end()) missing.push_back(name);
  }
  return missing;
}

/// A filter may name what the index lacks where the read is not by key, and beside an OR (measured
/// on AWS, September 2026).
Result<void> CheckIndexFilter(const partiql::Select& select, const SelectPlan& plan) {
  if (!select.where || plan.scan || partiql::HasOr(*select.where)) return Ok();
  std::vector<std::string> missing;
  for (std::string& name : TopLevelAttributes(*select.where)) {
    if (!plan.source.index->Projects(name, plan.source.table->key_schema)) {
      missing.push_back(std::move(name));
    }
  }
  if (missing.empty()) return Ok();
  return Invalid(fmt::format(
      "One or more parameter values were invalid: Secondary index {} does not project one or more "
      "filter attributes: [{}]",
      plan.source.index->name.value(), fmt::join(missing, ", ")));
}

Result<void> CheckIndexProjection(const partiql::Select& select, const SelectPlan& plan) {
  if (plan.source.index == nullptr) return Ok();
  PUMICE_TRY(CheckIndexFilter(select, plan));
  if (plan.source.index->kind == IndexKind::kLocal) return Ok();
  const auto missing = UnprojectedColumns(select, plan.source);
  if (missing.empty()) return Ok();
  return Invalid(
      fmt::format("One or more parameter values were invalid: Global secondary index {} does not "
                  "project [{}]",
                  plan.source.index->name.value(), fmt::join(missing, ", ")));
}

bool HasSeveralPartitions(const SelectPlan& plan) {
  return std::any_of(plan.ranges.begin(), plan.ranges.end(), [&](const auto& range) {
    return range.partition != plan.ranges.front().partition;
  });
}

/// The texts are DynamoDB Local's but for the last, which is AWS's (a public record of a live
/// answer): without the hash key in ORDER BY, partitions would have to be merged.
Result<void> CheckOrderBy(const partiql::Select& select, const SelectPlan& plan) {
  if (select.order_by.empty()) return Ok();
  if (!select.where) {
    return Invalid("Must have WHERE clause in the statement when using ORDER BY clause.");
  }
  if (plan.scan) {
    return Invalid(
        "Must have at least one non-optional hash key condition in WHERE clause when using ORDER "
        "BY clause.");
  }
  for (const partiql::OrderKey& order : select.order_by) {
    if (plan.source.key_schema().Names(order.attribute)) continue;
    return Invalid(
        fmt::format("Variable reference {} in ORDER BY clause must be part of the primary key",
                    order.attribute));
  }
  const std::string& hash = plan.source.key_schema().hash.front().name;
  const bool names_hash =
      std::any_of(select.order_by.begin(), select.order_by.end(),
                  [&](const partiql::OrderKey& order) { return order.attribute == hash; });
  if (names_hash || !HasSeveralPartitions(plan)) return Ok();
  return Invalid(
      "Must have hash key in ORDER BY clause when more than one hash key condition specified in "
      "WHERE clause.");
}

/// Partitions and, inside each, the ranges of sort keys come in the order that was asked for.
void ApplyOrder(const partiql::Select& select, SelectPlan& plan) {
  if (select.order_by.empty()) return;
  const KeySchema& schema = plan.source.key_schema();
  std::optional<bool> partitions_descending;
  bool sort_descending = false;
  for (const partiql::OrderKey& order : select.order_by) {
    if (order.attribute == schema.hash.front().name) {
      partitions_descending = order.descending;
    } else {
      sort_descending = order.descending;
    }
  }
  plan.direction = sort_descending ? Direction::kBackward : Direction::kForward;
  const auto before = [](const AttributeValue& a, const AttributeValue& b, bool descending) {
    const auto order = Compare(a, b);
    return order && (descending ? *order > 0 : *order < 0);
  };
  // What has no lower bound comes first.
  const auto sort_before = [&](const SortCondition& a, const SortCondition& b) {
    const auto unbounded = [](const SortCondition& sort) {
      return sort.op == SortCondition::Operator::kLess ||
             sort.op == SortCondition::Operator::kLessOrEqual;
    };
    if (unbounded(a) != unbounded(b)) return unbounded(a) != sort_descending;
    return before(a.low, b.low, sort_descending);
  };
  std::stable_sort(plan.ranges.begin(), plan.ranges.end(), [&](const auto& a, const auto& b) {
    if (!(a.partition == b.partition)) {
      return partitions_descending && before(a.partition, b.partition, *partitions_descending);
    }
    return a.sort && b.sort && sort_before(*a.sort, *b.sort);
  });
}

// ---- the page

bool FetchesFromTable(const partiql::Select& select, const PageSource& source) {
  return source.index != nullptr && source.index->kind == IndexKind::kLocal &&
         !UnprojectedColumns(select, source).empty();
}

/// The walk over one page and what it has gathered.
class SelectWalk {
 public:
  SelectWalk(const partiql::Select& select, const SelectPlan& plan, const SelectPaging& paging,
             OperationContext& context)
      : select_(select),
        plan_(plan),
        paging_(paging),
        context_(context),
        fetch_(FetchesFromTable(select, plan.source)) {
    if (select.where) where_names_ = TopLevelAttributes(*select.where);
  }

  Result<SelectPage> ReadItem() {
    PUMICE_TRY(const auto stored,
               context_.database.items().Get(*plan_.source.table, plan_.item->key));
    std::size_t size_bytes = 0;
    if (stored) {
      const EncodedItemView item(*stored);
      size_bytes = item.size_bytes();
      if (Matches(item)) Append(item);
    }
    page_.use.table = ReadUnits(size_bytes, plan_.consistent_read);
    return std::move(page_);
  }

  Result<SelectPage> ReadRanges() {
    const std::size_t range_count = plan_.scan ? 1 : plan_.ranges.size();
    const std::size_t first = paging_.start ? paging_.start->range : 0;
    for (std::size_t range = first; range < range_count && !page_.next; ++range) {
      PUMICE_TRY(
          ReadRange(range, paging_.start && range == first ? &paging_.start->last_key : nullptr));
    }
    return std::move(page_);
  }

 private:
  Result<void> ReadRange(std::size_t range, const Item* start_key);
  Result<void> Take(const EncodedItemView& item);

  bool Matches(const EncodedItemView& item) const {
    return !select_.where || Evaluate(*select_.where, item.DecodeOnly(where_names_));
  }

  void Append(const EncodedItemView& item) {
    if (page_.count++ > 0) page_.items += ',';
    AppendColumns(page_.items, item, select_.columns);
  }

  bool PageIsFull() const {
    return (paging_.limit && evaluated_count_ >= *paging_.limit) ||
           evaluated_bytes_ > kMaxPageBytes;
  }

  void Charge(std::size_t bytes) {
    const double units = ReadUnits(bytes, plan_.consistent_read);
    if (plan_.source.index != nullptr) {
      page_.use.AddIndex(*plan_.source.index, units);
    } else {
      page_.use.table += units;
    }
  }

  const partiql::Select& select_;
  const SelectPlan& plan_;
  const SelectPaging& paging_;
  OperationContext& context_;
  const bool fetch_;
  std::vector<std::string> where_names_;
  std::int64_t evaluated_count_ = 0;
  std::size_t evaluated_bytes_ = 0;
  SelectPage page_;
};

Result<void> SelectWalk::ReadRange(std::size_t range, const Item* start_key) {
  KeyCondition condition;
  if (!plan_.scan) {
    condition.hash = {plan_.ranges[range].partition};
    condition.sort = plan_.ranges[range].sort;
  }
  PUMICE_TRY(const auto reader, context_.database.items().Read(
                                    RangeRequest{.table = *plan_.source.table,
                                                 .index = plan_.source.index,
                                                 .condition = plan_.scan ? nullptr : &condition,
                                                 .segment = std::nullopt,
                                                 .direction = plan_.direction,
                                                 .exclusive_start_key = start_key}));
  const std::size_t bytes_before = evaluated_bytes_;
  while (true) {
    PUMICE_TRY(const bool more, reader->Next());
    if (!more) break;
    PUMICE_TRY(Take(reader->item()));
    if (!PageIsFull()) continue;
    page_.next =
        SelectPosition{static_cast<std::uint32_t>(range), StartKeyOf(plan_.source, reader->item())};
    break;
  }
  Charge(evaluated_bytes_ - bytes_before);
  return Ok();
}

/// A local index is walked; what it lacks is fetched for every row, also for those that the WHERE
/// leaves out (measured on AWS, September 2026).
Result<void> SelectWalk::Take(const EncodedItemView& item) {
  ++evaluated_count_;
  evaluated_bytes_ += item.size_bytes();
  const bool matches = Matches(item);
  if (!fetch_) {
    if (matches) Append(item);
    return Ok();
  }
  const auto key = ExtractKey(plan_.source.table->key_schema, StartKeyOf(plan_.source, item));
  if (!key) return Error(ErrorCode::kInternal, {}, "an index entry lacks the key of its table");
  PUMICE_TRY(const auto stored, context_.database.items().Get(*plan_.source.table, *key));
  const EncodedItemView whole(stored ? std::string_view(*stored) : item.bytes());
  page_.use.table += ReadUnits(whole.size_bytes(), plan_.consistent_read);
  if (matches) Append(whole);
  return Ok();
}

/// A token of this statement whose key does not fit: the table was made anew meanwhile.
Result<void> CheckStart(const SelectPlan& plan, const SelectPosition& start) {
  const std::size_t range_count = plan.scan ? 1 : plan.ranges.size();
  if (start.range < range_count && FitsKeys(plan.source, start.last_key)) return Ok();
  return Invalid("Invalid NextToken");
}

}  // namespace

Result<SelectPlan> PlanSelect(const partiql::Select& select, bool consistent_read,
                              OperationContext& context) {
  SelectPlan plan;
  plan.consistent_read = consistent_read;
  PUMICE_TRY(plan.source, FindSelectSource(select, consistent_read, context));
  PUMICE_TRY(PlanAccess(select, plan));
  PUMICE_TRY(CheckIndexProjection(select, plan));
  PUMICE_TRY(CheckOrderBy(select, plan));
  if (!select.column_problem.empty()) return Invalid(select.column_problem);
  ApplyOrder(select, plan);
  return plan;
}

Result<SelectPlan> PlanSingleItemSelect(const partiql::Select& select, bool consistent_read,
                                        std::string_view what, OperationContext& context) {
  PUMICE_TRY(auto plan, PlanSelect(select, consistent_read, context));
  if (plan.item && plan.item->alone) return plan;
  return Invalid(fmt::format(
      "Select statements within {} must specify the primary key in the where clause.", what));
}

Result<SelectPage> ReadSelectPage(const partiql::Select& select, const SelectPlan& plan,
                                  const SelectPaging& paging, OperationContext& context) {
  PUMICE_TRY(AdmitRead(context, *plan.source.table, plan.source.index));
  SelectWalk walk(select, plan, paging, context);
  if (plan.item) return walk.ReadItem();
  if (paging.start) {
    PUMICE_TRY(CheckStart(plan, *paging.start));
  }
  return walk.ReadRanges();
}

void AppendColumns(std::string& out, const EncodedItemView& item,
                   const std::vector<partiql::Column>& columns) {
  if (columns.empty()) {
    out += item.json();
    return;
  }
  JsonMembers members(out);
  for (const partiql::Column& column : columns) {
    const std::string& attribute = column.path.attribute();
    if (column.path.IsTopLevel()) {
      if (const auto value = item.FindJson(attribute)) members.NamedMember(column.name) += *value;
      continue;
    }
    const Item decoded = item.DecodeOnly(std::span(&attribute, 1));
    const AttributeValue* const value = FindValue(column.path, decoded);
    if (value != nullptr) AppendValueJson(members.NamedMember(column.name), *value);
  }
  members.End();
}

}  // namespace pumice
