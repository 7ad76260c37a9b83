// SPDX-License-Identifier: Apache-2.0
#include "server/operations/key_schema.h"

#include <algorithm>
#include <set>

#include <fmt/core.h>

namespace pumice {
namespace {

// AWS: "Global secondary indexes", multi-attribute keys (November 2025).
constexpr std::size_t kMaxKeysOfOneType = 4;

Error Invalid(std::string text) { return Error(ErrorCode::kValidation, std::move(text)); }

bool IsHash(const SentKeyElement& element) { return *element.key_type == "HASH"; }

const KeyAttribute* FindDefinition(const std::vector<KeyAttribute>& definitions,
                                   std::string_view name) {
  const auto found = std::find_if(definitions.begin(), definitions.end(),
                                  [&](const KeyAttribute& known) { return known.name == name; });
  return found == definitions.end() ? nullptr : &*found;
}

bool AllDefined(const SentKeySchema& sent, const std::vector<KeyAttribute>& definitions) {
  return std::all_of(sent.begin(), sent.end(), [&](const SentKeyElement& element) {
    return FindDefinition(definitions, *element.attribute_name) != nullptr;
  });
}

KeySchema Typed(const SentKeySchema& sent, const std::vector<KeyAttribute>& definitions) {
  KeySchema schema;
  for (const SentKeyElement& element : sent) {
    (IsHash(element) ? schema.hash : schema.range)
        .push_back(*FindDefinition(definitions, *element.attribute_name));
  }
  return schema;
}

Result<void> CheckHashThenRange(const SentKeySchema& sent) {
  if (!IsHash(sent.front())) {
    return Invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (sent.size() > 1 && IsHash(sent[1])) {
    return Invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  return Ok();
}

Result<void> CheckIndexKeysDefined(const SentKeySchema& sent,
                                   const std::vector<KeyAttribute>& definitions) {
  if (AllDefined(sent, definitions)) return Ok();
  std::vector<KeyAttribute> keys;
  for (const SentKeyElement& element : sent) keys.push_back({*element.attribute_name, {}});
  return InvalidValues(
      fmt::format("Some index key attributes are not defined in AttributeDefinitions. Keys: {}, "
                  "AttributeDefinitions: {}",
                  BracketedNames(keys), BracketedNames(definitions)));
}

Result<void> CheckCounts(const SentKeySchema& sent) {
  const auto hash_count = static_cast<std::size_t>(std::count_if(sent.begin(), sent.end(), IsHash));
  for (const auto& [count, word] :
       {std::pair(hash_count, "HASH"), std::pair(sent.size() - hash_count, "RANGE")}) {
    if (count <= kMaxKeysOfOneType) continue;
    return InvalidValues(
        fmt::format("The KeySchema exceeds the maximum allowed number of {} key attributes", word));
  }
  return Ok();
}

}  // namespace

Error InvalidValues(std::string_view text) {
  return Invalid(fmt::format("{}{}", kInvalidValues, text));
}

std::string BracketedNames(const std::vector<KeyAttribute>& attributes) {
  std::string text = "[";
  for (const KeyAttribute& attribute : attributes) {
    if (text.size() > 1) text += ", ";
    text += attribute.name;
  }
  return text + "]";
}

Result<std::vector<KeyAttribute>> DefineAttributes(
    const std::vector<SentAttributeDefinition>& sent) {
  std::vector<KeyAttribute> definitions;
  for (const SentAttributeDefinition& definition : sent) {
    if (FindDefinition(definitions, *definition.name) != nullptr) {
      return Invalid(fmt::format("Attribute Name is duplicated: {}", *definition.name));
    }
    definitions.push_back(
        {*definition.name, AttributeTypeFromName(*definition.type).value_or(AttributeType::kS)});
  }
  return definitions;
}

Result<KeySchema> DefineTableKeys(const SentKeySchema& sent,
                                  const std::vector<KeyAttribute>& definitions) {
  // More keys than definitions is the same mistake to AWS, whatever the names (measured
  // July-October 2026).
  if (!AllDefined(sent, definitions) || sent.size() > definitions.size()) {
    return Invalid("Invalid KeySchema: Some index key attribute have no definition");
  }
  if (sent.size() > 1 && sent[0].attribute_name == sent[1].attribute_name) {
    return Invalid(
        "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  PUMICE_TRY(CheckHashThenRange(sent));
  return Typed(sent, definitions);
}

Result<KeySchema> DefineLocalIndexKeys(const SentKeySchema& sent,
                                       const std::vector<KeyAttribute>& definitions) {
  PUMICE_TRY(CheckIndexKeysDefined(sent, definitions));
  if (sent.size() > 1 && sent[0].attribute_name == sent[1].attribute_name) {
    return Invalid(
        "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  PUMICE_TRY(CheckHashThenRange(sent));
  return Typed(sent, definitions);
}

Result<KeySchema> DefineGlobalIndexKeys(const SentKeySchema& sent,
                                        const std::vector<KeyAttribute>& definitions) {
  PUMICE_TRY(CheckIndexKeysDefined(sent, definitions));
  if (!IsHash(sent.front())) {
    return Invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  const auto first_range = std::find_if_not(sent.begin(), sent.end(), IsHash);
  if (std::any_of(first_range, sent.end(), IsHash)) {
    return InvalidValues(
        "All HASH key attributes must precede RANGE key attributes in the KeySchema");
  }
  PUMICE_TRY(CheckCounts(sent));
  std::set<std::string_view> names;
  for (const SentKeyElement& element : sent) {
    if (names.insert(*element.attribute_name).second) continue;
    if (sent.size() == 2) {
      return Invalid(
          "Both the Hash Key and the Range Key element in the KeySchema have the same name");
    }
    return Invalid("The KeySchema contains multiple key attributes with the same name");
  }
  return Typed(sent, definitions);
}

}  // namespace pumice
