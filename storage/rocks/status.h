// SPDX-License-Identifier: Apache-2.0
#pragma once
// The only place where a rocksdb::Status becomes an Error.
// Thread rule: free functions, any thread.

#include <string_view>

#include <rocksdb/status.h>

#include "base/result.h"

namespace pumice {

/// An Internal error for a status that is not ok. `doing` says what was tried, for the log.
Error ErrorFromRocks(const rocksdb::Status& status, std::string_view doing);

inline Result<void> ResultFromRocks(const rocksdb::Status& status, std::string_view doing) {
  if (status.ok()) return Ok();
  return ErrorFromRocks(status, doing);
}

/// Whether the store stopped writing because of a failed write and may be told to go on.
bool StopsWriting(const rocksdb::Status& status);

/// Whether another process holds the store's lock file.
bool IsLockedByOther(const rocksdb::Status& status);

}  // namespace pumice
