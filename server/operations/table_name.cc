// SPDX-License-Identifier: Apache-2.0
#include "server/operations/table_name.h"

#include <algorithm>
#include <array>

#include <fmt/core.h>

namespace pumice {
namespace {

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

Error Enveloped(std::string_view text) {
  return Error(ErrorCode::kValidation, fmt::format("{}{}", kEnvelope, text));
}

constexpr std::size_t kArnParts = 6;

/// arn:partition:service:region:account:resource; fewer parts stay empty.
std::array<std::string_view, kArnParts> SplitArn(std::string_view arn) {
  std::array<std::string_view, kArnParts> parts;
  for (std::size_t i = 0; i + 1 < kArnParts; ++i) {
    const std::size_t colon = arn.find(':');
    parts[i] = arn.substr(0, colon);
    if (colon == std::string_view::npos) return parts;
    arn.remove_prefix(colon + 1);
  }
  parts[kArnParts - 1] = arn;
  return parts;
}

Result<std::string_view> NameInArn(std::string_view arn) {
  constexpr std::string_view kTable = "table/";
  const auto [scheme, partition, service, region, account, resource] = SplitArn(arn);
  if (!partition.starts_with("aws")) {
    return Enveloped(fmt::format("Invalid AWS partition in '{}'", arn));
  }
  if (service != "dynamodb") return Enveloped(fmt::format("Invalid AWS service in '{}'", arn));
  if (region.empty()) return Enveloped(fmt::format("Invalid AWS region in '{}'", arn));
  if (!resource.starts_with(kTable) || !IsNameText(resource.substr(kTable.size()))) {
    return Enveloped(fmt::format("Invalid resource type in '{}'", arn));
  }
  return resource.substr(kTable.size());
}

}  // namespace

bool IsNameText(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsNameCharacter);
}

bool IsArn(std::string_view text) { return text.starts_with("arn:"); }

void CheckNameConstraints(std::string_view name, std::string_view path, ConstraintErrors& errors) {
  if (!IsNameText(name)) errors.AddValue(name, path, kNamePattern);
  if (name.size() < kMinNameLength) errors.AddValue(name, path, LengthAtLeast(kMinNameLength));
  if (name.size() > kMaxNameLength) errors.AddValue(name, path, LengthAtMost(kMaxNameLength));
}

Result<void> CheckTableNameGiven(const std::optional<std::string>& sent) {
  if (sent) return Ok();
  return Error(ErrorCode::kValidation,
               "The parameter 'TableName' is required but was not present in the request");
}

Result<TableReference> ResolveTable(const std::optional<std::string>& sent) {
  PUMICE_TRY(CheckTableNameGiven(sent));
  if (IsArn(*sent)) return ResolveName(*sent);
  if (sent->size() < kMinNameLength || sent->size() > kMaxNameLength) {
    return Error(ErrorCode::kValidation,
                 "TableName must be at least 3 characters long and at most 255 characters long");
  }
  ConstraintErrors errors;
  CheckNameConstraints(*sent, "tableName", errors);
  PUMICE_TRY(errors.Check());
  return ResolveName(*sent);
}

Result<TableReference> ResolveName(std::string sent) {
  if (!IsArn(sent)) {
    TableName name(sent);
    return TableReference{std::move(sent), std::move(name)};
  }
  PUMICE_TRY(const auto name, NameInArn(sent));
  TableName table_name{std::string(name)};
  return TableReference{std::move(sent), std::move(table_name)};
}

std::string TableArn(std::string_view region, std::string_view account_id, std::string_view name) {
  return fmt::format("arn:aws:dynamodb:{}:{}:table/{}", region, account_id, name);
}

}  // namespace pumice
