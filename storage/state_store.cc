// SPDX-License-Identifier: Apache-2.0
#include "storage/state_store.h"

#include "storage/catalog_keys.h"

namespace pumice {

Result<std::optional<std::string>> StateStore::Get(std::string_view name) const {
  return engine_.Get(Family::kCatalog, CatalogKey(kStatePrefix, name));
}

Result<std::vector<std::pair<std::string, std::string>>> StateStore::List(
    std::string_view prefix) const {
  const std::string begin = CatalogKey(kStatePrefix, prefix);
  std::vector<std::pair<std::string, std::string>> found;
  auto cursor = engine_.NewCursor(Family::kCatalog, {begin, {}}, Direction::kForward);
  for (; cursor->Valid() && cursor->key().starts_with(begin); cursor->Next()) {
    found.emplace_back(cursor->key().substr(1), cursor->value());
  }
  PUMICE_TRY(cursor->status());
  return found;
}

Result<void> StateStore::Put(std::string_view name, std::string_view value) {
  const std::string key = CatalogKey(kStatePrefix, name);
  const std::string_view lock_key = key;
  return engine_.Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
    transaction.Put(Family::kCatalog, key, value);
    return Ok();
  });
}

Result<void> StateStore::Delete(std::string_view name) {
  const std::string key = CatalogKey(kStatePrefix, name);
  const std::string_view lock_key = key;
  return engine_.Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
    transaction.Delete(Family::kCatalog, key);
    return Ok();
  });
}

}  // namespace pumice
