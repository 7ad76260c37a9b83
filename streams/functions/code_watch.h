// SPDX-License-Identifier: Apache-2.0
#pragma once
// CodeWatch: whether a function's code has changed since it was looked at last. It looks at the
// size and the time of each file: events of the kernel do not come through every mounted folder.
// Left out are what Python writes itself (__pycache__), node_modules, and names that begin with a
// dot: a change there shows with the next change beside it. Thread rule: one thread.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace pumice {

class CodeWatch {
 public:
  explicit CodeWatch(std::vector<std::filesystem::path> folders) : folders_(std::move(folders)) {}

  /// True: something is different from what the last look saw. The first look is only remembered.
  /// Up to 100 entries are looked at each time, so a change shows with the very next look. With
  /// more of them it rests after a look, 40 us for each (20,000 entries: 0.8 s), and says false.
  bool Changed();

 private:
  struct Look {
    std::uint64_t fingerprint = 0;
    std::size_t entries = 0;
  };
  Look LookAtAll() const;

  std::vector<std::filesystem::path> folders_;
  bool looked_ = false;
  std::uint64_t fingerprint_ = 0;
  std::chrono::steady_clock::time_point next_look_{};
};

}  // namespace pumice
