// SPDX-License-Identifier: Apache-2.0
#pragma once
// pumice replay: sends a range of a table's stream to a Lambda function again.

#include <string>
#include <vector>

namespace pumice {

/// The command. Exit codes: 0: the function accepted all batches; 1: it failed with one; 2: a wrong
/// command line; 3: an endpoint failed; 130: interrupted by Ctrl-C.
int Replay(const std::vector<std::string>& arguments);

}  // namespace pumice
