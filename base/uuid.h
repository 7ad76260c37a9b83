// SPDX-License-Identifier: Apache-2.0
#pragma once
// Names that nobody else has. Thread rule: any thread.

#include <string>

#include "base/clock.h"

namespace pumice {

/// A random UUID (version 4), in lower case with hyphens.
std::string NewUuid(RandomSource& random);

}  // namespace pumice
