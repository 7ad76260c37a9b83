// SPDX-License-Identifier: Apache-2.0
#include "storage/state_store.h"

#include "storage/catalog_keys.h"

namespace pumice {

Result<std::optional<std::string>> StateStore::Get(std::string_view name) const {
  return engine_.Get(Family::kCatalog, CatalogKey(kStatePrefix, name));
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
