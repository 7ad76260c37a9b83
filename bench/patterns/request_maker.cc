// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/request_maker.h"

#include <algorithm>

namespace pumice::patterns {

RequestMaker::RequestMaker(const PatternFile& file, std::uint64_t seed)
    : file_(file), random_(Mixed(file.data.seed ^ Mixed(seed))) {
  std::uint64_t end = 0;
  for (const Pattern& pattern : file.patterns) share_ends_.push_back(end += pattern.share);
}

std::size_t RequestMaker::NextPattern() {
  const std::uint64_t at = random_.Below(share_ends_.back());
  const auto found = std::upper_bound(share_ends_.begin(), share_ends_.end(), at);
  return static_cast<std::size_t>(found - share_ends_.begin());
}

Draw RequestMaker::DrawRows(const Pattern& pattern, std::uint64_t number) {
  const std::vector<DataSet>& sets = file_.data.sets;
  Draw draw{{&pattern.values, number}, std::vector<std::uint64_t>(sets.size())};
  std::vector<bool> is_drawn(sets.size());
  for (const std::size_t drawn : pattern.drawn_sets) {
    if (!is_drawn[drawn]) {
      const auto parent = sets[drawn].parent;
      const std::uint64_t per = sets[drawn].per_parent;
      draw.rows[drawn] = parent && is_drawn[*parent] ? draw.rows[*parent] * per + random_.Below(per)
                                                     : random_.Below(sets[drawn].row_count);
    }
    for (std::size_t child = drawn; sets[child].parent; child = *sets[child].parent) {
      draw.rows[*sets[child].parent] = draw.rows[child] / sets[child].per_parent;
      is_drawn[*sets[child].parent] = true;
    }
    is_drawn[drawn] = true;
  }
  return draw;
}

std::string RequestMaker::Body(const Pattern& pattern, const Draw& draw) const {
  std::string body;
  pattern.parameters.AppendTo(body, file_.data, draw);
  return body;
}

}  // namespace pumice::patterns
