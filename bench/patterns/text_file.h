// SPDX-License-Identifier: Apache-2.0
#pragma once
// A whole file.

#include <string>

#include "base/result.h"

namespace pumice::patterns {

/// Errors: Validation, "<path>: the file cannot be read": there is none, or it is a folder.
Result<std::string> ReadTextFile(const std::string& path);

}  // namespace pumice::patterns
