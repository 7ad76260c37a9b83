// SPDX-License-Identifier: Apache-2.0
#pragma once
// How Ctrl-C ends a command in order. Thread rule: the main thread, once.

#include "bench/patterns/stop_flag.h"

namespace pumice {

/// From here on the first SIGINT or SIGTERM sets the flag, and a second one ends the process. A
/// closed pipe is told by the write to it, not by a signal.
const patterns::StopFlag& StopOnSignals();

}  // namespace pumice
