// SPDX-License-Identifier: Apache-2.0
#pragma once
// Points of time as AWS's events and failure records write them. Thread rule: any thread.

#include <string>

#include "base/clock.h"

namespace pumice {

/// "2019-11-14T00:13:19Z"
std::string UtcSeconds(TimePoint time);
/// "2019-11-14T00:13:49.717Z"
std::string UtcMillis(TimePoint time);
/// "2019/11/14/2019-11-14T00.13.49": how names in S3 begin.
std::string UtcObjectName(TimePoint time);

}  // namespace pumice
