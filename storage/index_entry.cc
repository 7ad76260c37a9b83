// SPDX-License-Identifier: Apache-2.0
#include "storage/index_entry.h"

#include "storage/bytes.h"
#include "storage/key_format.h"

namespace pumice {
namespace {

constexpr char kReference = '\x02';

}  // namespace

std::string ReferenceTo(std::string_view item_key_bytes) {
  const std::string_view table_key = TableKeyPart(item_key_bytes);
  const std::string_view before =
      item_key_bytes.substr(0, item_key_bytes.size() - table_key.size());
  std::string reference(1, kReference);
  reference.append(before.substr(before.size() - sizeof(std::uint64_t)));  // the hash
  AppendVarint(reference, table_key.size());
  return reference;
}

bool IsReference(std::string_view entry_value) {
  return !entry_value.empty() && entry_value.front() == kReference;
}

std::optional<std::string> ReferredItemKey(TableId table, std::string_view entry_key,
                                           std::string_view entry_value) {
  entry_value.remove_prefix(1);
  const std::optional<std::uint64_t> hash = TakeU64(entry_value);
  const std::optional<std::uint64_t> length = TakeVarint(entry_value);
  if (!hash || !length || *length > entry_key.size()) return std::nullopt;
  std::string key;
  key.reserve(sizeof(std::uint32_t) + sizeof(std::uint64_t) + *length);
  AppendU32(key, table.value());
  AppendU64(key, *hash);
  key.append(entry_key.substr(entry_key.size() - *length));
  return key;
}

}  // namespace pumice
