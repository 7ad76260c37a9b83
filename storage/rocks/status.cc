// SPDX-License-Identifier: Apache-2.0
#include "storage/rocks/status.h"

#include <string>

namespace pumice {
namespace {

bool IsFullDisk(const rocksdb::Status& status) {
  if (status.IsNoSpace()) return true;
  // A background failure keeps only the text of its cause.
  return status.ToString().find("No space left") != std::string::npos;
}

}  // namespace

Error ErrorFromRocks(const rocksdb::Status& status, std::string_view doing) {
  std::string log_text = std::string(doing) + ": " + status.ToString();
  if (IsFullDisk(status)) {
    return Error(
        ErrorCode::kInternal,
        "The disk is full: the write was refused and nothing was changed. Reading goes on.",
        std::move(log_text));
  }
  if (status.IsCorruption()) {
    return Error(ErrorCode::kInternal, "The stored data is damaged.", std::move(log_text));
  }
  return Error(ErrorCode::kInternal, "The storage failed.", std::move(log_text));
}

bool StopsWriting(const rocksdb::Status& status) {
  return status.IsNoSpace() || status.IsIOError() ||
         status.severity() >= rocksdb::Status::Severity::kSoftError;
}

bool IsLockedByOther(const rocksdb::Status& status) {
  if (!status.IsIOError() && !status.IsBusy()) return false;
  const std::string text = status.ToString();
  return text.find("lock hold by current process") != std::string::npos ||
         text.find("While lock file") != std::string::npos;
}

}  // namespace pumice
