// SPDX-License-Identifier: Apache-2.0
#include "storage/rocks/options.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include "storage/rocks/ordered_memtable.h"

namespace pumice {
namespace {

constexpr std::size_t kMiB = 1024 * 1024;
constexpr std::size_t kBlockCacheBytes = 32 * kMiB;
constexpr std::size_t kBlockBytes = 16 * 1024;
constexpr std::size_t kMemoryBlockBytes = 4 * 1024;  // a "file" in memory is copied, not read
constexpr int kBloomBitsPerKey = 10;

std::shared_ptr<rocksdb::TableFactory> MakeTableFactory(Family family, bool in_memory,
                                                        std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = std::move(cache);
  table.block_size = in_memory ? kMemoryBlockBytes : kBlockBytes;
  // What never leaves memory needs no checksum against a disk.
  if (in_memory) table.checksum = rocksdb::kNoChecksum;
  table.format_version = 5;
  // Only items are read by their whole key, also keys that do not exist (a conditional put).
  if (family == Family::kItems || family == Family::kTotals) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
    table.whole_key_filtering = true;
  }
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

/// In memory a flush only moves data from one place to a slower one: it comes later. On a disk what
/// waits for it stays small.
std::size_t WriteBufferBytes(Family family, bool in_memory) {
  switch (family) {
    case Family::kItems: return in_memory ? 128 * kMiB : 12 * kMiB;
    case Family::kIndexes: return in_memory ? 128 * kMiB : 8 * kMiB;
    case Family::kChanges: return in_memory ? 32 * kMiB : 8 * kMiB;
    case Family::kCatalog:  // every transaction leaves its token there
    case Family::kExpiry:
    case Family::kTotals: return 8 * kMiB;
  }
  return kMiB;
}

/// The first block of a memtable is what an idle family costs. One of 1 MiB is a mapping of its own
/// (see ReturnLargeBlocks() in server/main.cc), which goes back to the system after a flush.
std::size_t MemtableBlockBytes(bool in_memory) { return in_memory ? 64 * 1024 : kMiB; }

rocksdb::ColumnFamilyOptions FamilyOptions(Family family, bool in_memory,
                                           const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = WriteBufferBytes(family, in_memory);
  options.arena_block_size = MemtableBlockBytes(in_memory);
  if (!in_memory) {
    // As much as what compaction brings in at once, or each of its bytes rewrites many.
    options.max_bytes_for_level_base = 64 * kMiB;
    options.target_file_size_base = 16 * kMiB;
    options.target_file_size_multiplier = 4;  // few files also of a large store
  }
  options.compression = in_memory ? rocksdb::kNoCompression : rocksdb::kLZ4Compression;
  options.bottommost_compression = options.compression;
  options.table_factory = MakeTableFactory(family, in_memory, cache);
  options.memtable_factory = std::make_shared<OrderedMemtableFactory>();
  return options;
}

}  // namespace

std::string FamilyName(Family family) {
  switch (family) {
    case Family::kCatalog: return "catalog";
    case Family::kItems: return "items";
    case Family::kIndexes: return "indexes";
    case Family::kChanges: return "changes";
    case Family::kExpiry: return "expiry";
    case Family::kTotals: return "totals";
  }
  return "";
}

rocksdb::DBOptions RocksDbOptions(bool in_memory) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.max_background_jobs = 2;
  options.max_open_files = 256;
  options.max_file_opening_threads = 1;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.skip_stats_update_on_db_open = true;
  options.skip_checking_sst_file_sizes_on_db_open = true;
  options.avoid_unnecessary_blocking_io = true;
  options.allow_concurrent_memtable_write = false;  // OrderedMemtable has one writer at a time
  options.enable_write_thread_adaptive_yield = true;
  options.max_total_wal_size = 32 * kMiB;
  // Recovery goes on with what the log holds; what is left of it need not become a file at once.
  options.avoid_flush_during_recovery = true;
  // Without a log nothing could be kept anyway; with one, it is all in the log.
  options.avoid_flush_during_shutdown = true;
  // What a kill or a lost power leaves torn at the end of the log was never acknowledged: the log
  // is read up to there.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> RocksFamilies(bool in_memory) {
  const std::shared_ptr<rocksdb::Cache> cache =
      rocksdb::NewLRUCache(kBlockCacheBytes, /*num_shard_bits=*/2);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.emplace_back(rocksdb::kDefaultColumnFamilyName,
                        FamilyOptions(Family::kCatalog, in_memory, cache));
  for (int i = 0; i < kFamilyCount; ++i) {
    const Family family = static_cast<Family>(i);
    families.emplace_back(FamilyName(family), FamilyOptions(family, in_memory, cache));
  }
  return families;
}

}  // namespace pumice
