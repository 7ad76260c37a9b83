// SPDX-License-Identifier: Apache-2.0
#pragma once
// DepthGuard: counts how deep names stand on one another, so that a circle ends.

#include <cstddef>

namespace pumice {

class DepthGuard {
 public:
  explicit DepthGuard(std::size_t& depth) : depth_(++depth) {}
  ~DepthGuard() { --depth_; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;

  bool too_deep() const { return depth_ > kMaxDepth; }

 private:
  static constexpr std::size_t kMaxDepth = 50;
  std::size_t& depth_;
};

}  // namespace pumice
