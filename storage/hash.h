// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one hash of the stored format (XXH3, 64 bits, no seed). It decides the order of a Scan.
// Thread rule: free function, any thread.

#include <cstdint>
#include <string_view>

namespace pumice {

std::uint64_t Hash64(std::string_view bytes);

}  // namespace pumice
