// SPDX-License-Identifier: Apache-2.0
#pragma once
// Memory after the start.

namespace pumice {

/// Unmaps the pages of the program's and its libraries' code and constants: most of what is
/// resident after the start was used by the start alone. What is used again is mapped again from
/// the page cache, as at its first use. Thread rule: any thread, while others run.
void ForgetStartPages();

}  // namespace pumice
