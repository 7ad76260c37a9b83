// SPDX-License-Identifier: Apache-2.0
#pragma once
// CodeStore: the folders of deployment packages. Each package has an id, a file <id>.zip as it was
// sent, and a folder <id> with what was in it. Thread rule: one thread.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "server/lambda/lambda_error.h"
#include "server/lambda/lambda_folder.h"

namespace pumice {

class CodeStore {
 public:
  /// Packages stand in "code" of `home`, which outlives it.
  CodeStore(LambdaFolder& home, RandomSource& random) : home_(home), random_(random) {}

  /// Keeps and unpacks a package; its id. Errors: those of Unzip; Service (disk).
  LambdaResult<std::string> Add(std::string_view zip);
  /// An id that is not there is no error.
  void Remove(const std::string& id);

  /// The bytes of "<id>.zip"; none: there is no such package.
  std::optional<std::string> Read(std::string_view file_name) const;

  std::filesystem::path FolderOf(const std::string& id) const { return Folder() / id; }
  std::filesystem::path PackageOf(const std::string& id) const { return Folder() / (id + ".zip"); }

 private:
  std::filesystem::path Folder() const { return home_.path() / "code"; }
  LambdaResult<void> MakeFolder();

  LambdaFolder& home_;
  RandomSource& random_;
};

}  // namespace pumice
