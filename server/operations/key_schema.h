// SPDX-License-Identifier: Apache-2.0
#pragma once
// From KeySchema and AttributeDefinitions as sent to typed keys, with AWS's checks and words. The
// constraints (required members, enum values) hold already. Thread rule: free functions, any
// thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/table.h"
#include "server/operations/table_parameters.h"

namespace pumice {

/// What stands before most texts of table operations.
inline constexpr std::string_view kInvalidValues = "One or more parameter values were invalid: ";

/// Validation: kInvalidValues + text.
Error InvalidValues(std::string_view text);

/// Typed definitions in the order sent. Errors: Validation, one name twice.
Result<std::vector<KeyAttribute>> DefineAttributes(
    const std::vector<SentAttributeDefinition>& sent);

/// The table's keys: one HASH, at most one RANGE. Errors: Validation.
Result<KeySchema> DefineTableKeys(const SentKeySchema& sent,
                                  const std::vector<KeyAttribute>& definitions);

/// A local index's keys: as the table's. Errors: Validation.
Result<KeySchema> DefineLocalIndexKeys(const SentKeySchema& sent,
                                       const std::vector<KeyAttribute>& definitions);

/// A global index's keys: up to four HASH, then up to four RANGE. Errors: Validation.
Result<KeySchema> DefineGlobalIndexKeys(const SentKeySchema& sent,
                                        const std::vector<KeyAttribute>& definitions);

/// "[a, b]"
std::string BracketedNames(const std::vector<KeyAttribute>& attributes);

}  // namespace pumice
