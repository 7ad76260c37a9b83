// SPDX-License-Identifier: Apache-2.0
#pragma once
// The keys of the catalog family. Grammar and values in FORMAT.md.
// Thread rule: free functions, any thread.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/bytes.h"
#include "storage/engine.h"

namespace pumice {

/// What the catalog's format record says, in this version.
inline constexpr std::string_view kFormatKey = "f";
inline constexpr std::string_view kFormatText = "pumice catalog 2";
inline constexpr std::string_view kOldFormatText = "pumice catalog 1";  // see catalog_upgrade.h

inline constexpr std::string_view kNextIdKey = "n";  // U32: the next table, index or stream id

inline constexpr char kTablePrefix = 't';   // + table name -> description (JSON)
inline constexpr char kStreamPrefix = 's';  // + stream id:U32 -> description (JSON)
// + stream id:U32, + shard number:U32 where it is not 0 -> U64: the shard's records below are
// trimmed
inline constexpr char kHorizonPrefix = 'h';
inline constexpr char kRemovalPrefix =
    'r';  // + table, index or expiry id:U32 -> what is still to be removed
inline constexpr char kBackfillPrefix =
    'b';  // + index id:U32 -> name of its table: still to be filled
inline constexpr char kStatePrefix = 'v';  // + name -> a value of StateStore
inline constexpr char kTransactionTokenPrefix =
    'x';  // + ClientRequestToken -> until when it counts, what it stands for

inline std::string CatalogKey(char prefix, std::string_view name) {
  std::string key(1, prefix);
  key.append(name);
  return key;
}

inline std::string CatalogKey(char prefix, std::uint32_t id) {
  std::string key(1, prefix);
  AppendU32(key, id);
  return key;
}

inline std::string HorizonKey(std::uint32_t stream, std::uint32_t shard_number) {
  std::string key = CatalogKey(kHorizonPrefix, stream);
  if (shard_number != 0) AppendU32(key, shard_number);
  return key;
}

/// Those of all shards of a stream.
inline KeyRange HorizonKeys(std::uint32_t stream) {
  return {HorizonKey(stream, 0), HorizonKey(stream + 1, 0)};
}

/// None: not such a key.
inline std::optional<std::uint32_t> ShardOfHorizonKey(std::string_view key) {
  key.remove_prefix(std::min(key.size(), sizeof kHorizonPrefix + sizeof(std::uint32_t)));
  return key.empty() ? 0 : TakeU32(key);
}

}  // namespace pumice
