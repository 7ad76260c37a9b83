// SPDX-License-Identifier: Apache-2.0
#include "server/operations/item_parameters.h"

#include <algorithm>
#include <span>
#include <unordered_map>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "model/limits.h"
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

// The newer validator hands requests with values nested deeper than this to the older one (measured
// on AWS, October 2026: 61 maps around a scalar are newer, 63 are older).
constexpr std::size_t kNewerValidatorLevels = 63;

// Of all ExpressionAttributeNames and -Values together.
constexpr std::size_t kMaxPlaceholdersBytes = 2 * 1024 * 1024;

template <class T, class Read>
Result<void> Keep(std::optional<T>& into, Read read) {
  PUMICE_TRY(auto value, read());
  into = std::move(value);
  return Ok();
}

/// Of members with one name the last wins, in the first one's place.
template <class Value>
void DropRepeated(std::vector<std::pair<std::string, Value>>& members) {
  constexpr std::size_t kFew = 32;  // these are compared with one another, which needs no memory
  std::unordered_map<std::string, std::size_t> places;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    std::size_t place = 0;
    if (members.size() > kFew) {
      place = places.try_emplace(members[i].first, kept).first->second;
    } else {
      while (place < kept && members[place].first != members[i].first) ++place;
    }
    if (place != i) members[place] = std::move(members[i]);
    if (place == kept) ++kept;
  }
  members.resize(kept);
}

std::vector<std::string_view> ExpressionsSent(const ItemParameters& parameters) {
  std::vector<std::string_view> sent;
  const auto add = [&](const std::optional<std::string>& expression, std::string_view name) {
    if (expression) sent.push_back(name);
  };
  add(parameters.update_expression, "UpdateExpression");
  add(parameters.condition_expression, "ConditionExpression");
  add(parameters.projection_expression, "ProjectionExpression");
  add(parameters.filter_expression, "FilterExpression");
  add(parameters.key_condition_expression, "KeyConditionExpression");
  return sent;
}

/// KeyConditions goes with other expressions than KeyConditionExpression (measured on AWS, 2026).
std::vector<std::string_view> NonExpressionsSent(const ItemParameters& parameters) {
  if (!parameters.legacy) return {};
  auto sent = NamesSent(*parameters.legacy);
  if (!parameters.key_condition_expression) std::erase(sent, "KeyConditions");
  return sent;
}

/// AWS: "Quotas in Amazon DynamoDB", expression parameters. The texts are DynamoDB Local's.
Result<void> CheckPlaceholderSizes(const ExpressionAttributes& attributes) {
  if (attributes.names_bytes + attributes.values_bytes <= kMaxPlaceholdersBytes) return Ok();
  const auto refuse = [](std::string_view what) {
    return Error(ErrorCode::kValidation, fmt::format("{} exceeds max size", what));
  };
  if (attributes.names_bytes > kMaxPlaceholdersBytes) return refuse("ExpressionAttributeNames");
  if (attributes.values_bytes > kMaxPlaceholdersBytes) return refuse("ExpressionAttributeValues");
  return refuse("Combined size of ExpressionAttributeNames and ExpressionAttributeValues");
}

/// The attribute name that a placeholder stands for.
Result<void> CheckTarget(std::string_view name, std::string_view target, ValueTexts texts) {
  const auto refuse = [&](std::string_view problem) {
    return Error(ErrorCode::kValidation,
                 fmt::format("ExpressionAttributeNames contains invalid value: {} for key {}",
                             problem, name));
  };
  if (target.empty()) return refuse("Empty attribute name");
  if (target.size() <= kMaxAttributeNameBytes) return Ok();
  // The newer text: UpdateItem, measured on AWS, September 2026 (github.com/ExtendDB/extenddb,
  // issue 365); the older one is DynamoDB Local's.
  constexpr std::string_view kTooLarge =
      "Attribute name is too large, must be less than 65536 bytes";
  if (texts == ValueTexts::kOlder) return refuse(kTooLarge);
  return Error(ErrorCode::kValidation, std::string(kTooLarge));
}

void CheckWord(bool known, const std::optional<std::string>& sent, std::string_view path,
               std::string_view words, ConstraintErrors& errors) {
  if (!known) errors.AddValue(*sent, path, OneOf(words));
}

}  // namespace

Result<void> CheckNoMix(const std::vector<std::string_view>& non_expressions,
                        const std::vector<std::string_view>& expressions) {
  if (non_expressions.empty() || expressions.empty()) return Ok();
  return Error(
      ErrorCode::kValidation,
      fmt::format("Can not use both expression and non-expression parameters in the same request: "
                  "Non-expression parameters: {{{}}} Expression parameters: {{{}}}",
                  fmt::join(non_expressions, ", "), fmt::join(expressions, ", ")));
}

Result<void> ReadAttributeNames(JsonValue& value, ExpressionAttributes& attributes) {
  attributes.names_given = true;
  attributes.names.clear();
  attributes.names_bytes = 0;
  PUMICE_TRY(
      value.Map("java.lang.String", [&](std::string_view name, JsonValue& target) -> Result<void> {
        std::string key(name);  // the view does not outlive the reading of the value
        PUMICE_TRY(auto text, target.String());
        attributes.names_bytes += key.size() + text.size();
        attributes.names.emplace_back(std::move(key), std::move(text));
        return Ok();
      }));
  DropRepeated(attributes.names);
  return Ok();
}

Result<void> ReadAttributeValues(JsonValue& value, ValueTexts texts,
                                 ExpressionAttributes& attributes, std::size_t max_levels) {
  attributes.values_given = true;
  attributes.values.clear();
  attributes.values_bytes = 0;
  PUMICE_TRY(value.Map(
      "com.amazonaws.dynamodb.v20120810.AttributeValue",
      [&](std::string_view name, JsonValue& element) -> Result<void> {
        std::string key(name);  // the view does not outlive the reading of the value
        PUMICE_TRY(auto parsed, element.Value(texts, max_levels));
        attributes.nesting_levels = std::max(attributes.nesting_levels, parsed.nesting_levels);
        attributes.values_bytes += key.size() + ValueSizeBytes(parsed.value);
        if (parsed.problem && !attributes.value_problem) {
          attributes.value_problem =
              texts == ValueTexts::kOlder
                  ? Error(ErrorCode::kValidation,
                          fmt::format(
                              "ExpressionAttributeValues contains invalid value: {} for key {}",
                              parsed.problem->client_text(), key))
                  : std::move(*parsed.problem);
        }
        attributes.values.emplace_back(std::move(key), std::move(parsed.value));
        return Ok();
      }));
  DropRepeated(attributes.values);
  return Ok();
}

Result<void> ReadItemParameter(std::string_view name, JsonValue& value, ValueTexts texts,
                               ItemMembers members, ItemParameters& parameters) {
  const auto found = std::find(kItemMemberNames.begin(), kItemMemberNames.end(), name);
  if (found == kItemMemberNames.end()) return Ok();
  const auto member = static_cast<ItemMember>(found - kItemMemberNames.begin());
  if (!members.Has(member)) return Ok();
  const auto string = [&](std::optional<std::string>& into) {
    return Keep(into, [&] { return value.String(); });
  };
  const auto item = [&](std::optional<ParsedItem>& into) {
    return Keep(into, [&] { return value.ItemMap(texts); });
  };
  const auto integer = [&](std::optional<std::int64_t>& into) {
    return Keep(into, [&] { return value.Integer(); });
  };
  const auto boolean = [&](std::optional<bool>& into) {
    return Keep(into, [&] { return value.Boolean(); });
  };
  switch (member) {
    case ItemMember::kTableName: return string(parameters.table_name);
    case ItemMember::kKey: return item(parameters.key);
    case ItemMember::kItem: return item(parameters.item);
    case ItemMember::kExpressionAttributeValues:
      return ReadAttributeValues(value, texts, parameters.attributes);
    case ItemMember::kExpressionAttributeNames:
      parameters.attributes.texts = texts;
      return ReadAttributeNames(value, parameters.attributes);
    case ItemMember::kConditionExpression: return string(parameters.condition_expression);
    case ItemMember::kUpdateExpression: return string(parameters.update_expression);
    case ItemMember::kKeyConditionExpression: return string(parameters.key_condition_expression);
    case ItemMember::kProjectionExpression: return string(parameters.projection_expression);
    case ItemMember::kFilterExpression: return string(parameters.filter_expression);
    case ItemMember::kIndexName: return string(parameters.index_name);
    case ItemMember::kLimit: return integer(parameters.limit);
    case ItemMember::kConsistentRead: return boolean(parameters.consistent_read);
    case ItemMember::kScanIndexForward: return boolean(parameters.scan_index_forward);
    case ItemMember::kExclusiveStartKey: return item(parameters.exclusive_start_key);
    case ItemMember::kSelect: return string(parameters.select);
    case ItemMember::kSegment: return integer(parameters.segment);
    case ItemMember::kTotalSegments: return integer(parameters.total_segments);
    case ItemMember::kReturnValues: return string(parameters.return_values);
    case ItemMember::kReturnConsumedCapacity: return string(parameters.return_consumed_capacity);
    case ItemMember::kReturnItemCollectionMetrics:
      return string(parameters.return_item_collection_metrics);
    case ItemMember::kReturnValuesOnConditionCheckFailure:
      return string(parameters.return_values_on_condition_check_failure);
    case ItemMember::kAttributesToGet:
    case ItemMember::kAttributeUpdates:
    case ItemMember::kExpected:
    case ItemMember::kKeyConditions:
    case ItemMember::kQueryFilter:
    case ItemMember::kScanFilter:
    case ItemMember::kConditionalOperator:
      return ReadLegacyParameter(name, value, texts, parameters.legacy);
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
                                              ConstraintErrors& errors,
                                              std::string_view path_prefix) {
  if (!sent) return;
  CheckWord(*sent == "ALL_OLD" || *sent == "NONE", sent,
            fmt::format("{}returnValuesOnConditionCheckFailure", path_prefix), "ALL_OLD, NONE",
            errors);
}

void CheckSelect(const std::optional<std::string>& sent, ConstraintErrors& errors) {
  if (!sent) return;
  CheckWord(FromWord(kSelect, *sent).has_value(), sent, "select",
            "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES", errors);
}

void CheckName(const std::optional<std::string>& sent, std::string_view path,
               ConstraintErrors& errors) {
  const bool of_table = path.ends_with("tableName");
  if (!sent || (of_table && IsArn(*sent))) return;
  if (sent->empty() && of_table) {
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
  if (!parameters.legacy && !attributes.names_given && !attributes.values_given) return Ok();
  const auto expressions = ExpressionsSent(parameters);
  PUMICE_TRY(CheckNoMix(NonExpressionsSent(parameters), expressions));
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
  return Ok();
}

Result<void> CheckPlaceholders(const ExpressionAttributes& attributes) {
  PUMICE_TRY(CheckPlaceholderSizes(attributes));
  PUMICE_TRY(Placeholders::CheckKeys(attributes.names, attributes.names_given, attributes.values,
                                     attributes.values_given));
  for (const auto& [name, target] : attributes.names) {
    PUMICE_TRY(CheckTarget(name, target, attributes.texts));
  }
  if (!attributes.value_problem) return Ok();
  return Error(attributes.value_problem->code(), attributes.value_problem->client_text());
}

Result<Placeholders> TakePlaceholders(ItemParameters& parameters) {
  PUMICE_TRY(CheckPlaceholders(parameters.attributes));
  return Placeholders(std::move(parameters.attributes.names),
                      std::move(parameters.attributes.values));
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
         parameters.attributes.nesting_levels > kNewerValidatorLevels ||
         (parameters.legacy && parameters.legacy->nesting_levels > kNewerValidatorLevels);
}

}  // namespace pumice
