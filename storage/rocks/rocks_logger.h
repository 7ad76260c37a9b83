// SPDX-License-Identifier: Apache-2.0
#pragma once
// RocksDB's own log, led into ours: warnings and errors only, and no LOG files beside the data.
// Thread rule: as Log.

#include <cstdarg>

#include <rocksdb/env.h>

#include "base/log.h"

namespace pumice {

class RocksLogger final : public rocksdb::Logger {
 public:
  explicit RocksLogger(Log& log) : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL), log_(log) {}

  using rocksdb::Logger::Logv;
  void Logv(const char* format, std::va_list arguments) override;
  void Logv(rocksdb::InfoLogLevel level, const char* format, std::va_list arguments) override;
  /// What it writes at each start (all its options), wanted or not.
  void LogHeader(const char*, std::va_list) override {}

 private:
  Log& log_;
};

}  // namespace pumice
