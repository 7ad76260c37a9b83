// SPDX-License-Identifier: Apache-2.0
#pragma once
// What process 1 of a container owes the others: it collects children whose parents are gone. A
// function may leave such children behind, and each would stay as a zombie as long as the container
// runs.

namespace pumice {

/// Goes on in a child process; the caller's process stays behind as process 1. It passes signals on
/// to the child, collects whoever ends, and ends with the child's exit code (128 + n after signal
/// n). The child is killed when process 1 is. To be called while there is one thread only. If the
/// system grants no second process, the caller goes on as process 1.
void BecomeInit();

}  // namespace pumice
