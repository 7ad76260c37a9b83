// SPDX-License-Identifier: Apache-2.0
#pragma once
// From a request's names and keys to the table's own: what needs the schema and comes after the
// static checks. None of these errors is ever enveloped.

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/attribute_value.h"
#include "model/item_key.h"
#include "server/operations/operation.h"
#include "storage/table_catalog.h"

namespace pumice {

/// The table that a data-plane request names (by name or ARN). Errors: ResourceNotFound "Requested
/// resource not found". Notes the table for the request log.
Result<TablePtr> FindTable(OperationContext& context, std::string_view name_or_arn);

/// Errors (Validation): the value of a key attribute is empty or too long for its place.
Result<void> CheckKeyValue(const KeyAttribute& key, const AttributeValue& value, KeyType type);

/// Both key values. Errors: those of CheckKeyValue.
Result<void> CheckKeyValues(const TableDescription& table, const ItemKey& key);

/// The keys of an item to be put, and of a Key member, as far as the schema goes: nothing is said
/// of the values, so CheckKeyValues has to follow. Errors (Validation): those of KeyOfItem and
/// KeyOfKey about attributes and types.
Result<ItemKey> MatchItem(const TableDescription& table, const Item& item);
Result<ItemKey> MatchKey(const TableDescription& table, const Item& key);

/// The key of an item to be put. Errors (Validation): a key attribute is missing, of another type,
/// empty or too long.
Result<ItemKey> KeyOfItem(const TableDescription& table, const Item& item);

/// The key of Get, Update, Delete and batch keys: exactly the key attributes. Errors (Validation):
/// "The provided key element does not match the schema", empty, too long.
Result<ItemKey> KeyOfKey(const TableDescription& table, const Item& key);

/// A text that tells an item from all others of its database.
std::string NameOfItem(const TableDescription& table, const ItemKey& key);

/// As KeyOfItem, in BatchWriteItem's words: one text for a missing and a mistyped key attribute.
Result<ItemKey> KeyOfBatchItem(const TableDescription& table, const Item& item);

}  // namespace pumice
