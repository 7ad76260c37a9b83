// SPDX-License-Identifier: Apache-2.0
#include "server/operations/start_key.h"

#include <string>
#include <string_view>

#include <fmt/core.h>

#include "server/operations/table_access.h"

namespace pumice {
namespace {

Error Invalid(std::string text) { return Error(ErrorCode::kValidation, std::move(text)); }

bool Matches(const SortCondition& condition, const AttributeValue& value) {
  using Operator = SortCondition::Operator;
  const auto low = Compare(value, condition.low);
  switch (condition.op) {
    case Operator::kEqual: return low == std::strong_ordering::equal;
    case Operator::kLess: return low == std::strong_ordering::less;
    case Operator::kLessOrEqual: return low && *low <= 0;
    case Operator::kGreater: return low == std::strong_ordering::greater;
    case Operator::kGreaterOrEqual: return low && *low >= 0;
    case Operator::kBetween: {
      const auto high = Compare(value, condition.high);
      return low && high && *low >= 0 && *high <= 0;
    }
    case Operator::kBeginsWith: {
      if (const auto* text = value.As<std::string>()) {
        return text->starts_with(*condition.low.As<std::string>());
      }
      const auto* binary = value.As<Binary>();
      return binary != nullptr && binary->bytes.starts_with(condition.low.As<Binary>()->bytes);
    }
  }
  return false;
}

bool InPartition(const KeySchema& schema, const KeyCondition& condition, const Item& key) {
  for (std::size_t i = 0; i < schema.hash.size(); ++i) {
    if (!(*key.Find(schema.hash[i].name) == condition.hash[i])) return false;
  }
  return true;
}

bool InSortRange(const KeySchema& schema, const KeyCondition& condition, const Item& key) {
  for (std::size_t i = 0; i < condition.sort_equals.size(); ++i) {
    if (!(*key.Find(schema.range[i].name) == condition.sort_equals[i])) return false;
  }
  if (!condition.sort) return true;
  return Matches(*condition.sort, *key.Find(schema.range[condition.sort_equals.size()].name));
}

Result<void> CheckKeyValuesOf(const KeySchema& schema, const Item& start_key) {
  for (const KeyAttribute& key : schema.hash) {
    PUMICE_TRY(CheckKeyValue(key, *start_key.Find(key.name), KeyType::kHash));
  }
  for (const KeyAttribute& key : schema.range) {
    PUMICE_TRY(CheckKeyValue(key, *start_key.Find(key.name), KeyType::kRange));
  }
  return Ok();
}

/// Empty and too long values: those of the table's key are told as part of the start key, but what
/// was checked before as the key of the Query or of the index is told bare. Precondition: FitsKeys.
Result<void> CheckKeyValuesOf(const PageSource& source, const Item& start_key, bool bare) {
  if (bare) {
    PUMICE_TRY(CheckKeyValuesOf(source.key_schema(), start_key));
  }
  auto checked = CheckKeyValuesOf(source.table->key_schema, start_key);
  if (checked) return Ok();
  return std::move(checked).error().Prefixed("The provided starting key is invalid: ");
}

}  // namespace

Result<void> CheckStartKeyValues(const std::optional<ParsedItem>& start_key) {
  if (!start_key || !start_key->problem) return Ok();
  const std::string& text = start_key->problem->client_text();
  // Problems of numbers and of duplicate members stay bare; the others are told of the key.
  const bool bare = text.starts_with("The parameter cannot be converted") ||
                    text.starts_with("Number ") || text.starts_with("Attempting to store") ||
                    text.find("contains duplicates") != std::string::npos;
  return Invalid(bare ? text : "The provided starting key is invalid: " + text);
}

Result<void> CheckQueryStartKey(const std::optional<ParsedItem>& start_key,
                                const PageSource& source, const KeyCondition& condition) {
  if (!start_key) return Ok();
  if (!FitsKeys(source, start_key->item)) return Invalid("The provided starting key is invalid");
  PUMICE_TRY(CheckKeyValuesOf(source, start_key->item, true));
  const KeySchema& schema = source.key_schema();
  if (!InSortRange(schema, condition, start_key->item)) {
    return Invalid("The provided starting key does not match the range key predicate");
  }
  if (InPartition(schema, condition, start_key->item)) return Ok();
  const bool on_sort_key = condition.sort || !condition.sort_equals.empty();
  return Invalid(on_sort_key
                     ? "The query can return at most one row and cannot be restarted"
                     : "The provided starting key is outside query boundaries based on provided "
                       "conditions");
}

Result<void> CheckScanStartKey(const std::optional<ParsedItem>& start_key, const PageSource& source,
                               const std::optional<ScanSegment>& segment) {
  if (!start_key) return Ok();
  if (!FitsKeys(source, start_key->item)) {
    return Invalid(source.index != nullptr
                       ? "The provided starting key is invalid"
                       : "The provided starting key is invalid: The provided key element does not "
                         "match the schema");
  }
  PUMICE_TRY(CheckKeyValuesOf(source, start_key->item, source.index != nullptr));
  if (segment && !InSegment(*source.table, source.index, start_key->item, *segment)) {
    return Invalid(
        fmt::format("The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
                    "ExclusiveStartKey with correct Segment. TotalSegments: {} Segment: {}",
                    segment->total, segment->segment));
  }
  return Ok();
}

}  // namespace pumice
