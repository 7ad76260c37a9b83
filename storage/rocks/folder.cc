// SPDX-License-Identifier: Apache-2.0
#include "storage/rocks/folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

namespace pumice {
namespace {

namespace fs = std::filesystem;

constexpr char kNewMarkerFile[] = "PUMICE.new";

Error Refusal(const fs::path& folder, std::string_view what) {
  return Error(ErrorCode::kInternal,
               "Cannot use the data folder " + folder.string() + ": " + std::string(what));
}

Result<void> CheckMarker(const fs::path& folder) {
  std::ifstream file(folder / kMarkerFile, std::ios::binary);
  if (!file) return Refusal(folder, std::string("cannot be read: ") + std::strerror(errno));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (text == kMarkerText) return Ok();
  if (text.starts_with("pumice store ")) {
    return Refusal(folder, "it was written by another version of Pumice, in format \"" +
                               text.substr(0, text.find('\n')) +
                               "\"; this one reads \"pumice store 1\"");
  }
  return Refusal(folder, "it does not hold a Pumice database");
}

// What mounting and version control leave in an empty folder does not make it a foreign one.
bool IsHarmless(const std::string& name) {
  return name == "lost+found" || name == ".gitkeep" || name == kNewMarkerFile;
}

// Under another name first: a marker that is there is whole.
Result<void> WriteMarker(const fs::path& folder) {
  const std::string path = (folder / kNewMarkerFile).string();
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return Refusal(folder, std::string("cannot be written: ") + std::strerror(errno));
  const std::string_view text = kMarkerText;
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(file) == 0 && ::rename(path.c_str(), (folder / kMarkerFile).c_str()) == 0;
  const int cause = errno;
  ::close(file);
  if (written) return Ok();
  ::unlink(path.c_str());
  return Refusal(folder, std::string("cannot be written: ") + std::strerror(cause));
}

}  // namespace

Result<void> PrepareFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Refusal(folder, "cannot be made: " + error.message());
  if (fs::exists(folder / kMarkerFile, error)) return CheckMarker(folder);
  fs::directory_iterator entries(folder, error);
  if (error) return Refusal(folder, "cannot be read: " + error.message());
  for (const fs::directory_entry& entry : entries) {
    if (!IsHarmless(entry.path().filename().string())) {
      return Refusal(folder, "it does not hold a Pumice database");
    }
  }
  return WriteMarker(folder);
}

}  // namespace pumice
