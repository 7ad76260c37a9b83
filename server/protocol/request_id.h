// SPDX-License-Identifier: Apache-2.0
#pragma once
// The id that every answer carries in x-amzn-RequestId and that the log names.

#include <array>
#include <string_view>

#include "base/clock.h"

namespace pumice {

/// 52 characters of [A-Z0-9]: 26 drawn at random (130 bits), then the tail that all of AWS's ids
/// have.
class RequestId {
 public:
  explicit RequestId(RandomSource& random);
  /// Lives on this object.
  std::string_view text() const { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 52> text_;
};

}  // namespace pumice
