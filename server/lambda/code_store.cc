// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/code_store.h"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "base/uuid.h"
#include "server/lambda/zip_folder.h"

namespace pumice {
namespace {

namespace fs = std::filesystem;

LambdaError CannotWrite(const fs::path& path, const std::string& why) {
  return {kService, fmt::format("{} cannot be written: {}", path.string(), why)};
}

}  // namespace

CodeStore::CodeStore(fs::path folder, RandomSource& random)
    : folder_(std::move(folder)), temporary_(folder_.empty()), random_(random) {}

CodeStore::~CodeStore() {
  std::error_code ignored;
  if (temporary_ && !folder_.empty()) fs::remove_all(folder_, ignored);
}

LambdaResult<std::string> CodeStore::Add(std::string_view zip) {
  PUMICE_TRY(MakeFolder());
  std::string id = NewUuid(random_);
  const fs::path package = PackageOf(id);
  std::ofstream file(package, std::ios::binary);
  file.write(zip.data(), static_cast<std::streamsize>(zip.size()));
  file.close();
  if (!file) return CannotWrite(package, std::strerror(errno));
  if (const LambdaResult<void> unpacked = Unzip(package, FolderOf(id)); !unpacked) {
    Remove(id);
    return unpacked.error();
  }
  return id;
}

void CodeStore::Remove(const std::string& id) {
  std::error_code ignored;
  fs::remove_all(FolderOf(id), ignored);
  fs::remove(PackageOf(id), ignored);
}

LambdaResult<void> CodeStore::MakeFolder() {
  std::error_code error;
  if (!temporary_) {
    fs::create_directories(folder_, error);
    if (error) return CannotWrite(folder_, error.message());
    return Ok();
  }
  if (!folder_.empty()) return Ok();
  std::string made = (fs::temp_directory_path(error) / "pumice-lambda-XXXXXX").string();
  if (error || ::mkdtemp(made.data()) == nullptr) {
    return CannotWrite(made, error ? error.message() : std::strerror(errno));
  }
  folder_ = made;
  return Ok();
}

}  // namespace pumice
