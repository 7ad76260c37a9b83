// SPDX-License-Identifier: Apache-2.0
#include "storage/rocks/rocks_logger.h"

#include <cstdio>
#include <string>
#include <string_view>

#include "storage/rocks/no_options_files.h"

namespace pumice {
namespace {

LogLevel OurLevel(rocksdb::InfoLogLevel level) {
  return level >= rocksdb::InfoLogLevel::ERROR_LEVEL ? LogLevel::kError : LogLevel::kWarn;
}

/// RocksDB tells every five seconds that a full disk is still full. The engine says so once.
bool IsSaidAgain(std::string_view text) {
  return text.find("sst_file_manager_impl.cc") != std::string_view::npos;
}

}  // namespace

void RocksLogger::Logv(const char* format, std::va_list arguments) {
  Logv(rocksdb::InfoLogLevel::INFO_LEVEL, format, arguments);
}

void RocksLogger::Logv(rocksdb::InfoLogLevel level, const char* format, std::va_list arguments) {
  if (level < rocksdb::InfoLogLevel::WARN_LEVEL || !log_.Enabled(OurLevel(level))) return;
  char buffer[1024];
  std::vsnprintf(buffer, sizeof buffer, format, arguments);
  if (IsSaidAgain(buffer) || IsAboutOptionsFile(buffer)) return;
  std::string text = std::string("rocksdb: ") + buffer;
  while (text.ends_with('\n') || text.ends_with(' ')) text.pop_back();
  log_.Write(OurLevel(level), text);
}

}  // namespace pumice
