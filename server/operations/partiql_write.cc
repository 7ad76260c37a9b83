// SPDX-License-Identifier: Apache-2.0
#include "server/operations/partiql_write.h"

#include <utility>

#include "expressions/evaluate.h"
#include "expressions/parse.h"
#include "expressions/partiql/key_ranges.h"
#include "model/attribute_json.h"
#include "model/limits.h"
#include "server/operations/item_update.h"
#include "server/operations/item_write.h"
#include "server/operations/key_paths.h"
#include "server/operations/table_access.h"
#include "server/operations/throttle.h"

namespace pumice {
namespace {

using partiql::Returning;

Error Invalid(std::string text) { return Error(ErrorCode::kValidation, std::move(text)); }

Result<StatementTarget> FindSourceTarget(const partiql::Source& source,
                                         const std::optional<Condition>& where,
                                         OperationContext& context) {
  StatementTarget target;
  target.table_name = source.table;
  PUMICE_TRY(target.table, FindTable(context, source.table));
  if (source.index) return Invalid("This operation is not supported on an index");
  const KeySchema& schema = target.table->key_schema;
  std::optional<partiql::KeyEquality> equality;
  if (where) {
    PUMICE_TRY(CheckNoPathIntoKeys(*where, *target.table));
    PUMICE_TRY(equality, partiql::FindKeyEquality(*where, schema));
  }
  if (!equality) {
    return Invalid("Where clause does not contain a mandatory equality on all key attributes");
  }
  PUMICE_TRY(CheckKeyValues(*target.table, equality->key));
  target.key = std::move(equality->key);
  return target;
}

/// Of those key attributes that the item has.
Result<void> CheckKeyTypes(const Item& item, const KeySchema& schema) {
  for (const auto* const keys : {&schema.hash, &schema.range}) {
    for (const KeyAttribute& key : *keys) {
      const AttributeValue* const value = item.Find(key.name);
      if (value != nullptr) {
        PUMICE_TRY(partiql::CheckKeyType(key, *value));
      }
    }
  }
  return Ok();
}

struct TargetFinder {
  OperationContext& context;

  Result<StatementTarget> operator()(const partiql::Insert& insert) const {
    if (ItemSizeBytes(insert.item) > kMaxItemSizeBytes) {
      return Invalid("Item size has exceeded the maximum allowed size");
    }
    StatementTarget target;
    target.table_name = insert.table;
    PUMICE_TRY(target.table, FindTable(context, insert.table));
    PUMICE_TRY(CheckKeyTypes(insert.item, target.table->key_schema));
    PUMICE_TRY(target.key, KeyOfItem(*target.table, insert.item));
    return target;
  }
  Result<StatementTarget> operator()(const partiql::Update& update) const {
    PUMICE_TRY(auto target, FindSourceTarget(update.source, update.where, context));
    PUMICE_TRY(CheckUpdateTargets(update.update, *target.table));
    return target;
  }
  Result<StatementTarget> operator()(const partiql::Delete& del) const {
    return FindSourceTarget(del.source, del.where, context);
  }
  Result<StatementTarget> operator()(const partiql::Select&) const { return NoWrite(); }
  Result<StatementTarget> operator()(const partiql::Exists&) const { return NoWrite(); }

  static Error NoWrite() { return Error(ErrorCode::kInternal, {}, "a statement that reads"); }
};

/// One statement as a change of the stored item, and what its last run saw: that one was committed.
class StatementChange {
 public:
  StatementChange(const TableDescription& table, bool return_item_on_failed_condition)
      : table_(table) {
    failed_condition_.return_item_on_failed_condition = return_item_on_failed_condition;
  }

  using Change = Result<std::optional<ItemChange>>;

  Change Insert(const partiql::Insert& insert, const EncodedItemView* old) const {
    if (old != nullptr) {
      return Error(ErrorCode::kDuplicateItem, "Duplicate primary key exists in table");
    }
    return std::optional<ItemChange>(ItemChange{EncodeItem(insert.item)});
  }

  Change Update(const partiql::Update& update, const EncodedItemView* old) {
    if (old == nullptr) return ConditionFailed(failed_condition_, old);
    old_item_ = old->Decode();
    PUMICE_TRY(CheckWhere(update.where, old));
    PUMICE_TRY(auto updated, UpdateStoredItem(&update.update, table_, {old_item_, true}));
    new_item_ = std::move(updated.item);
    return std::optional<ItemChange>(ItemChange{EncodeItem(new_item_)});
  }

  /// What is not there is gone, whatever WHERE says beside the key.
  Change Delete(const partiql::Delete& del, const EncodedItemView* old) {
    old_item_ = Item();
    if (old == nullptr) return std::optional<ItemChange>();
    old_item_ = old->Decode();
    PUMICE_TRY(CheckWhere(del.where, old));
    return std::optional<ItemChange>(ItemChange{});
  }

  const Item& old_item() const { return old_item_; }
  const Item& new_item() const { return new_item_; }

 private:
  Result<void> CheckWhere(const std::optional<Condition>& where, const EncodedItemView* old) const {
    if (!where || Evaluate(*where, old_item_)) return Ok();
    return ConditionFailed(failed_condition_, old);
  }

  const TableDescription& table_;
  ConditionalRequest failed_condition_;
  Item old_item_;
  Item new_item_;
};

std::string TextOf(const Item& item) { return item.empty() ? std::string() : ItemJson(item); }

std::string ReturnedItem(const partiql::Update& update, const StatementChange& change) {
  switch (update.returning) {
    case Returning::kNothing: return {};
    case Returning::kAllOld: return TextOf(change.old_item());
    case Returning::kAllNew: return TextOf(change.new_item());
    case Returning::kModifiedOld: return TextOf(UpdatedPart(update.update, change.old_item()));
    case Returning::kModifiedNew: return TextOf(UpdatedPart(update.update, change.new_item()));
  }
  return {};
}

}  // namespace

Result<StatementTarget> FindTarget(const partiql::Statement& statement, OperationContext& context) {
  return std::visit(TargetFinder{context}, statement.node);
}

Result<StatementWriteResult> WriteStatement(const partiql::Statement& statement,
                                            const StatementTarget& target,
                                            bool return_item_on_failed_condition,
                                            OperationContext& context) {
  const auto* const insert = std::get_if<partiql::Insert>(&statement.node);
  const auto* const update = std::get_if<partiql::Update>(&statement.node);
  const auto* const del = std::get_if<partiql::Delete>(&statement.node);
  StatementChange change(*target.table, return_item_on_failed_condition);
  const auto apply = [&](const EncodedItemView* old) -> StatementChange::Change {
    if (insert != nullptr) return change.Insert(*insert, old);
    if (update != nullptr) return change.Update(*update, old);
    return change.Delete(*del, old);
  };
  PUMICE_TRY(const auto outcome, WriteItem({*target.table, target.key, apply}, context));
  StatementWriteResult result;
  result.use.AddWrite(*target.table, outcome);
  if (update != nullptr) result.item = ReturnedItem(*update, change);
  if (del != nullptr && del->returning == Returning::kAllOld) {
    result.item = TextOf(change.old_item());
  }
  return result;
}

}  // namespace pumice
