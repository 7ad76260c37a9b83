// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/code_watch.h"

#include <functional>
#include <string>
#include <system_error>

#include <sys/stat.h>

namespace pumice {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxEntries = 20'000;
constexpr std::size_t kEntriesWithoutRest = 100;
// A look costs some 2 us for each: a twentieth of the time at most.
constexpr std::chrono::microseconds kRestPerEntry{40};

bool IsLeftOut(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('.') || name == "__pycache__" || name == "node_modules";
}

/// The same for the same entries in any order: a folder's order is not its content.
std::uint64_t EntryFingerprint(const fs::path& path) {
  struct stat entry {};
  if (::stat(path.c_str(), &entry) != 0 || !S_ISREG(entry.st_mode)) return 0;
  std::uint64_t hash = std::hash<std::string>()(path.string());
  for (const auto part :
       {static_cast<std::uint64_t>(entry.st_size), static_cast<std::uint64_t>(entry.st_ino),
        static_cast<std::uint64_t>(entry.st_mtim.tv_sec),
        static_cast<std::uint64_t>(entry.st_mtim.tv_nsec)}) {
    hash = (hash ^ part) * 0x9e37'79b9'7f4a'7c15U;
    hash ^= hash >> 29;
  }
  return hash;
}

}  // namespace

// The steady clock: the rest is for our own effort, whatever time the functions are told.
bool CodeWatch::Changed() {
  if (std::chrono::steady_clock::now() < next_look_) return false;
  const Look look = LookAtAll();
  if (look.entries > kEntriesWithoutRest) {
    next_look_ =
        std::chrono::steady_clock::now() + kRestPerEntry * static_cast<std::int64_t>(look.entries);
  }
  const bool changed = looked_ && look.fingerprint != fingerprint_;
  looked_ = true;
  fingerprint_ = look.fingerprint;
  return changed;
}

CodeWatch::Look CodeWatch::LookAtAll() const {
  Look look;
  for (const fs::path& folder : folders_) {
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied,
                                           error);
    for (; !error && entry != fs::recursive_directory_iterator() && look.entries < kMaxEntries;
         ++look.entries) {
      if (IsLeftOut(entry->path())) {
        entry.disable_recursion_pending();
      } else {
        look.fingerprint += EntryFingerprint(entry->path());
      }
      entry.increment(error);
    }
  }
  return look;
}

}  // namespace pumice
