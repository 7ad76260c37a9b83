// SPDX-License-Identifier: Apache-2.0
#pragma once
// pumice bench: checks and measures a file of access patterns against any endpoints.

#include <string>
#include <vector>

namespace pumice {

/// The command. Exit codes: 0: all was measured (whatever came of it, without --check); 1: with
/// --check: an answer is wrong or a budget is broken; 2: a wrong command line or pattern file; 3:
/// an endpoint failed; 130: interrupted by Ctrl-C, with the report of what was measured so far.
int Bench(const std::vector<std::string>& arguments);

}  // namespace pumice
