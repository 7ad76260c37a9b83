// SPDX-License-Identifier: Apache-2.0
#pragma once
// The ids that Lambda gives each invocation. Thread rule: any thread.

#include <string>

#include "base/clock.h"

namespace pumice {

/// A UUID of version 4, as AWS's request ids are.
std::string MakeRequestId(RandomSource& random);

/// "Root=1-<seconds>-<24 hex digits>;Parent=<16>;Sampled=0", as X-Ray writes it.
std::string MakeTraceId(RandomSource& random, TimePoint now);

}  // namespace pumice
