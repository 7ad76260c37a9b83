// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/code_store.h"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
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
  if (!file) {
    const std::string why = std::strerror(errno);
    Remove(id);  // half of it takes the last of a full disk
    return CannotWrite(package, why);
  }
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

std::optional<std::string> CodeStore::Read(std::string_view file_name) const {
  // An id and its ending, so nothing outside the folder.
  const bool own = file_name.ends_with(".zip") &&
                   file_name.find_first_not_of("0123456789abcdef-.zip") == std::string_view::npos &&
                   file_name.find("..") == std::string_view::npos;
  if (!own || folder_.empty()) return std::nullopt;
  std::ifstream file(folder_ / file_name, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
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
