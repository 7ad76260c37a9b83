// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/request_ids.h"

#include <fmt/format.h>

namespace pumice {

std::string MakeRequestId(RandomSource& random) {
  const std::uint64_t high = random.Next();
  const std::uint64_t low = random.Next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}", high >> 32, high >> 16 & 0xffff,
                     high & 0xfff, 8 + (low >> 62), low >> 48 & 0xfff, low & 0xffff'ffff'ffff);
}

std::string MakeTraceId(RandomSource& random, TimePoint now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  return fmt::format("Root=1-{:08x}-{:08x}{:016x};Parent={:016x};Sampled=0", seconds.count(),
                     random.Next() & 0xffff'ffff, random.Next(), random.Next());
}

}  // namespace pumice
