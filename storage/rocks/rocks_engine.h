// SPDX-License-Identifier: Apache-2.0
#pragma once
// Engine on RocksDB: one column family per Family.
// Thread rule: as Engine.

#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/log.h"
#include "base/result.h"
#include "storage/engine.h"

namespace pumice {

enum class WriteSafety : std::uint8_t {
  kInMemory,  // nothing on disk
  kLogged,    // in the write-ahead log before the answer; survives the end of the process
  kSynced,    // the log is synced before the answer (one sync for all who wait); survives loss of
              // power
};

/// Opens or makes the store in `folder` (not looked at with kInMemory).
/// Errors (Internal, client_text is one clear line): as Database::Open.
Result<std::unique_ptr<Engine>> OpenRocksEngine(const std::filesystem::path& folder,
                                                WriteSafety safety, Log& log);

}  // namespace pumice
