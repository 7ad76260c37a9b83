// SPDX-License-Identifier: Apache-2.0
#include "storage/catalog_upgrade.h"

#include <string>
#include <utility>
#include <vector>

#include "model/item_key.h"
#include "storage/catalog_keys.h"
#include "storage/description_json.h"
#include "storage/index_entry.h"
#include "storage/item_codec.h"
#include "storage/key_format.h"

namespace pumice {
namespace {

constexpr std::size_t kEntriesPerCommit = 1000;

struct NewValue {
  std::string entry_key;
  std::string value;
};

Result<void> Commit(Engine& engine, std::vector<NewValue>& values) {
  const std::string_view lock_key = kFormatKey;
  PUMICE_TRY(engine.Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
    for (const NewValue& made : values) {
      transaction.Put(Family::kIndexes, made.entry_key, made.value);
    }
    return Ok();
  }));
  values.clear();
  return Ok();
}

Result<std::string> ReferenceOf(const TableDescription& table, std::string_view copy) {
  const Item item = EncodedItemView(copy).Decode();
  const std::optional<ItemKey> key = ExtractKey(table.key_schema, item);
  if (!key) return Error(ErrorCode::kInternal, "The stored data is damaged.", "an index entry");
  return ReferenceTo(ItemKeyBytes(table.id, *key));
}

Result<void> Upgrade(Engine& engine, const TableDescription& table, const IndexDescription& index) {
  std::vector<NewValue> values;
  const auto cursor =
      engine.NewCursor(Family::kIndexes, WholeRange(index.id.value()), Direction::kForward);
  for (; cursor->Valid(); cursor->Next()) {
    if (IsReference(cursor->value())) continue;
    PUMICE_TRY(auto reference, ReferenceOf(table, cursor->value()));
    values.push_back({std::string(cursor->key()), std::move(reference)});
    if (values.size() == kEntriesPerCommit) {
      PUMICE_TRY(Commit(engine, values));
    }
  }
  PUMICE_TRY(cursor->status());
  return Commit(engine, values);
}

}  // namespace

Result<void> ReplaceCopiesByReferences(Engine& engine) {
  const std::string prefix(1, kTablePrefix);
  const auto cursor =
      engine.NewCursor(Family::kCatalog, {prefix, AfterPrefix(prefix)}, Direction::kForward);
  for (; cursor->Valid(); cursor->Next()) {
    PUMICE_TRY(const auto table, ReadTableJson(cursor->value()));
    for (const IndexDescription& index : table.indexes) {
      if (index.projection.type != ProjectionType::kAll) continue;
      PUMICE_TRY(Upgrade(engine, table, index));
    }
  }
  return cursor->status();
}

}  // namespace pumice
