// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/lambda_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/core.h>

namespace pumice {
namespace {

namespace fs = std::filesystem;

LambdaError CannotMake(const fs::path& path, const std::string& why) {
  return {kService, fmt::format("{} cannot be made: {}", path.string(), why)};
}

}  // namespace

LambdaFolder::LambdaFolder(fs::path path) : path_(std::move(path)), temporary_(path_.empty()) {}

LambdaFolder::~LambdaFolder() {
  std::error_code ignored;
  if (temporary_ && !path_.empty()) fs::remove_all(path_, ignored);
}

LambdaResult<fs::path> LambdaFolder::Make() {
  std::error_code error;
  if (!path_.empty()) {
    fs::create_directories(path_, error);
    if (error) return CannotMake(path_, error.message());
    return path_;
  }
  std::string made = (fs::temp_directory_path(error) / "pumice-lambda-XXXXXX").string();
  if (error || ::mkdtemp(made.data()) == nullptr) {
    return CannotMake(made, error ? error.message() : std::strerror(errno));
  }
  path_ = made;
  return path_;
}

}  // namespace pumice
