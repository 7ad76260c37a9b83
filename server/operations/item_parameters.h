// SPDX-License-Identifier: Apache-2.0
#pragma once
// The parameters that item operations share: how they are read, in which order AWS looks at them,
// and what they mean. Each operation adds only what is its own.

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expressions/placeholders.h"
#include "server/operations/legacy_parameters.h"
#include "server/operations/operation.h"
#include "server/protocol/constraint_errors.h"
#include "server/protocol/json_reader.h"

namespace pumice {

enum class ReturnConsumedCapacity : std::uint8_t { kNone, kTotal, kIndexes };
enum class ReturnValues : std::uint8_t { kNone, kAllOld, kUpdatedOld, kAllNew, kUpdatedNew };
enum class Select : std::uint8_t {
  kUnset,
  kAllAttributes,
  kAllProjectedAttributes,
  kSpecificAttributes,
  kCount
};

/// ExpressionAttributeNames and -Values as sent.
struct ExpressionAttributes {
  Placeholders::Names names;
  Placeholders::Values values;
  bool names_given = false;
  bool values_given = false;
  ValueTexts texts = ValueTexts::kNewer;  // whose words
  std::optional<Error> value_problem;     // the first bad value, in its layer's words
  std::size_t names_bytes = 0;            // of all names, with their placeholders
  std::size_t values_bytes = 0;           // of all values, with their placeholders
  std::size_t nesting_levels = 1;
};

/// Members as they came: nothing judged yet but the JSON types.
struct ItemParameters {
  std::optional<std::string> table_name;  // "TableName", a name or an ARN
  std::optional<std::string> index_name;
  std::optional<ParsedItem> item;  // "Item"
  std::optional<ParsedItem> key;   // "Key"
  std::optional<ParsedItem> exclusive_start_key;
  std::optional<std::string> update_expression;
  std::optional<std::string> condition_expression;
  std::optional<std::string> key_condition_expression;
  std::optional<std::string> filter_expression;
  std::optional<std::string> projection_expression;
  ExpressionAttributes attributes;
  std::optional<std::string> return_values;
  std::optional<std::string> return_consumed_capacity;
  std::optional<std::string> return_item_collection_metrics;
  std::optional<std::string> return_values_on_condition_check_failure;
  std::optional<std::string> select;
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> segment;
  std::optional<std::int64_t> total_segments;
  std::optional<bool> consistent_read;
  std::optional<bool> scan_index_forward;
  LegacyParametersPtr legacy;
};

/// The members above by their names in the API; kItemMemberNames is in this order.
enum class ItemMember : std::uint8_t {
  kTableName,
  kKey,
  kItem,
  kExpressionAttributeValues,
  kExpressionAttributeNames,
  kConditionExpression,
  kUpdateExpression,
  kKeyConditionExpression,
  kProjectionExpression,
  kFilterExpression,
  kIndexName,
  kLimit,
  kConsistentRead,
  kScanIndexForward,
  kExclusiveStartKey,
  kSelect,
  kSegment,
  kTotalSegments,
  kReturnValues,
  kReturnConsumedCapacity,
  kReturnItemCollectionMetrics,
  kReturnValuesOnConditionCheckFailure,
  kAttributesToGet,
  kAttributeUpdates,
  kExpected,
  kKeyConditions,
  kQueryFilter,
  kScanFilter,
  kConditionalOperator
};
inline constexpr std::array<std::string_view, 29> kItemMemberNames{
    "TableName",
    "Key",
    "Item",
    "ExpressionAttributeValues",
    "ExpressionAttributeNames",
    "ConditionExpression",
    "UpdateExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "FilterExpression",
    "IndexName",
    "Limit",
    "ConsistentRead",
    "ScanIndexForward",
    "ExclusiveStartKey",
    "Select",
    "Segment",
    "TotalSegments",
    "ReturnValues",
    "ReturnConsumedCapacity",
    "ReturnItemCollectionMetrics",
    "ReturnValuesOnConditionCheckFailure",
    "AttributesToGet",
    "AttributeUpdates",
    "Expected",
    "KeyConditions",
    "QueryFilter",
    "ScanFilter",
    "ConditionalOperator"};

/// The members that one operation has.
class ItemMembers {
 public:
  /// By their names in the API; a name that is none does not compile.
  consteval ItemMembers(std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
      const auto* found = std::find(kItemMemberNames.begin(), kItemMemberNames.end(), name);
      const auto position = static_cast<std::size_t>(found - kItemMemberNames.begin());
      static_cast<void>(kItemMemberNames.at(position));
      bits_ |= Bit(static_cast<ItemMember>(position));
    }
  }
  constexpr bool Has(ItemMember member) const { return (bits_ & Bit(member)) != 0; }

 private:
  static constexpr std::uint32_t Bit(ItemMember member) {
    return std::uint32_t{1} << static_cast<unsigned>(member);
  }
  static_assert(kItemMemberNames.size() <= 32);

  std::uint32_t bits_ = 0;
};

/// Reads one member if it is one of the operation's; others are left to be skipped, as AWS skips
/// members that the operation's shape does not have.
Result<void> ReadItemParameter(std::string_view name, JsonValue& value, ValueTexts texts,
                               ItemMembers members, ItemParameters& parameters);
/// Reads "ExpressionAttributeNames" / "ExpressionAttributeValues".
Result<void> ReadAttributeNames(JsonValue& value, ExpressionAttributes& attributes);
Result<void> ReadAttributeValues(JsonValue& value, ValueTexts texts,
                                 ExpressionAttributes& attributes,
                                 std::size_t max_levels = kMaxNestingLevels);

// ---- constraints: what AWS's request validator says before anything else
// -----------------------------------

enum class Spelling : std::uint8_t { kOlder, kNewer };

void CheckReturnConsumedCapacity(const std::optional<std::string>& sent, ConstraintErrors& errors);
void CheckReturnItemCollectionMetrics(const std::optional<std::string>& sent,
                                      ConstraintErrors& errors);
void CheckReturnValues(const std::optional<std::string>& sent, Spelling spelling,
                       ConstraintErrors& errors);
/// path_prefix: of the structure that the member is in, with its dot.
void CheckReturnValuesOnConditionCheckFailure(const std::optional<std::string>& sent,
                                              ConstraintErrors& errors,
                                              std::string_view path_prefix = {});
void CheckSelect(const std::optional<std::string>& sent, ConstraintErrors& errors);
/// path: ends in "tableName" or "indexName"; absent names are not judged here.
void CheckName(const std::optional<std::string>& sent, std::string_view path,
               ConstraintErrors& errors);
/// An empty TableName stops the newer validator at once.
Result<void> CheckTableNameNotEmpty(const std::optional<std::string>& sent);

// ---- meanings, once the constraints hold
// -------------------------------------------------------------------

ReturnConsumedCapacity ToReturnConsumedCapacity(const std::optional<std::string>& sent);
ReturnValues ToReturnValues(const std::optional<std::string>& sent);
Select ToSelect(const std::optional<std::string>& sent);

// ---- static checks of expression parameters
// ----------------------------------------------------------------

/// Steps 1 to 3 of AWS's order: no mix of expression and non-expression parameters, no placeholders
/// without an expression.
Result<void> CheckExpressionUse(const ItemParameters& parameters);
/// "Can not use both expression and non-expression parameters …" if there are both.
Result<void> CheckNoMix(const std::vector<std::string_view>& non_expressions,
                        const std::vector<std::string_view>& expressions);
/// Step 6: form of the placeholders, then the values themselves.
Result<void> CheckPlaceholders(const ExpressionAttributes& attributes);
/// CheckPlaceholders, then takes the placeholders out of `parameters`.
Result<Placeholders> TakePlaceholders(ItemParameters& parameters);
/// The value's problem, if it has one.
Result<void> CheckProblem(const std::optional<ParsedItem>& parsed);

/// Whether a value is so deep that AWS hands the request to its older validator.
bool BeyondNewerValidator(const ItemParameters& parameters);

/// Puts the envelope of ValidationLayer::kEnveloped in front of a static Validation error.
template <class T>
Result<T> InLayer(ValidationLayer layer, Result<T> result) {
  if (result || layer != ValidationLayer::kEnveloped ||
      result.error().code() != ErrorCode::kValidation) {
    return result;
  }
  return std::move(result).error().Prefixed(kEnvelope);
}

/// Parses an expression parameter if it was sent.
template <class Ast, class Parse>
Result<std::optional<Ast>> ParseIfSent(const std::optional<std::string>& text, Parse parse) {
  if (!text) return std::optional<Ast>();
  PUMICE_TRY(auto ast, parse(*text));
  return std::optional<Ast>(std::move(ast));
}

}  // namespace pumice
