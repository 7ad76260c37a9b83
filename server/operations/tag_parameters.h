// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the tag operations and CreateTable's Tags have in common. Thread rule: free functions, any
// thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/table.h"
#include "server/operations/operation.h"
#include "server/operations/table_name.h"
#include "server/protocol/constraint_errors.h"
#include "server/protocol/json_reader.h"

namespace pumice {

struct SentTag {
  std::optional<std::string> key;
  std::optional<std::string> value;
};

// AWS: "Tagging restrictions in DynamoDB".
inline constexpr std::size_t kMaxTags = 50;

/// Errors: Serialization.
Result<std::vector<SentTag>> ReadTags(JsonValue& value);

/// Key and value are there, and of 1-128 and 0-256 characters.
void CheckTagConstraints(const std::vector<SentTag>& tags, ConstraintErrors& errors);

/// The constraints hold already. Errors: Validation: "aws:" in front, characters that tags may not
/// have, one key twice.
Result<std::vector<Tag>> DefineTags(const std::vector<SentTag>& tags);

/// Errors: Validation, more than a resource may have.
Result<void> CheckTagCount(std::size_t count);

/// ResourceArn's own constraints: it is there and of 1-1283 characters.
void CheckResourceArnConstraints(const std::optional<std::string>& arn, ConstraintErrors& errors);

/// The table that a ResourceArn names. Errors: Validation, no ARN of a table.
Result<TableReference> ResolveResourceArn(const std::string& arn);

/// In the tag operations' words. Errors: ResourceNotFound; ResourceInUse (being created).
Result<TablePtr> FindTaggedTable(OperationContext& context, const TableReference& resource);

}  // namespace pumice
