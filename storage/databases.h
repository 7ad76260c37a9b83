// SPDX-License-Identifier: Apache-2.0
#pragma once
// Databases: the databases of one server. With -sharedDb one for all, else one per (access key,
// region), opened on first use and kept open. Thread rule: any thread. Lifetime: the databases live
// as long as this does.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/result.h"
#include "storage/database.h"

namespace pumice {

struct DatabasesOptions {
  std::filesystem::path
      path;  // the folder given by -dbPath; the shared database stands in "shared-local-instance"
  Durability durability = Durability::kMemory;
  bool shared = false;
  std::chrono::microseconds transient_delay{0};  // see DatabaseOptions
  std::uint32_t stream_shards = 1;               // see DatabaseOptions
};

class Databases {
 public:
  Databases(DatabasesOptions options, const Clock& clock, RandomSource& random, Log& log);

  /// The database that a caller with these credentials sees. Errors: as Database::Open.
  Result<Database*> For(std::string_view access_key, std::string_view region);

  /// `opened` is called for each database that is opened from now on, on the thread of the caller
  /// that it is opened for, who waits. Set it before the first For().
  using Opened =
      std::function<void(Database&, std::string_view access_key, std::string_view region)>;
  void OnOpen(Opened opened) { opened_ = std::move(opened); }

  /// Calls visit for each database that is open; others can be opened meanwhile.
  void ForEach(FunctionRef<void(Database&)> visit);

 private:
  using Owner = std::pair<std::string, std::string>;
  Result<Database*> Open(const Owner& owner, std::string_view access_key, std::string_view region);
  Result<std::unique_ptr<Database>> OpenFolder(std::string_view access_key,
                                               std::string_view region);

  DatabasesOptions options_;
  const Clock& clock_;
  RandomSource& random_;
  Log& log_;
  Opened opened_;
  SharedMutex mutex_;
  std::map<Owner, std::unique_ptr<Database>, std::less<>> open_ GUARDED_BY(mutex_);
};

}  // namespace pumice
