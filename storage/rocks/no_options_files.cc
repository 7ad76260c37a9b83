// SPDX-License-Identifier: Apache-2.0
#include "storage/rocks/no_options_files.h"

#include <string>

#include <rocksdb/file_system.h>

namespace pumice {
namespace {

bool IsOptionsFile(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return path.substr(slash == std::string_view::npos ? 0 : slash + 1).starts_with("OPTIONS-");
}

class FilesButOptions final : public rocksdb::FileSystemWrapper {
 public:
  using rocksdb::FileSystemWrapper::FileSystemWrapper;

  const char* Name() const override { return "FilesButOptions"; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    if (IsOptionsFile(path)) return rocksdb::IOStatus::NotSupported("no options files");
    return target()->NewWritableFile(path, options, file, debug);
  }
};

}  // namespace

std::unique_ptr<rocksdb::Env> WithoutOptionsFiles(const rocksdb::Env& env) {
  return rocksdb::NewCompositeEnv(std::make_shared<FilesButOptions>(env.GetFileSystem()));
}

bool IsAboutOptionsFile(std::string_view warning) {
  return warning.find("no options files") != std::string_view::npos;
}

}  // namespace pumice
