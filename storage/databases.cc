// SPDX-License-Identifier: Apache-2.0
#include "storage/databases.h"

#include <algorithm>
#include <vector>

#include <fmt/core.h>

#include "storage/hash.h"

namespace pumice {
namespace {

constexpr std::size_t kMaxFolderNameBytes = 200;

/// Any text as part of a folder's name: other characters than these are written as %XX.
std::string Quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
    if (plain) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string FolderName(std::string_view access_key, std::string_view region) {
  // "_" stands in no quoted part, so no two owners share a folder.
  std::string name = Quoted(access_key) + "_" + Quoted(region);
  if (name.size() <= kMaxFolderNameBytes) return name;
  return fmt::format("{}_{:016x}", name.substr(0, kMaxFolderNameBytes), Hash64(name));
}

}  // namespace

Databases::Databases(DatabasesOptions options, const Clock& clock, RandomSource& random, Log& log)
    : options_(std::move(options)), clock_(clock), random_(random), log_(log) {}

Result<Database*> Databases::For(std::string_view access_key, std::string_view region) {
  const Owner owner =
      options_.shared ? Owner() : Owner(std::string(access_key), std::string(region));
  {
    const ReaderLock lock(mutex_);
    if (const auto found = open_.find(owner); found != open_.end()) return found->second.get();
  }
  return Open(owner, access_key, region);
}

Result<Database*> Databases::Open(const Owner& owner, std::string_view access_key,
                                  std::string_view region) {
  Database* opened = nullptr;
  {
    const WriterLock lock(mutex_);
    if (const auto found = open_.find(owner); found != open_.end()) return found->second.get();
    PUMICE_TRY(auto database, OpenFolder(access_key, region));
    opened = open_.emplace(owner, std::move(database)).first->second.get();
  }
  if (opened_) opened_(*opened, access_key, region);
  return opened;
}

Result<std::unique_ptr<Database>> Databases::OpenFolder(std::string_view access_key,
                                                        std::string_view region) {
  DatabaseOptions options;
  options.durability = options_.durability;
  options.transient_delay = options_.transient_delay;
  options.stream_shards = options_.stream_shards;
  options.path =
      options_.path / (options_.shared ? "shared-local-instance" : FolderName(access_key, region));
  return Database::Open(options, clock_, random_, log_);
}

void Databases::ForEach(FunctionRef<void(Database&)> visit) {
  std::vector<Database*> open;
  {
    const ReaderLock lock(mutex_);
    for (const auto& [owner, database] : open_) open.push_back(database.get());
  }
  for (Database* const database : open) visit(*database);
}

}  // namespace pumice
