// SPDX-License-Identifier: Apache-2.0
#pragma once
// Makes the calls of a run: which pattern, which rows, which body. Pure; thread rule: each thread
// has its own.

#include <cstdint>
#include <string>
#include <vector>

#include "bench/patterns/pattern_file.h"

namespace pumice::patterns {

class RequestMaker {
 public:
  /// `file` lives longer. Makers with the same `seed` make the same calls.
  RequestMaker(const PatternFile& file, std::uint64_t seed);

  /// By their shares; the place in PatternFile::patterns.
  std::size_t NextPattern();

  /// Rows for call `number` of `pattern`. Where a set and its parent are both needed, they belong
  /// together.
  Draw DrawRows(const Pattern& pattern, std::uint64_t number);

  std::string Body(const Pattern& pattern, const Draw& draw) const;

 private:
  const PatternFile& file_;
  RandomNumbers random_;
  std::vector<std::uint64_t> share_ends_;
};

}  // namespace pumice::patterns
