// SPDX-License-Identifier: Apache-2.0
#include "storage/rocks/rocks_logger.h"

#include <cstdio>
#include <string>

namespace pumice {
namespace {

LogLevel OurLevel(rocksdb::InfoLogLevel level) {
  return level >= rocksdb::InfoLogLevel::ERROR_LEVEL ? LogLevel::kError : LogLevel::kWarn;
}

}  // namespace

void RocksLogger::Logv(const char* format, std::va_list arguments) {
  Logv(rocksdb::InfoLogLevel::INFO_LEVEL, format, arguments);
}

void RocksLogger::Logv(rocksdb::InfoLogLevel level, const char* format, std::va_list arguments) {
  if (level < rocksdb::InfoLogLevel::WARN_LEVEL || !log_.Enabled(OurLevel(level))) return;
  char buffer[1024];
  std::vsnprintf(buffer, sizeof buffer, format, arguments);
  std::string text = std::string("rocksdb: ") + buffer;
  while (text.ends_with('\n') || text.ends_with(' ')) text.pop_back();
  log_.Write(OurLevel(level), text);
}

}  // namespace pumice
