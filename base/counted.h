// SPDX-License-Identifier: Apache-2.0
#pragma once
// "1 table", "2 tables", "3 batches". Thread rule: free function, any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/core.h>

namespace pumice {

inline std::string Counted(std::uint64_t count, std::string_view noun,
                           std::string_view plural_ending = "s") {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : plural_ending);
}

}  // namespace pumice
