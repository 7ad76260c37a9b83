// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/line_splitter.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pumice {
namespace {

std::vector<std::string> Split(std::size_t max_bytes, std::vector<std::string> pieces) {
  std::vector<std::string> lines;
  const auto emit = [&](std::string_view line) { lines.emplace_back(line); };
  LineSplitter splitter(max_bytes);
  for (const std::string& piece : pieces) splitter.Add(piece, emit);
  splitter.Finish(emit);
  return lines;
}

using Lines = std::vector<std::string>;

TEST(LineSplitter, JoinsWhatArrivesInPieces) {
  EXPECT_EQ(Split(100, {"a", "b\nc", "d\r\n", "\n", "e"}), (Lines{"ab", "cd", "", "e"}));
}

TEST(LineSplitter, CutsALineThatIsTooLong) {
  EXPECT_EQ(Split(3, {"abcdefgh\nxyz\n"}), (Lines{"abc", "def", "gh", "xyz"}));
}

TEST(LineSplitter, HasNoEmptyLastLine) { EXPECT_EQ(Split(3, {"ab\n"}), (Lines{"ab"})); }

}  // namespace
}  // namespace pumice
