// SPDX-License-Identifier: Apache-2.0
#include "storage/index_maintainer.h"

#include <algorithm>
#include <utility>

#include "storage/index_entry.h"
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

/// What an index holds of the item; none: all of it.
std::optional<std::string> ProjectItem(const TableDescription& table, const IndexDescription& index,
                                       const EncodedItemView& item) {
  if (index.projection.type == ProjectionType::kAll) return std::nullopt;
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

/// An entry of one state of an item; lives on the item it was made from.
class EntryView {
 public:
  EntryView(std::string key, std::optional<std::string> projected, const EncodedItemView& item)
      : key_(std::move(key)), projected_(std::move(projected)), item_(item) {}

  const std::string& key() const { return key_; }
  /// What a reader of the index sees.
  std::string_view shown() const { return projected_ ? *projected_ : item_.bytes(); }
  std::int64_t size_bytes() const {
    return static_cast<std::int64_t>(EncodedItemView(shown()).size_bytes());
  }
  bool refers() const { return !projected_; }
  std::string StoredValue(std::string_view item_key_bytes) const {
    return projected_ ? *projected_ : ReferenceTo(item_key_bytes);
  }

 private:
  std::string key_;
  std::optional<std::string> projected_;
  EncodedItemView item_;
};

/// Whether two states of an item have the same entry key in the index.
bool SameKey(const IndexDescription& index, const EncodedItemView& one,
             const EncodedItemView& two) {
  const auto same = [&](const KeyAttribute& key) {
    return one.FindJson(key.name) == two.FindJson(key.name);
  };
  return std::all_of(index.key_schema.hash.begin(), index.key_schema.hash.end(), same) &&
         std::all_of(index.key_schema.range.begin(), index.key_schema.range.end(), same);
}

std::optional<EntryView> OldEntry(const ItemTransition& transition, const IndexDescription& index) {
  if (transition.old == nullptr) return std::nullopt;
  const EncodedItemView& old = *transition.old;
  std::optional<std::string> key = EntryKey(index, transition.item_key_bytes, old);
  if (!key) return std::nullopt;
  return EntryView(*std::move(key), ProjectItem(transition.table, index, old), old);
}

std::optional<EntryView> NewEntry(const ItemTransition& transition, const IndexDescription& index,
                                  const std::optional<EntryView>& old) {
  if (transition.item == nullptr) return std::nullopt;
  const EncodedItemView& item = *transition.item;
  std::optional<std::string> key = old && SameKey(index, *transition.old, item)
                                       ? old->key()
                                       : EntryKey(index, transition.item_key_bytes, item);
  if (!key) return std::nullopt;
  return EntryView(*std::move(key), ProjectItem(transition.table, index, item), item);
}

/// One index's entry before and after a write.
struct EntryTransition {
  const ItemTransition& item;
  const std::optional<EntryView>& old;
  const std::optional<EntryView>& now;
};

/// Writes the difference between an entry's two states; the units that AWS charges for it.
std::int64_t ReplaceEntry(Transaction& transaction, const EntryTransition& entry) {
  const auto& [item, old, now] = entry;
  const auto put = [&] {
    transaction.Put(Family::kIndexes, now->key(), now->StoredValue(item.item_key_bytes));
  };
  if (old && now && old->key() == now->key()) {
    if (!now->refers()) put();  // a reference stays what it is
    return WriteUnits(std::max(old->size_bytes(), now->size_bytes()));
  }
  std::int64_t units = 0;
  if (old) {
    transaction.Delete(Family::kIndexes, old->key());
    units += WriteUnits(old->size_bytes());
  }
  if (now) {
    put();
    units += WriteUnits(now->size_bytes());
  }
  return units;
}

/// None: the entry does not change.
std::optional<IndexEffect> UpdateEntry(Transaction& transaction, IndexId index,
                                       const EntryTransition& entry) {
  const auto& [item, old, now] = entry;
  if (!old && !now) return std::nullopt;
  if (old && now && old->key() == now->key() && old->shown() == now->shown()) return std::nullopt;
  return IndexEffect{
      .index = index,
      .write_units = ReplaceEntry(transaction, entry),
      .count_delta = (now ? 1 : 0) - (old ? 1 : 0),
      .size_delta_bytes = (now ? now->size_bytes() : 0) - (old ? old->size_bytes() : 0)};
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
  const EntryView entry(*std::move(key), ProjectItem(table, index, item), item);
  return IndexEntry{entry.key(), entry.StoredValue(item_key_bytes), entry.size_bytes()};
}

Result<std::vector<IndexEffect>> UpdateIndexes(Transaction& transaction,
                                               const ItemTransition& transition) {
  std::vector<IndexEffect> effects;
  for (const IndexDescription& index : transition.table.indexes) {
    if (index.status == IndexStatus::kDeleting) continue;
    std::optional<EntryView> old = OldEntry(transition, index);
    const std::optional<EntryView> now = NewEntry(transition, index, old);
    if (old && Contains(transition.filling, index.id)) {
      PUMICE_TRY(const auto there, transaction.Get(Family::kIndexes, old->key()));
      if (!there) old.reset();
    }
    const auto effect = UpdateEntry(transaction, index.id, {transition, old, now});
    if (effect) effects.push_back(*effect);
  }
  return effects;
}

}  // namespace pumice
