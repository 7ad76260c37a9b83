// SPDX-License-Identifier: Apache-2.0
#include "server/operations/table_access.h"

#include <optional>

#include <fmt/core.h>

#include "model/attribute_json.h"
#include "model/limits.h"
#include "server/operations/table_name.h"

namespace pumice {
namespace {

Error KeyMismatch() {
  return Error(ErrorCode::kValidation, "The provided key element does not match the schema");
}

std::size_t KeyBytes(const AttributeValue& value) {
  if (const auto* text = value.As<std::string>()) return text->size();
  if (const auto* binary = value.As<Binary>()) return binary->bytes.size();
  return 1;  // a number is never empty and never too long
}

Result<void> CheckPutKeyAttribute(const KeyAttribute& key, const Item& item) {
  const AttributeValue* value = item.Find(key.name);
  if (value == nullptr) {
    return Error(
        ErrorCode::kValidation,
        fmt::format("One or more parameter values were invalid: Missing the key {} in the item",
                    key.name));
  }
  if (value->type() != key.type) {
    return Error(
        ErrorCode::kValidation,
        fmt::format("One or more parameter values were invalid: Type mismatch for key {} "
                    "expected: {} actual: {}",
                    key.name, AttributeTypeName(key.type), AttributeTypeName(value->type())));
  }
  return Ok();
}

Result<void> CheckPutKeyAttributes(const TableDescription& table, const Item& item) {
  PUMICE_TRY(CheckPutKeyAttribute(table.key_schema.hash.front(), item));
  if (!table.key_schema.range.empty()) {
    PUMICE_TRY(CheckPutKeyAttribute(table.key_schema.range.front(), item));
  }
  return Ok();
}

/// None: an attribute is missing, of another type, or too many.
std::optional<ItemKey> ExtractWholeKey(const TableDescription& table, const Item& key_attributes) {
  const std::size_t expected = table.key_schema.range.empty() ? 1 : 2;
  if (key_attributes.size() != expected) return std::nullopt;
  return ExtractKey(table.key_schema, key_attributes);
}

}  // namespace

Result<void> CheckKeyValue(const KeyAttribute& key, const AttributeValue& value, KeyType type) {
  const std::size_t bytes = KeyBytes(value);
  if (bytes == 0) {
    return Error(
        ErrorCode::kValidation,
        fmt::format("One or more parameter values are not valid. The AttributeValue for a key "
                    "attribute cannot contain an empty {} value. Key: {}",
                    key.type == AttributeType::kB ? "binary" : "string", key.name));
  }
  if (type == KeyType::kHash && bytes > kMaxPartitionKeyBytes) {
    return Error(
        ErrorCode::kValidation,
        "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
        "size limit of2048 bytes");
  }
  if (type == KeyType::kRange && bytes > kMaxSortKeyBytes) {
    return Error(ErrorCode::kValidation,
                 "One or more parameter values were invalid: Aggregated size of all range keys has "
                 "exceeded the size limit of 1024 bytes");
  }
  return Ok();
}

Result<TablePtr> FindTable(OperationContext& context, std::string_view name_or_arn) {
  std::optional<TableReference> reference;
  if (IsArn(name_or_arn)) {
    PUMICE_TRY(reference, ResolveName(std::string(name_or_arn)));
  }
  const std::string_view name = reference ? reference->name.value() : name_or_arn;
  if (context.notes.table.empty()) context.notes.table = name;
  TablePtr table = context.database.catalog().Find(name);
  if (!table || table->status == TableStatus::kCreating ||
      table->status == TableStatus::kDeleting) {
    return Error(ErrorCode::kResourceNotFound, "Requested resource not found");
  }
  return table;
}

Result<void> CheckKeyValues(const TableDescription& table, const ItemKey& key) {
  PUMICE_TRY(CheckKeyValue(table.key_schema.hash.front(), key.partition, KeyType::kHash));
  if (key.sort) {
    PUMICE_TRY(CheckKeyValue(table.key_schema.range.front(), *key.sort, KeyType::kRange));
  }
  return Ok();
}

Result<ItemKey> MatchItem(const TableDescription& table, const Item& item) {
  PUMICE_TRY(CheckPutKeyAttributes(table, item));
  return *ExtractKey(table.key_schema, item);
}

Result<ItemKey> MatchKey(const TableDescription& table, const Item& key_attributes) {
  auto key = ExtractWholeKey(table, key_attributes);
  if (!key) return KeyMismatch();
  return std::move(*key);
}

Result<ItemKey> KeyOfItem(const TableDescription& table, const Item& item) {
  PUMICE_TRY(CheckPutKeyAttributes(table, item));
  auto key = ExtractKey(table.key_schema, item);
  PUMICE_TRY(CheckKeyValues(table, *key));
  return std::move(*key);
}

Result<ItemKey> KeyOfKey(const TableDescription& table, const Item& key_attributes) {
  auto key = ExtractWholeKey(table, key_attributes);
  if (!key) return KeyMismatch();
  PUMICE_TRY(CheckKeyValues(table, *key));
  return std::move(*key);
}

Result<ItemKey> KeyOfBatchItem(const TableDescription& table, const Item& item) {
  auto key = ExtractKey(table.key_schema, item);
  if (!key) return KeyMismatch();
  PUMICE_TRY(CheckKeyValues(table, *key));
  return std::move(*key);
}

std::string NameOfItem(const TableDescription& table, const ItemKey& key) {
  std::string name = std::to_string(table.id.value()) + '\n';
  AppendValueJson(name, key.partition);
  if (key.sort) AppendValueJson(name, *key.sort);
  return name;
}

}  // namespace pumice
