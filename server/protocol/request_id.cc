// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/request_id.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace pumice {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
constexpr std::string_view kTail = "VV4KQNSO5AEMVJF66Q9ASUAAJG";
constexpr std::size_t kRandomLength = 26;
constexpr std::size_t kDigitsPerDraw = 13;  // 5 bits each of 64
constexpr std::uint64_t kDigitMask = 31;
constexpr int kDigitBits = 5;

}  // namespace

RequestId::RequestId(RandomSource& random) {
  for (std::size_t i = 0; i < kRandomLength; i += kDigitsPerDraw) {
    std::uint64_t bits = random.Next();
    for (std::size_t k = 0; k < kDigitsPerDraw; ++k, bits >>= kDigitBits) {
      text_[i + k] = kDigits[bits & kDigitMask];
    }
  }
  std::copy(kTail.begin(), kTail.end(), text_.begin() + kRandomLength);
}

}  // namespace pumice
