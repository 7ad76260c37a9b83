// SPDX-License-Identifier: Apache-2.0
#pragma once
// How RocksDB is set up: small at rest, fast to start, fast on small items.
// Thread rule: free functions, any thread.

#include <string>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include "storage/engine.h"

namespace pumice {

/// The name of a family's column family, as it stands on disk.
std::string FamilyName(Family family);

/// Settings of the whole store. in_memory: a store on a MemEnv, without a write-ahead log.
rocksdb::DBOptions RocksDbOptions(bool in_memory);

/// One descriptor per Family, in the order of Family, behind RocksDB's own "default".
std::vector<rocksdb::ColumnFamilyDescriptor> RocksFamilies(bool in_memory);

}  // namespace pumice
