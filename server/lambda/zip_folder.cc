// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/zip_folder.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

#include <fmt/core.h>
#include <minizip/unzip.h>
#include <sys/stat.h>

namespace pumice {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxFiles = 100'000;
constexpr std::size_t kMaxNameBytes = 1'024;
constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr int kUnixModeShift = 16;
constexpr mode_t kReadable = S_IRUSR | S_IRGRP | S_IROTH;

LambdaError NoZip() {
  return InvalidParameter(
      "Could not unzip uploaded file. Please check your file, then try to upload again.");
}

LambdaError DiskError(const fs::path& path, const std::string& why) {
  return {kService, fmt::format("{} cannot be written: {}", path.string(), why)};
}

/// One that was opened is closed.
class Archive {
 public:
  explicit Archive(const fs::path& path) : file_(unzOpen64(path.c_str())) {}
  ~Archive() {
    if (file_ != nullptr) unzClose(file_);
  }
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  unzFile get() const { return file_; }

 private:
  unzFile file_;
};

struct Entry {
  std::string name;
  std::uint64_t size = 0;
  mode_t mode = 0;  // 0: made on a system that has none
  bool folder() const { return name.ends_with('/'); }
};

LambdaResult<Entry> ReadEntry(unzFile archive) {
  unz_file_info64 info{};
  std::array<char, kMaxNameBytes + 1> name{};
  if (unzGetCurrentFileInfo64(archive, &info, name.data(), name.size(), nullptr, 0, nullptr, 0) !=
          UNZ_OK ||
      info.size_filename > kMaxNameBytes) {
    return NoZip();
  }
  return Entry{.name = std::string(name.data(), info.size_filename),
               .size = info.uncompressed_size,
               .mode = static_cast<mode_t>(info.external_fa >> kUnixModeShift)};
}

/// Where the entry goes. The name is taken apart here, so that nothing of it reaches the system
/// unseen.
LambdaResult<fs::path> PlaceOf(const Entry& entry, const fs::path& folder) {
  const fs::path name(entry.name);
  bool outside = entry.name.empty() || name.is_absolute() ||
                 entry.name.find('\0') != std::string::npos ||
                 entry.name.find('\\') != std::string::npos;
  for (const fs::path& part : name) outside = outside || part == "..";
  if (outside) {
    return InvalidParameter(fmt::format(
        "The zip file holds \"{}\", which would be outside the function's folder", entry.name));
  }
  const mode_t kind = entry.mode & S_IFMT;
  if (kind != 0 && kind != S_IFREG && kind != S_IFDIR) {
    return InvalidParameter(fmt::format(
        "The zip file holds \"{}\", which is a link or no file; Pumice unpacks files and folders "
        "only",
        entry.name));
  }
  return folder / name.lexically_normal();
}

LambdaResult<void> CheckSizes(unzFile archive) {
  unz_global_info64 info{};
  if (unzGetGlobalInfo64(archive, &info) != UNZ_OK) return NoZip();
  if (info.number_entry > kMaxFiles) {
    return InvalidParameter(fmt::format("The zip file holds more than {} files", kMaxFiles));
  }
  return Ok();
}

/// What the archive says of a size is not believed.
class Budget {
 public:
  LambdaResult<void> Spend(std::uint64_t bytes) {
    spent_ += bytes;
    if (spent_ <= kMaxUnzippedBytes) return Ok();
    return InvalidParameter(
        fmt::format("Unzipped size must be smaller than {} bytes", kMaxUnzippedBytes));
  }

 private:
  std::uint64_t spent_ = 0;
};

LambdaResult<void> CopyOut(unzFile archive, std::ofstream& out, Budget& budget) {
  std::array<char, kPieceBytes> piece;
  for (;;) {
    const int got = unzReadCurrentFile(archive, piece.data(), piece.size());
    if (got < 0) return NoZip();
    if (got == 0) return Ok();
    PUMICE_TRY(budget.Spend(static_cast<std::uint64_t>(got)));
    out.write(piece.data(), got);
  }
}

LambdaResult<void> WriteFile(unzFile archive, const Entry& entry, const fs::path& place,
                             Budget& budget) {
  std::error_code error;
  fs::create_directories(place.parent_path(), error);
  if (error) return DiskError(place.parent_path(), error.message());
  std::ofstream out(place, std::ios::binary | std::ios::trunc);
  if (!out) return DiskError(place, std::strerror(errno));
  // An encrypted one, or one of a compression that zlib does not have.
  if (unzOpenCurrentFile(archive) != UNZ_OK) return NoZip();
  const LambdaResult<void> copied = CopyOut(archive, out, budget);
  // Closing compares the checksum.
  if (unzCloseCurrentFile(archive) != UNZ_OK && copied) return NoZip();
  if (!copied) return copied;
  out.close();
  if (!out) return DiskError(place, std::strerror(errno));
  const mode_t mode = entry.mode == 0 ? S_IWUSR : entry.mode & (S_IRWXU | S_IRWXG | S_IRWXO);
  ::chmod(place.c_str(), mode | kReadable);
  return Ok();
}

LambdaResult<void> UnpackAll(unzFile archive, const fs::path& folder) {
  PUMICE_TRY(CheckSizes(archive));
  Budget budget;
  for (int found = unzGoToFirstFile(archive); found != UNZ_END_OF_LIST_OF_FILE;
       found = unzGoToNextFile(archive)) {
    if (found != UNZ_OK) return NoZip();
    PUMICE_TRY(const Entry entry, ReadEntry(archive));
    PUMICE_TRY(const fs::path place, PlaceOf(entry, folder));
    if (!entry.folder()) {
      PUMICE_TRY(WriteFile(archive, entry, place, budget));
      continue;
    }
    std::error_code error;
    fs::create_directories(place, error);
    if (error) return DiskError(place, error.message());
  }
  return Ok();
}

}  // namespace

LambdaResult<void> Unzip(const fs::path& zip, const fs::path& folder) {
  const Archive archive(zip);
  if (archive.get() == nullptr) return NoZip();
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return DiskError(folder, error.message());
  const LambdaResult<void> unpacked = UnpackAll(archive.get(), folder);
  if (!unpacked) fs::remove_all(folder, error);
  return unpacked;
}

}  // namespace pumice
