// SPDX-License-Identifier: Apache-2.0
#include "server/operations/legacy_parameters.h"

#include <algorithm>
#include <utility>

namespace pumice {
namespace {

/// Reads values for one request and keeps in mind how deep they go.
class Reader {
 public:
  Reader(ValueTexts texts, LegacyParameters& legacy) : texts_(texts), legacy_(legacy) {}

  Result<void> Conditions(std::string_view shape, JsonValue& value,
                          std::optional<SentConditions>& into) {
    return Entries(shape, value, into,
                   [&](std::string_view name, JsonValue& member, SentCondition& condition) {
                     return ConditionMember(name, member, condition);
                   });
  }

  Result<void> Updates(JsonValue& value) {
    return Entries("AttributeValueUpdate", value, legacy_.attribute_updates,
                   [&](std::string_view name, JsonValue& member, SentUpdate& update) {
                     return UpdateMember(name, member, update);
                   });
  }

 private:
  /// A map of structures; of entries with one name the last counts.
  template <class Entry, class ReadMember>
  static Result<void> Entries(std::string_view shape, JsonValue& value,
                              std::optional<std::map<std::string, Entry>>& into,
                              ReadMember read_member) {
    auto& entries = into.emplace();
    const std::string value_type = "com.amazonaws.dynamodb.v20120810." + std::string(shape);
    return value.Map(value_type, [&](std::string_view attribute, JsonValue& element) {
      Entry& entry = entries[std::string(attribute)] = Entry();
      return element.Structure(shape, [&](std::string_view name, JsonValue& member) {
        return read_member(name, member, entry);
      });
    });
  }

  Result<void> ConditionMember(std::string_view name, JsonValue& member, SentCondition& condition) {
    if (name == "ComparisonOperator") {
      PUMICE_TRY(condition.comparison_operator, member.String());
    } else if (name == "AttributeValueList") {
      return Values(member, condition.attribute_value_list.emplace());
    } else if (name == "Value") {
      return Value(member, condition.value);
    } else if (name == "Exists") {
      PUMICE_TRY(condition.exists, member.Boolean());
    }
    return Ok();
  }

  Result<void> UpdateMember(std::string_view name, JsonValue& member, SentUpdate& update) {
    if (name == "Action") {
      PUMICE_TRY(update.action, member.String());
    } else if (name == "Value") {
      return Value(member, update.value);
    }
    return Ok();
  }

  Result<void> Values(JsonValue& list, std::vector<ParsedValue>& values) {
    return list.List([&](JsonValue& element) -> Result<void> {
      std::optional<ParsedValue> value;
      PUMICE_TRY(Value(element, value));
      values.push_back(*std::move(value));
      return Ok();
    });
  }

  Result<void> Value(JsonValue& json, std::optional<ParsedValue>& into) {
    PUMICE_TRY(into, json.Value(texts_));
    legacy_.nesting_levels = std::max(legacy_.nesting_levels, into->nesting_levels);
    return Ok();
  }

  const ValueTexts texts_;
  LegacyParameters& legacy_;
};

Result<void> ReadStrings(JsonValue& value, std::vector<std::string>& strings) {
  return value.List([&](JsonValue& element) -> Result<void> {
    PUMICE_TRY(auto text, element.String());
    strings.push_back(std::move(text));
    return Ok();
  });
}

}  // namespace

Result<void> ReadLegacyParameter(std::string_view name, JsonValue& value, ValueTexts texts,
                                 LegacyParametersPtr& legacy) {
  if (!legacy) legacy = std::make_unique<LegacyParameters>();
  Reader reader(texts, *legacy);
  if (name == "AttributesToGet") return ReadStrings(value, legacy->attributes_to_get.emplace());
  if (name == "AttributeUpdates") return reader.Updates(value);
  if (name == "Expected") {
    return reader.Conditions("ExpectedAttributeValue", value, legacy->expected);
  }
  if (name == "QueryFilter") return reader.Conditions("Condition", value, legacy->query_filter);
  if (name == "ScanFilter") return reader.Conditions("Condition", value, legacy->scan_filter);
  if (name == "KeyConditions") return reader.Conditions("Condition", value, legacy->key_conditions);
  PUMICE_TRY(legacy->conditional_operator, value.String());
  return Ok();
}

std::vector<std::string_view> NamesSent(const LegacyParameters& legacy) {
  std::vector<std::string_view> names;
  const auto add = [&](bool sent, std::string_view name) {
    if (sent) names.push_back(name);
  };
  add(legacy.attributes_to_get.has_value(), "AttributesToGet");
  add(legacy.attribute_updates.has_value(), "AttributeUpdates");
  add(legacy.expected.has_value(), "Expected");
  add(legacy.query_filter.has_value(), "QueryFilter");
  add(legacy.scan_filter.has_value(), "ScanFilter");
  add(legacy.conditional_operator.has_value(), "ConditionalOperator");
  add(legacy.key_conditions.has_value(), "KeyConditions");
  return names;
}

}  // namespace pumice
