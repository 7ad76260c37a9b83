// SPDX-License-Identifier: Apache-2.0
#include "storage/index_maintainer.h"

#include <algorithm>
#include <utility>

#include "storage/index_keys.h"
#include "storage/key_format.h"

namespace pumice {
namespace {

constexpr std::int64_t kWriteUnitBytes = 1024;

std::int64_t WriteUnits(std::int64_t size_bytes) {
  return std::max<std::int64_t>(1, (size_bytes + kWriteUnitBytes - 1) / kWriteUnitBytes);
}

std::optional<std::string> EntryKey(const IndexDescription& index, std::string_view item_key_bytes,
                                    const EncodedItemView& item) {
  IndexEntryKey key(index.id);
  for (const KeyAttribute& attribute : index.key_schema.hash) {
    const std::optional<AttributeValue> value = item.Find(attribute.name);
    if (!value || !FitsIndexKey(*value, attribute, KeyType::kHash)) return std::nullopt;
    key.AddHash(*value);
  }
  key.EndHash();
  for (const KeyAttribute& attribute : index.key_schema.range) {
    const std::optional<AttributeValue> value = item.Find(attribute.name);
    if (!value || !FitsIndexKey(*value, attribute, KeyType::kRange)) return std::nullopt;
    key.AddRange(*value);
  }
  return std::move(key).Finish(TableKeyPart(item_key_bytes));
}

std::string ProjectItem(const TableDescription& table, const IndexDescription& index,
                        const EncodedItemView& item) {
  if (index.projection.type == ProjectionType::kAll) return std::string(item.bytes());
  std::vector<std::string> names;
  const auto add = [&](const std::vector<KeyAttribute>& keys) {
    for (const KeyAttribute& key : keys) names.push_back(key.name);
  };
  add(table.key_schema.hash);
  add(table.key_schema.range);
  add(index.key_schema.hash);
  add(index.key_schema.range);
  if (index.projection.type == ProjectionType::kInclude) {
    const std::vector<std::string>& more = index.projection.non_key_attributes;
    names.insert(names.end(), more.begin(), more.end());
  }
  return EncodeItem(item.DecodeOnly(names));
}

std::int64_t EntrySize(const IndexEntry& entry) {
  return static_cast<std::int64_t>(EncodedItemView(entry.value).size_bytes());
}

/// The difference between an entry's two states, written; none if there is none.
std::optional<IndexEffect> ReplaceEntry(Transaction& transaction, IndexId index,
                                        const std::optional<IndexEntry>& old,
                                        const std::optional<IndexEntry>& now) {
  if (!old && !now) return std::nullopt;
  IndexEffect effect;
  effect.index = index;
  const std::int64_t old_size = old ? EntrySize(*old) : 0;
  const std::int64_t new_size = now ? EntrySize(*now) : 0;
  effect.count_delta = (now ? 1 : 0) - (old ? 1 : 0);
  effect.size_delta_bytes = new_size - old_size;
  if (old && now && old->key == now->key) {
    if (old->value == now->value) return std::nullopt;
    transaction.Put(Family::kIndexes, now->key, now->value);
    effect.write_units = WriteUnits(std::max(old_size, new_size));
    return effect;
  }
  if (old) {
    transaction.Delete(Family::kIndexes, old->key);
    effect.write_units += WriteUnits(old_size);
  }
  if (now) {
    transaction.Put(Family::kIndexes, now->key, now->value);
    effect.write_units += WriteUnits(new_size);
  }
  return effect;
}

bool Contains(std::span<const IndexId> ids, IndexId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

std::optional<IndexEntry> MakeIndexEntry(const TableDescription& table,
                                         const IndexDescription& index,
                                         std::string_view item_key_bytes,
                                         const EncodedItemView& item) {
  std::optional<std::string> key = EntryKey(index, item_key_bytes, item);
  if (!key) return std::nullopt;
  return IndexEntry{*std::move(key), ProjectItem(table, index, item)};
}

Result<std::vector<IndexEffect>> UpdateIndexes(Transaction& transaction,
                                               const ItemTransition& transition) {
  std::vector<IndexEffect> effects;
  const auto entry_of = [&](const IndexDescription& index, const EncodedItemView* state) {
    return state != nullptr
               ? MakeIndexEntry(transition.table, index, transition.item_key_bytes, *state)
               : std::nullopt;
  };
  for (const IndexDescription& index : transition.table.indexes) {
    if (index.status == IndexStatus::kDeleting) continue;
    std::optional<IndexEntry> old = entry_of(index, transition.old);
    if (old && Contains(transition.filling, index.id)) {
      PUMICE_TRY(const auto there, transaction.Get(Family::kIndexes, old->key));
      if (!there) old.reset();
    }
    const std::optional<IndexEffect> effect =
        ReplaceEntry(transaction, index.id, old, entry_of(index, transition.item));
    if (effect) effects.push_back(*effect);
  }
  return effects;
}

}  // namespace pumice
