// SPDX-License-Identifier: Apache-2.0
#include "server/operations/item_parameters.h"

#include <algorithm>
#include <span>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "server/operations/table_name.h"

namespace pumice {
namespace {

template <class Enum>
struct EnumWord {
  std::string_view word;
  Enum value;
};

template <class Enum, std::size_t N>
std::optional<Enum> FromWord(const std::array<EnumWord<Enum>, N>& words, std::string_view word) {
  for (const auto& [text, value] : words) {
    if (text == word) return value;
  }
  return std::nullopt;
}

constexpr std::array<EnumWord<ReturnConsumedCapacity>, 3> kReturnConsumedCapacity{{
    {"NONE", ReturnConsumedCapacity::kNone},
    {"TOTAL", ReturnConsumedCapacity::kTotal},
    {"INDEXES", ReturnConsumedCapacity::kIndexes},
}};
constexpr std::array<EnumWord<ReturnValues>, 5> kReturnValues{{
    {"NONE", ReturnValues::kNone},
    {"ALL_OLD", ReturnValues::kAllOld},
    {"UPDATED_OLD", ReturnValues::kUpdatedOld},
    {"ALL_NEW", ReturnValues::kAllNew},
    {"UPDATED_NEW", ReturnValues::kUpdatedNew},
}};
constexpr std::array<EnumWord<Select>, 4> kSelect{{
    {"ALL_ATTRIBUTES", Select::kAllAttributes},
    {"ALL_PROJECTED_ATTRIBUTES", Select::kAllProjectedAttributes},
    {"SPECIFIC_ATTRIBUTES", Select::kSpecificAttributes},
    {"COUNT", Select::kCount},
}};

constexpr std::array<std::string_view, 7> kLegacyParameters{
    "AttributesToGet", "AttributeUpdates", "Expected",           "KeyConditions",
    "QueryFilter",     "ScanFilter",       "ConditionalOperator"};

// The newer validator hands requests with values nested deeper than this to the older one (measured
// on AWS, October 2026: 61 maps around a scalar are newer, 63 are older).
constexpr std::size_t kNewerValidatorLevels = 63;

template <class T, class Read>
Result<void> Keep(std::optional<T>& into, Read read) {
  PUMICE_TRY(auto value, read());
  into = std::move(value);
  return Ok();
}

Result<void> KeepString(JsonValue& value, std::optional<std::string>& into) {
  return Keep(into, [&] { return value.String(); });
}

/// Of members with one name the last wins.
template <class Value>
void SetLast(std::vector<std::pair<std::string, Value>>& members, std::string name, Value value) {
  for (auto& [known, old] : members) {
    if (known == name) {
      old = std::move(value);
      return;
    }
  }
  members.emplace_back(std::move(name), std::move(value));
}

struct StringMember {
  std::string_view name;
  std::optional<std::string> ItemParameters::*member;
};
constexpr std::array<StringMember, 12> kStringMembers{{
    {"TableName", &ItemParameters::table_name},
    {"IndexName", &ItemParameters::index_name},
    {"UpdateExpression", &ItemParameters::update_expression},
    {"ConditionExpression", &ItemParameters::condition_expression},
    {"KeyConditionExpression", &ItemParameters::key_condition_expression},
    {"FilterExpression", &ItemParameters::filter_expression},
    {"ProjectionExpression", &ItemParameters::projection_expression},
    {"ReturnValues", &ItemParameters::return_values},
    {"ReturnConsumedCapacity", &ItemParameters::return_consumed_capacity},
    {"ReturnItemCollectionMetrics", &ItemParameters::return_item_collection_metrics},
    {"ReturnValuesOnConditionCheckFailure",
     &ItemParameters::return_values_on_condition_check_failure},
    {"Select", &ItemParameters::select},
}};

struct IntegerMember {
  std::string_view name;
  std::optional<std::int64_t> ItemParameters::*member;
};
constexpr std::array<IntegerMember, 3> kIntegerMembers{{
    {"Limit", &ItemParameters::limit},
    {"Segment", &ItemParameters::segment},
    {"TotalSegments", &ItemParameters::total_segments},
}};

struct ItemMember {
  std::string_view name;
  std::optional<ParsedItem> ItemParameters::*member;
};
constexpr std::array<ItemMember, 3> kItemMembers{{
    {"Item", &ItemParameters::item},
    {"Key", &ItemParameters::key},
    {"ExclusiveStartKey", &ItemParameters::exclusive_start_key},
}};

std::vector<std::string_view> ExpressionsSent(const ItemParameters& parameters) {
  std::vector<std::string_view> sent;
  const auto add = [&](const std::optional<std::string>& expression, std::string_view name) {
    if (expression) sent.push_back(name);
  };
  add(parameters.update_expression, "UpdateExpression");
  add(parameters.condition_expression, "ConditionExpression");
  add(parameters.filter_expression, "FilterExpression");
  add(parameters.key_condition_expression, "KeyConditionExpression");
  add(parameters.projection_expression, "ProjectionExpression");
  return sent;
}

void CheckWord(bool known, const std::optional<std::string>& sent, std::string_view path,
               std::string_view words, ConstraintErrors& errors) {
  if (!known) errors.AddValue(*sent, path, OneOf(words));
}

}  // namespace

Result<void> ReadAttributeNames(JsonValue& value, ExpressionAttributes& attributes) {
  attributes.names_given = true;
  attributes.names.clear();
  return value.Map("java.lang.String",
                   [&](std::string_view name, JsonValue& target) -> Result<void> {
                     PUMICE_TRY(auto text, target.String());
                     SetLast(attributes.names, std::string(name), std::move(text));
                     return Ok();
                   });
}

Result<void> ReadAttributeValues(JsonValue& value, ValueTexts texts,
                                 ExpressionAttributes& attributes) {
  attributes.values_given = true;
  attributes.values.clear();
  return value.Map(
      "com.amazonaws.dynamodb.v20120810.AttributeValue",
      [&](std::string_view name, JsonValue& element) -> Result<void> {
        std::string key(name);  // the view does not outlive the reading of the value
        PUMICE_TRY(auto parsed, element.Value(texts));
        attributes.nesting_levels = std::max(attributes.nesting_levels, parsed.nesting_levels);
        if (parsed.problem && !attributes.value_problem) {
          attributes.value_problem =
              texts == ValueTexts::kOlder
                  ? Error(ErrorCode::kValidation,
                          fmt::format(
                              "ExpressionAttributeValues contains invalid value: {} for key {}",
                              parsed.problem->client_text(), key))
                  : std::move(*parsed.problem);
        }
        SetLast(attributes.values, std::move(key), std::move(parsed.value));
        return Ok();
      });
}

Result<void> ReadItemParameter(std::string_view name, JsonValue& value, ValueTexts texts,
                               ItemParameters& parameters) {
  for (const auto& [member_name, member] : kStringMembers) {
    if (name == member_name) return KeepString(value, parameters.*member);
  }
  for (const auto& [member_name, member] : kItemMembers) {
    if (name == member_name) return Keep(parameters.*member, [&] { return value.ItemMap(texts); });
  }
  if (name == "ExpressionAttributeValues") {
    return ReadAttributeValues(value, texts, parameters.attributes);
  }
  if (name == "ExpressionAttributeNames") return ReadAttributeNames(value, parameters.attributes);
  for (const auto& [member_name, member] : kIntegerMembers) {
    if (name == member_name) return Keep(parameters.*member, [&] { return value.Integer(); });
  }
  if (name == "ConsistentRead") {
    return Keep(parameters.consistent_read, [&] { return value.Boolean(); });
  }
  if (name == "ScanIndexForward") {
    return Keep(parameters.scan_index_forward, [&] { return value.Boolean(); });
  }
  if (std::find(kLegacyParameters.begin(), kLegacyParameters.end(), name) !=
      kLegacyParameters.end()) {
    parameters.legacy.emplace_back(name);
  }
  return Ok();
}

void CheckReturnConsumedCapacity(const std::optional<std::string>& sent, ConstraintErrors& errors) {
  if (!sent) return;
  CheckWord(FromWord(kReturnConsumedCapacity, *sent).has_value(), sent, "returnConsumedCapacity",
            "INDEXES, TOTAL, NONE", errors);
}

void CheckReturnItemCollectionMetrics(const std::optional<std::string>& sent,
                                      ConstraintErrors& errors) {
  if (!sent) return;
  CheckWord(*sent == "SIZE" || *sent == "NONE", sent, "returnItemCollectionMetrics", "SIZE, NONE",
            errors);
}

void CheckReturnValues(const std::optional<std::string>& sent, Spelling spelling,
                       ConstraintErrors& errors) {
  if (!sent || FromWord(kReturnValues, *sent)) return;
  if (spelling == Spelling::kNewer) {
    // UPDATE_NEW is AWS's own slip in the newer validator (measured on AWS, October 2026).
    errors.AddText("Failed to satisfy constraint: " +
                   OneOf("ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE"));
  } else {
    errors.AddValue(*sent, "returnValues",
                    OneOf("ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW"));
  }
}

void CheckReturnValuesOnConditionCheckFailure(const std::optional<std::string>& sent,
                                              ConstraintErrors& errors) {
  if (!sent) return;
  CheckWord(*sent == "ALL_OLD" || *sent == "NONE", sent, "returnValuesOnConditionCheckFailure",
            "ALL_OLD, NONE", errors);
}

void CheckSelect(const std::optional<std::string>& sent, ConstraintErrors& errors) {
  if (!sent) return;
  CheckWord(FromWord(kSelect, *sent).has_value(), sent, "select",
            "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES", errors);
}

void CheckName(const std::optional<std::string>& sent, std::string_view path,
               ConstraintErrors& errors) {
  if (!sent || (path == "tableName" && IsArn(*sent))) return;
  if (sent->empty() && path == "tableName") {
    return errors.AddValue(*sent, path, LengthAtLeast(1));
  }
  CheckNameConstraints(*sent, path, errors);
}

Result<void> CheckTableNameNotEmpty(const std::optional<std::string>& sent) {
  if (!sent || !sent->empty()) return Ok();
  ConstraintErrors errors;
  errors.AddAt("TableName", LengthAtLeast(1));
  return errors.Check();
}

ReturnConsumedCapacity ToReturnConsumedCapacity(const std::optional<std::string>& sent) {
  return sent ? FromWord(kReturnConsumedCapacity, *sent).value_or(ReturnConsumedCapacity::kNone)
              : ReturnConsumedCapacity::kNone;
}

ReturnValues ToReturnValues(const std::optional<std::string>& sent) {
  return sent ? FromWord(kReturnValues, *sent).value_or(ReturnValues::kNone) : ReturnValues::kNone;
}

Select ToSelect(const std::optional<std::string>& sent) {
  return sent ? FromWord(kSelect, *sent).value_or(Select::kUnset) : Select::kUnset;
}

Result<void> CheckExpressionUse(const ItemParameters& parameters) {
  const auto& attributes = parameters.attributes;
  if (parameters.legacy.empty() && !attributes.names_given && !attributes.values_given) return Ok();
  const auto expressions = ExpressionsSent(parameters);
  if (!parameters.legacy.empty() && !expressions.empty()) {
    return Error(
        ErrorCode::kValidation,
        fmt::format("Can not use both expression and non-expression parameters in the same "
                    "request: Non-expression parameters: {{{}}} Expression parameters: {{{}}}",
                    fmt::join(parameters.legacy, ", "), fmt::join(expressions, ", ")));
  }
  if (attributes.names_given && expressions.empty()) {
    return Error(ErrorCode::kValidation,
                 "ExpressionAttributeNames can only be specified when using expressions");
  }
  const bool takes_values =
      std::any_of(expressions.begin(), expressions.end(),
                  [](auto expression) { return expression != "ProjectionExpression"; });
  if (attributes.values_given && !takes_values) {
    return Error(ErrorCode::kValidation,
                 "ExpressionAttributeValues can only be specified when using expressions");
  }
  if (!parameters.legacy.empty()) {
    return Error(
        ErrorCode::kValidation,
        fmt::format("The non-expression parameters {{{}}} are not supported by this release of "
                    "Pumice; use the matching expression parameters instead",
                    fmt::join(parameters.legacy, ", ")));
  }
  return Ok();
}

Result<void> CheckPlaceholders(const ExpressionAttributes& attributes) {
  PUMICE_TRY(Placeholders::CheckKeys(attributes.names, attributes.names_given, attributes.values,
                                     attributes.values_given));
  for (const auto& [name, target] : attributes.names) {
    if (target.empty()) {
      return Error(ErrorCode::kValidation,
                   fmt::format("ExpressionAttributeNames contains invalid value: Empty attribute "
                               "name for key {}",
                               name));
    }
  }
  if (!attributes.value_problem) return Ok();
  return Error(attributes.value_problem->code(), attributes.value_problem->client_text());
}

Result<void> CheckProblem(const std::optional<ParsedItem>& parsed) {
  if (!parsed || !parsed->problem) return Ok();
  return Error(parsed->problem->code(), parsed->problem->client_text());
}

bool BeyondNewerValidator(const ItemParameters& parameters) {
  const auto deep = [](const std::optional<ParsedItem>& parsed) {
    return parsed && parsed->nesting_levels > kNewerValidatorLevels;
  };
  return deep(parameters.item) || deep(parameters.key) ||
         parameters.attributes.nesting_levels > kNewerValidatorLevels;
}

}  // namespace pumice
