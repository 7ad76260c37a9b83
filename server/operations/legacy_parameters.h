// SPDX-License-Identifier: Apache-2.0
#pragma once
// The non-expression parameters of item operations as they came: nothing judged yet but the JSON
// types. What they mean: legacy_expressions.h.

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/protocol/json_reader.h"

namespace pumice {

/// An entry of Expected, QueryFilter, ScanFilter or KeyConditions; the last three have no "Value"
/// and no "Exists".
struct SentCondition {
  std::optional<std::string> comparison_operator;
  std::optional<std::vector<ParsedValue>> attribute_value_list;
  std::optional<ParsedValue> value;
  std::optional<bool> exists;
};
/// By attribute.
using SentConditions = std::map<std::string, SentCondition>;

/// An entry of AttributeUpdates.
struct SentUpdate {
  std::optional<std::string> action;
  std::optional<ParsedValue> value;
};
using SentUpdates = std::map<std::string, SentUpdate>;

struct LegacyParameters {
  std::optional<std::vector<std::string>> attributes_to_get;
  std::optional<SentUpdates> attribute_updates;
  std::optional<SentConditions> expected;
  std::optional<SentConditions> query_filter;
  std::optional<SentConditions> scan_filter;
  std::optional<std::string> conditional_operator;
  std::optional<SentConditions> key_conditions;
  std::size_t nesting_levels = 1;  // of the deepest value
};
/// Null where none was sent: most requests have none, and pay for none.
using LegacyParametersPtr = std::unique_ptr<LegacyParameters>;

/// Reads the parameter of this name. Precondition: it is one of the above.
Result<void> ReadLegacyParameter(std::string_view name, JsonValue& value, ValueTexts texts,
                                 LegacyParametersPtr& legacy);

/// The names of those that were sent, in the order in which AWS prints them.
std::vector<std::string_view> NamesSent(const LegacyParameters& legacy);

}  // namespace pumice
