// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which values can be keys of secondary indexes, and what AWS says of those that cannot. Thread
// rule: free functions, any thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/function_ref.h"
#include "base/result.h"
#include "model/attribute_value.h"
#include "model/table.h"
#include "storage/item_codec.h"

namespace pumice {

/// Whether an index key can hold the value: the right type, not empty, not too long for its place.
bool FitsIndexKey(const AttributeValue& value, const KeyAttribute& key, KeyType type);

/// A value that one index cannot hold as its key.
struct IndexKeyProblem {
  enum class Kind : std::uint8_t { kType, kEmpty, kSize };
  Kind kind;
  const IndexDescription& index;
  const KeyAttribute& key;
  AttributeType actual;            // kType: the value's type
  std::size_t size_bytes = 0;      // kSize: the value's size
  std::size_t max_size_bytes = 0;  // kSize: what the index can hold
};

/// The value that is to be checked as this key; null: nothing to check.
using IndexKeyValue = FunctionRef<const AttributeValue*(const KeyAttribute& key)>;

/// The problem that AWS would name, if there is one: of a global index before that of a local one,
/// then by the index's name.
std::optional<IndexKeyProblem> FindIndexKeyProblem(const TableDescription& table,
                                                   IndexKeyValue value);

/// Validation, in the words of PutItem and BatchWriteItem: index, key and what is wrong.
Error IndexKeyError(const IndexKeyProblem& problem);

/// An item to be put, whatever is stored. Errors: IndexKeyError's.
Result<void> CheckIndexKeys(const TableDescription& table, const Item& item);

/// An item about to be stored. Attributes that the old item (null: none) has with the same value
/// are left alone: it got in before the index was there. Errors: IndexKeyError's. ItemStore::Write
/// calls it; it is here for who must tell which of several writes is at fault.
Result<void> CheckIndexKeys(const TableDescription& table, const EncodedItemView* old,
                            const EncodedItemView& item);

/// Only what CheckIndexKeys says of empty values: AWS refuses a transaction as a whole for them,
/// but cancels it, with a reason for the one action, for all else that CheckIndexKeys finds.
Result<void> CheckIndexKeysNotEmpty(const TableDescription& table, const EncodedItemView* old,
                                    const EncodedItemView& item);

}  // namespace pumice
