// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/text_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace pumice::patterns {

Result<std::string> ReadTextFile(const std::string& path) {
  // A folder opens like a file, and throws when it is read.
  std::error_code ignored;
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path, ignored)) {
    return Error(ErrorCode::kValidation, path + ": the file cannot be read");
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace pumice::patterns
