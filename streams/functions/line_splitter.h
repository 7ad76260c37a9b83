// SPDX-License-Identifier: Apache-2.0
#pragma once
// LineSplitter: bytes in, lines out. Holds at most one unfinished line of a bounded length.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace pumice {

class LineSplitter {
 public:
  explicit LineSplitter(std::size_t max_line_bytes) : max_line_bytes_(max_line_bytes) {}

  template <class Emit>
  void Add(std::string_view bytes, Emit emit) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      const std::size_t room = max_line_bytes_ - line_.size();
      const std::size_t taken = std::min(end == std::string_view::npos ? bytes.size() : end, room);
      line_.append(bytes.substr(0, taken));
      const bool whole = taken == end;
      bytes.remove_prefix(whole ? taken + 1 : taken);
      if (whole || line_.size() == max_line_bytes_) EmitLine(emit);
    }
  }

  /// What is left without a line's end.
  template <class Emit>
  void Finish(Emit emit) {
    if (!line_.empty()) EmitLine(emit);
  }

 private:
  template <class Emit>
  void EmitLine(Emit& emit) {
    if (line_.ends_with('\r')) line_.pop_back();
    emit(std::string_view(line_));
    line_.clear();
  }

  std::size_t max_line_bytes_;
  std::string line_;
};

}  // namespace pumice
