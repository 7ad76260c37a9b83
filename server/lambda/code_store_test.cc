// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/code_store.h"

#include <signal.h>
#include <unistd.h>

#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace pumice {
namespace {

namespace fs = std::filesystem;

/// Files of this process cannot grow beyond `bytes` while it lives: what a full disk does to them.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : before_handler_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, before_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_ = {};
  sighandler_t before_handler_;
};

TEST(CodeStore, APackageThatDoesNotFitOnTheDiskLeavesNothing) {
  const fs::path folder = fs::path(testing::TempDir()) / ("code-" + std::to_string(::getpid()));
  SystemRandom random;
  CodeStore store(folder, random);
  {
    const FileSizeLimit limit(4'096);
    const auto added = store.Add(std::string(100'000, 'x'));
    ASSERT_FALSE(added.has_value());
    EXPECT_TRUE(added.error().message().ends_with(".zip cannot be written: File too large"))
        << added.error().message();
  }
  EXPECT_TRUE(fs::is_empty(folder));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace pumice
