// SPDX-License-Identifier: Apache-2.0
#pragma once
// For the tests of this folder: a folder of their own with files in it.

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "bench/patterns/pattern_file.h"

namespace pumice::patterns {

/// Deleted at the end of life.
class TestFolder {
 public:
  TestFolder() : path_(Make()) {}
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  /// The path of the file.
  std::string Write(std::string_view name, std::string_view text) const {
    const std::filesystem::path path = path_ / name;
    std::ofstream(path) << text;
    return path.string();
  }

 private:
  static std::filesystem::path Make() {
    std::string name = (std::filesystem::temp_directory_path() / "pumice_patterns_XXXXXX").string();
    return mkdtemp(name.data());
  }

  std::filesystem::path path_;
};

/// Of `text` as a file; without the folder in front of an error's text.
inline Result<PatternFile> ReadPatternText(std::string_view text) {
  const TestFolder folder;
  const std::string path = folder.Write("p.yaml", text);
  Result<PatternFile> file = ReadPatternFile(path);
  if (file) return file;
  std::string told = file.error().client_text();
  const std::string before = path.substr(0, path.rfind('/') + 1);
  for (std::size_t at = told.find(before); at != std::string::npos; at = told.find(before)) {
    told.erase(at, before.size());
  }
  return Error(file.error().code(), std::move(told));
}

}  // namespace pumice::patterns
