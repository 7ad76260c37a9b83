// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/code_watch.h"

#include <algorithm>
#include <functional>
#include <string>
#include <system_error>

#include <sys/stat.h>

namespace pumice {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxEntries = 20'000;
constexpr int kShareOfTime = 20;
constexpr std::chrono::seconds kMaxPause{2};

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

// The steady clock: what is measured here is our own effort, whatever time the functions are told.
bool CodeWatch::Changed() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_look_) return false;
  const std::uint64_t fingerprint = Fingerprint();
  const auto taken = std::chrono::steady_clock::now() - now;
  next_look_ = now + std::min<std::chrono::steady_clock::duration>(taken * kShareOfTime, kMaxPause);
  const bool changed = looked_ && fingerprint != fingerprint_;
  looked_ = true;
  fingerprint_ = fingerprint;
  return changed;
}

std::uint64_t CodeWatch::Fingerprint() const {
  std::uint64_t sum = 0;
  std::size_t seen = 0;
  for (const fs::path& folder : folders_) {
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied,
                                           error);
    for (; !error && entry != fs::recursive_directory_iterator() && seen < kMaxEntries; ++seen) {
      if (IsLeftOut(entry->path())) {
        entry.disable_recursion_pending();
      } else {
        sum += EntryFingerprint(entry->path());
      }
      entry.increment(error);
    }
  }
  return sum;
}

}  // namespace pumice
