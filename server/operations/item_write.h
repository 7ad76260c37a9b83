// SPDX-License-Identifier: Apache-2.0
#pragma once
// What PutItem, UpdateItem and DeleteItem have in common: the condition, what is returned, the
// answer.

#include <optional>
#include <string>

#include "base/result.h"
#include "expressions/ast.h"
#include "server/operations/consumed_capacity.h"
#include "server/operations/item_parameters.h"
#include "server/operations/operation.h"
#include "storage/item_store.h"
#include "storage/table_catalog.h"

namespace pumice {

/// A write, or a check, that depends on the stored item.
struct ConditionalRequest {
  std::string table_name;  // as sent: a name or an ARN
  std::optional<Condition> condition;
  bool return_item_on_failed_condition = false;  // ReturnValuesOnConditionCheckFailure: ALL_OLD
};

struct ItemWriteRequest : ConditionalRequest {
  ReturnValues return_values = ReturnValues::kNone;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
  bool return_item_collection_metrics = false;
};

struct ItemWriteResponse {
  TablePtr table;
  std::string table_name;
  std::string attributes;  // wire text; empty: no "Attributes"
  CapacityUse use;
  ReturnConsumedCapacity return_consumed_capacity = ReturnConsumedCapacity::kNone;
  std::optional<AttributeValue> item_collection_key;

  void AppendJson(std::string& out) const;
};

/// Whether AWS hands this request to its older validator: a required member is missing or a value
/// is very deep.
bool GoesToOlderValidator(const ItemParameters& parameters,
                          const std::optional<ParsedItem>& item_or_key);

/// Member constraints of PutItem and DeleteItem. member: "item" or "key".
Result<void> CheckWriteConstraints(const ItemParameters& parameters,
                                   const std::optional<ParsedItem>& item_or_key,
                                   std::string_view member);

/// "ReturnValues can only be ALL_OLD or NONE"
Result<void> CheckReturnsOldOnly(const ItemParameters& parameters);

struct WriteExpressions {
  std::optional<UpdateExpression> update;
  std::optional<Condition> condition;
};
/// Placeholders, then the expressions, then what they left unused; or AttributeUpdates, then
/// Expected. Takes them out of `parameters`.
Result<WriteExpressions> ParseWriteExpressions(ItemParameters& parameters);

/// The members that mean the same in all three, once the constraints hold. Takes the table's name
/// out of `parameters`.
ItemWriteRequest CommonWriteRequest(ItemParameters& parameters);

/// Ok if there is no condition or it holds for the stored item. Errors: ConditionalCheckFailed,
/// with the item where it was asked for.
Result<void> CheckCondition(const ConditionalRequest& request, const EncodedItemView* old_item);

/// The same where the item was decoded anyway; `item` is empty if there is none.
Result<void> CheckCondition(const ConditionalRequest& request, const Item& item,
                            const EncodedItemView* old_item);

/// Errors (Validation): a path of the condition goes into a key attribute of table or index.
Result<void> CheckConditionPaths(const ConditionalRequest& request, const TableDescription& table);

/// "The conditional request failed", with the item where it was asked for.
Error ConditionFailed(const ConditionalRequest& request, const EncodedItemView* old_item);

/// Writes one item. Errors: those of ItemStore::Write; ProvisionedThroughputExceeded, Throttling.
Result<WriteOutcome> WriteItem(const ItemWrite& write, OperationContext& context);

/// Everything but `attributes`; notes the units for the request log.
ItemWriteResponse MakeWriteResponse(const ItemWriteRequest& request, TablePtr table,
                                    const ItemKey& key, const WriteOutcome& outcome,
                                    OperationContext& context);

/// The wire text inside stored bytes.
std::string WireText(const std::string& encoded_item);

}  // namespace pumice
