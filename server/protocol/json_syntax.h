// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace pumice {

/// Whether `text` is exactly one well-formed JSON value (UTF-8, any depth, no recursion). Cold
/// path.
bool IsWellFormedJson(std::string_view text);

}  // namespace pumice
