// SPDX-License-Identifier: Apache-2.0
#include "model/table.h"

#include <algorithm>

namespace pumice {
namespace {

const KeyAttribute* FindIn(const std::vector<KeyAttribute>& attributes, std::string_view name) {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const KeyAttribute& key) { return key.name == name; });
  return found == attributes.end() ? nullptr : &*found;
}

}  // namespace

const KeyAttribute* KeySchema::Find(std::string_view attribute) const {
  const KeyAttribute* key = FindIn(hash, attribute);
  return key != nullptr ? key : FindIn(range, attribute);
}

bool KeySchema::Names(std::string_view attribute) const { return Find(attribute) != nullptr; }

bool IndexDescription::Projects(std::string_view attribute, const KeySchema& table_keys) const {
  if (projection.type == ProjectionType::kAll) return true;
  if (key_schema.Names(attribute) || table_keys.Names(attribute)) return true;
  return std::find(projection.non_key_attributes.begin(), projection.non_key_attributes.end(),
                   attribute) != projection.non_key_attributes.end();
}

std::string_view StreamViewTypeName(StreamViewType type) {
  switch (type) {
    case StreamViewType::kNewImage: return "NEW_IMAGE";
    case StreamViewType::kOldImage: return "OLD_IMAGE";
    case StreamViewType::kNewAndOldImages: return "NEW_AND_OLD_IMAGES";
    case StreamViewType::kKeysOnly: return "KEYS_ONLY";
  }
  return "";
}

const IndexDescription* TableDescription::FindIndex(std::string_view index_name) const {
  const auto found =
      std::find_if(indexes.begin(), indexes.end(),
                   [&](const IndexDescription& index) { return index.name.value() == index_name; });
  return found == indexes.end() ? nullptr : &*found;
}

bool TableDescription::HasLocalIndex() const {
  return std::any_of(indexes.begin(), indexes.end(),
                     [](const IndexDescription& index) { return index.kind == IndexKind::kLocal; });
}

std::optional<ItemKey> ExtractKey(const KeySchema& schema, const Item& item) {
  const auto value_of = [&](const KeyAttribute& key) -> const AttributeValue* {
    const AttributeValue* value = item.Find(key.name);
    return value != nullptr && value->type() == key.type ? value : nullptr;
  };
  const AttributeValue* partition = value_of(schema.hash.front());
  if (partition == nullptr) return std::nullopt;
  ItemKey key{*partition, std::nullopt};
  if (!schema.range.empty()) {
    const AttributeValue* sort = value_of(schema.range.front());
    if (sort == nullptr) return std::nullopt;
    key.sort = *sort;
  }
  return key;
}

}  // namespace pumice
