// SPDX-License-Identifier: Apache-2.0
#include "storage/hash.h"

// The library's code is compiled into this file, so nothing has to be linked or loaded.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace pumice {

std::uint64_t Hash64(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace pumice
