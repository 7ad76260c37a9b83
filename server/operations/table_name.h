// SPDX-License-Identifier: Apache-2.0
#pragma once
// The table that a request names: by its name or, wherever a name may stand, by its ARN (AWS, March
// 2024). Thread rule: free functions, any thread.

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/named_type.h"
#include "server/protocol/constraint_errors.h"

namespace pumice {

struct TableReference {
  std::string as_sent;  // what ConsumedCapacity echoes
  TableName name;
};

inline constexpr std::size_t kMinNameLength = 3;
inline constexpr std::size_t kMaxNameLength = 255;

/// Whether all characters are of [a-zA-Z0-9_.-] and there is at least one.
bool IsNameText(std::string_view text);

/// The older validator's constraints of a name: pattern, then length. path: "tableName",
/// "globalSecondaryIndexes.1.member.indexName", …
void CheckNameConstraints(std::string_view name, std::string_view path, ConstraintErrors& errors);

/// The table operations' own first check. Errors: Validation "The parameter 'TableName' is required
/// …".
Result<void> CheckTableNameGiven(const std::optional<std::string>& sent);

/// For operations on an existing table: given, neither too short nor too long, a name or a table's
/// ARN. Errors: Validation.
Result<TableReference> ResolveTable(const std::optional<std::string>& sent);

/// The same without the check of length, for a name whose constraints were checked. Errors:
/// Validation (an ARN that is not one of a table).
Result<TableReference> ResolveName(std::string sent);

bool IsArn(std::string_view text);

/// arn:aws:dynamodb:<region>:<account>:table/<name>
std::string TableArn(std::string_view region, std::string_view account_id, std::string_view name);

}  // namespace pumice
