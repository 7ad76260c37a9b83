// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a memtable holds: entries in a list, each with an internal key. An internal key is the
// user's key and a trailer of 8 bytes (sequence number and kind; the greater is the newer), and
// stands before older ones of the same user key. Source: RocksDB's db/dbformat.h.
// Thread rule: an entry's bytes do not change once it is in the list.

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <rocksdb/slice.h>

namespace pumice {

static_assert(std::endian::native == std::endian::little, "trailers are read as they stand");

struct InternalKey {
  static constexpr std::size_t kTrailerBytes = 8;

  explicit InternalKey(const rocksdb::Slice& internal)
      : user(internal.data(), internal.size() - kTrailerBytes) {
    std::memcpy(&trailer, user.data() + user.size(), kTrailerBytes);
  }
  /// Eight bytes of the user's key from `offset` as a number that orders as they do; zeros behind
  /// the end. offset <= user.size().
  std::uint64_t WordAt(std::size_t offset) const {
    std::uint64_t word = 0;
    std::memcpy(&word, user.data() + offset, std::min(sizeof word, user.size() - offset));
    return __builtin_bswap64(word);
  }

  rocksdb::Slice user;
  std::uint64_t trailer;
};

/// Stands right before its bytes: the length of the internal key as varint, the internal key, and
/// what else RocksDB keeps there.
struct MemtableEntry {
  std::atomic<MemtableEntry*> before = nullptr;
  std::atomic<MemtableEntry*> next = nullptr;

  char* bytes() { return reinterpret_cast<char*>(this + 1); }
  const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }

  static rocksdb::Slice InternalKeyOf(const char* bytes) {
    std::uint32_t length = 0;
    for (int shift = 0;; shift += 7, ++bytes) {
      const auto byte = static_cast<unsigned char>(*bytes);
      length |= static_cast<std::uint32_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return rocksdb::Slice(bytes + 1, length);
  }
  rocksdb::Slice internal_key() const { return InternalKeyOf(bytes()); }
  InternalKey key() const { return InternalKey(internal_key()); }
};

/// `entry` stands before `key`. The first `shared` bytes of both user keys are known to be the
/// same.
inline bool IsBefore(const MemtableEntry& entry, const InternalKey& key, std::size_t shared = 0) {
  const InternalKey mine = entry.key();
  const std::size_t common = std::min(mine.user.size(), key.user.size());
  const int order =
      std::memcmp(mine.user.data() + shared, key.user.data() + shared, common - shared);
  if (order != 0) return order < 0;
  if (mine.user.size() != key.user.size()) return mine.user.size() < key.user.size();
  return mine.trailer > key.trailer;
}

}  // namespace pumice
