// SPDX-License-Identifier: Apache-2.0
#pragma once
// CodeStore: the folders of deployment packages. Each package has an id, a file <id>.zip as it was
// sent, and a folder <id> with what was in it. Under -dbPath they stay; in memory they are in a
// temporary folder that goes with this object. Thread rule: one thread.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "server/lambda/lambda_error.h"

namespace pumice {

class CodeStore {
 public:
  /// `folder` empty: a temporary one, made with the first package.
  CodeStore(std::filesystem::path folder, RandomSource& random);
  ~CodeStore();
  CodeStore(const CodeStore&) = delete;
  CodeStore& operator=(const CodeStore&) = delete;

  /// Keeps and unpacks a package; its id. Errors: those of Unzip; Service (disk).
  LambdaResult<std::string> Add(std::string_view zip);
  /// An id that is not there is no error.
  void Remove(const std::string& id);

  /// The bytes of "<id>.zip"; none: there is no such package.
  std::optional<std::string> Read(std::string_view file_name) const;

  std::filesystem::path FolderOf(const std::string& id) const { return folder_ / id; }
  std::filesystem::path PackageOf(const std::string& id) const { return folder_ / (id + ".zip"); }

 private:
  LambdaResult<void> MakeFolder();

  std::filesystem::path folder_;
  const bool temporary_;
  RandomSource& random_;
};

}  // namespace pumice
