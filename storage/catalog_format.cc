// SPDX-License-Identifier: Apache-2.0
#include "storage/catalog_format.h"

#include <string>

#include "storage/catalog_keys.h"
#include "storage/catalog_upgrade.h"

namespace pumice {
namespace {

Result<void> WriteFormat(Engine& engine) {
  const std::string_view lock_key = kFormatKey;
  return engine.Transact({&lock_key, 1}, [](Transaction& transaction) -> Result<void> {
    transaction.Put(Family::kCatalog, kFormatKey, kFormatText);
    return Ok();
  });
}

}  // namespace

Result<void> EnsureCatalogFormat(Engine& engine) {
  PUMICE_TRY(const auto found, engine.Get(Family::kCatalog, kFormatKey));
  if (found) {
    if (*found == kFormatText) return Ok();
    if (*found == kOldFormatText) {
      PUMICE_TRY(ReplaceCopiesByReferences(engine));
      return WriteFormat(engine);
    }
    return Error(ErrorCode::kInternal, "The database has the format \"" + *found +
                                           "\"; this version of Pumice reads \"" +
                                           std::string(kFormatText) + "\"");
  }
  const auto anything = engine.NewCursor(Family::kCatalog, {}, Direction::kForward);
  if (anything->Valid()) {
    return Error(ErrorCode::kInternal, "The database was not written by Pumice");
  }
  PUMICE_TRY(anything->status());
  return WriteFormat(engine);
}

}  // namespace pumice
