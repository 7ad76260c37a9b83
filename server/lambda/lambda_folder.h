// SPDX-License-Identifier: Apache-2.0
#pragma once
// LambdaFolder: where everything of Lambda's is kept that is no record of the database: code, and
// what failed batches leave in queues, topics and buckets. Under -dbPath it stays; in memory it is
// a temporary folder, made when it is first needed, that goes with this object.
// Thread rule: one thread.

#include <filesystem>

#include "server/lambda/lambda_error.h"

namespace pumice {

class LambdaFolder {
 public:
  /// `path` empty: a temporary one.
  explicit LambdaFolder(std::filesystem::path path);
  ~LambdaFolder();
  LambdaFolder(const LambdaFolder&) = delete;
  LambdaFolder& operator=(const LambdaFolder&) = delete;

  /// Empty: a temporary one that was not made yet.
  const std::filesystem::path& path() const { return path_; }
  /// The folder is there after that. Errors: Service (disk).
  LambdaResult<std::filesystem::path> Make();

 private:
  std::filesystem::path path_;
  const bool temporary_;
};

}  // namespace pumice
