// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/code_watch.h"

#include "streams/functions/function_test_support.h"

namespace pumice {
namespace {

class CodeWatchTest : public FunctionTest {};

TEST_F(CodeWatchTest, AChangeShowsWithTheVeryNextLook) {
  CodeWatch watch({folder_});
  Write("main.py", "1");
  EXPECT_FALSE(watch.Changed()) << "the first look is only remembered";
  EXPECT_FALSE(watch.Changed());
  for (int size = 2; size < 200; ++size) {
    Write("main.py", std::string(size, '1'));
    ASSERT_TRUE(watch.Changed()) << size;
    ASSERT_FALSE(watch.Changed()) << size;
  }
}

TEST_F(CodeWatchTest, FilesThatComeAndGoAndMoveShow) {
  CodeWatch watch({folder_ / "code", folder_ / "layer"});
  EXPECT_FALSE(watch.Changed()) << "no folder yet";
  Write("code/main.py", "1");
  EXPECT_TRUE(watch.Changed());
  Write("layer/python/shared.py", "1");
  EXPECT_TRUE(watch.Changed());
  std::filesystem::rename(folder_ / "code/main.py", folder_ / "code/other.py");
  EXPECT_TRUE(watch.Changed());
  std::filesystem::remove(folder_ / "code/other.py");
  EXPECT_TRUE(watch.Changed());
  EXPECT_FALSE(watch.Changed());
}

TEST_F(CodeWatchTest, WhatIsLeftOutDoesNotShow) {
  CodeWatch watch({folder_});
  Write("main.py", "1");
  EXPECT_FALSE(watch.Changed());
  Write("__pycache__/main.pyc", "1");
  Write("node_modules/left/pad.js", "1");
  Write(".git/HEAD", "1");
  EXPECT_FALSE(watch.Changed());
}

}  // namespace
}  // namespace pumice
